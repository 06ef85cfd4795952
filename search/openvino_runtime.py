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

    Several calls share all cores. One at a time, which is how questions are encoded, takes half of them: the others
    read, search and rank meanwhile, and threads that wait for each other cost more than they gain on short texts.
    """
    own = len(os.sched_getaffinity(0))
    threads = cores or (own if streams > 1 else max(1, own // 2))
    settings = {
        "INFERENCE_PRECISION_HINT": KINDS[kind].numbers,
        "NUM_STREAMS": str(streams),
        "INFERENCE_NUM_THREADS": str(threads),
        "ENABLE_CPU_PINNING": "NO",  # else the first cores are taken by every process, whatever else runs there
    }
    return OpenVinoRuntime(openvino.Core().compile_model(model, "CPU", settings))


def supported() -> list[str]:
    """The kinds that this processor runs as they are named: those in bfloat16 only where it has it."""
    capable = openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    own = {name: kind for name, kind in KINDS.items() if kind.library == "openvino"}
    return [name for name, kind in own.items() if kind.numbers == "f32" or "BF16" in capable]
