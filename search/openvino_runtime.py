"""OpenVINO: what runs the encoder where it is installed. Needs no torch."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import openvino

from search.converted import MODEL
from search.dense import Vectors
from search.runtimes import KINDS, Ids

CPUINFO = Path("/proc/cpuinfo")
BYTE_FLAGS = {"avx_vnni", "avx512_vnni", "amx_int8"}  # as Linux names instructions that multiply bytes and add them up


class OpenVinoRuntime:
    """A compiled model, with a request for each thread that calls it."""

    def __init__(self, model: openvino.CompiledModel) -> None:
        self._model = model
        self._requests = threading.local()

    def __call__(self, ids: Ids, mask: Ids) -> Vectors:
        if not hasattr(self._requests, "own"):  # a request may be used by one thread at a time
            self._requests.own = self._model.create_infer_request()
        return np.asarray(self._requests.own.infer([ids, mask])[0], np.float32)


def load(folder: Path, kind: str, streams: int, cores: int | None) -> OpenVinoRuntime:
    """The model in a converted folder."""
    return compiled(folder / MODEL, kind, streams, cores)


def compiled(model: Path, kind: str, streams: int = 1, cores: int | None = None) -> OpenVinoRuntime:
    """A model file made ready to run in the numbers of its kind, so many calls at once.

    Several calls share all cores, and so does one at a time of a model that is not in 8 bits. In 8 bits, where a
    question takes a few milliseconds, it takes half of them: the others read, search and rank meanwhile, and threads
    that wait for each other cost more than they gain.
    """
    own = len(os.sched_getaffinity(0))
    on_all = streams > 1 or not KINDS[kind].quantized
    threads = cores or (own if on_all else max(1, own // 2))
    settings = {
        "INFERENCE_PRECISION_HINT": KINDS[kind].numbers,
        "NUM_STREAMS": str(streams),
        "INFERENCE_NUM_THREADS": str(threads),
        "ENABLE_CPU_PINNING": "NO",  # else the first cores are taken by every process, whatever else runs there
    }
    return OpenVinoRuntime(openvino.Core().compile_model(model, "CPU", settings))


def supported() -> list[str]:
    """The kinds that are worth trying on this processor.

    Those in bfloat16 only where it has it: they are run in float32 elsewhere. Those in 8 bits not where an x86
    processor has no instructions for them: there they took 1.3 times as long as float32 (AMD EPYC of the Zen 3 kind).
    """
    capable = openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    own = {name: kind for name, kind in KINDS.items() if kind.library == "openvino"}
    if not _multiplies_bytes():
        own = {name: kind for name, kind in own.items() if not kind.quantized}
    return [name for name, kind in own.items() if kind.numbers == "f32" or "BF16" in capable]


def _multiplies_bytes() -> bool:
    """False where a processor lists what it has, and nothing that multiplies and adds bytes is among it."""
    try:
        lists = [line.split() for line in CPUINFO.read_text().splitlines() if line.startswith("flags")]  # x86 on Linux
    except OSError:
        return True
    return not lists or bool(BYTE_FLAGS.intersection(lists[0]))
