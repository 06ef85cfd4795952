"""What runs a converted model, by the kind of numbers that its card names: OpenVINO, or torch where that is not."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from search.dense import Vectors
from search.errors import IndexRefused

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a model of one kind is run: by which library, with weights in 8 bits or not, and computing in which numbers.

    `warms` is true where each width of input costs time when it is met first.
    """

    library: str
    quantized: bool = False
    numbers: str = "f32"
    warms: bool = True


# Where a processor has no bfloat16, OpenVINO takes float32 instead.
KINDS = {
    "f32": Kind("openvino"),
    "bf16": Kind("openvino", numbers="bf16"),
    "int8": Kind("openvino", quantized=True),
    "int8-bf16": Kind("openvino", quantized=True, numbers="bf16"),
    "torch": Kind("torch", warms=False),
}
RUNTIMES = {"openvino": "search.openvino_runtime", "torch": "search.torch_runtime"}


class Runtime(Protocol):
    """A model made ready to run. Safe to call from several threads."""

    def __call__(self, ids: Ids, mask: Ids) -> Vectors:
        """Unit vectors, shape (texts, dimension), of token ids and of which of them count, both (texts, tokens)."""


def installed(library: str) -> bool:
    """True where a library that runs models is there; nothing is imported."""
    return find_spec(library) is not None


def open_runtime(folder: Path, kind: str, streams: int = 1, cores: int | None = None) -> Runtime:
    """The model in a converted folder made ready to run, so many calls at once, on so many cores.

    Raises IndexRefused where what runs it is not installed.
    """
    library = KINDS[kind].library
    if not installed(library):
        raise IndexRefused(
            f"the model in {folder} runs on {library}, which is not installed here; "
            "install it, or delete that folder and build the index again"
        )
    runtime: Runtime = import_module(RUNTIMES[library]).load(folder, kind, streams, cores)
    return runtime
