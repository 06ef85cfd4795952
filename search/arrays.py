"""Arrays in files that are mapped: what is looked at is read, processes share it, and it does not pile up."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from search.errors import IndexRefused

Places = NDArray[np.int64]
Number = TypeVar("Number", bound=np.generic)


def mapped(path: Path) -> NDArray[Any]:
    """The array in a file, mapped. Raises IndexRefused."""
    try:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError, EOFError) as error:
        raise IndexRefused(f"{path} cannot be read as an array ({error}); build the index again") from None


class Scattered(Generic[Number]):
    """An array of which a few places here and there are looked at. Safe to use from several threads.

    Unless it is to be kept, nothing of it stays in the process's memory: for each place that is looked at Linux maps 64
    thousand to 2 million bytes around it, so that after a few hundred questions all of a file would be there. What was
    read stays in the system's cache, which gives it up where memory is short; to look at it again costs a microsecond.
    """

    def __init__(self, array: NDArray[Number], keep: bool) -> None:
        self._array, self._map, self._keep = array, _map_of(array), keep
        if self._map is not None:
            self._map.madvise(mmap.MADV_RANDOM)  # what is around a place need not be read from disk with it

    def take(self, places: Places) -> NDArray[Number]:
        """What stands in the given places of the first axis."""
        found: NDArray[Number] = self._array.take(places, axis=0)
        if self._map is not None and not self._keep:
            self._map.madvise(mmap.MADV_DONTNEED)
        return found


def _map_of(array: NDArray[np.generic]) -> mmap.mmap | None:
    """What an array in a file is mapped by; None for one in memory."""
    base: object = array
    while isinstance(base, np.ndarray):
        base = base.base
    return base if isinstance(base, mmap.mmap) else None
