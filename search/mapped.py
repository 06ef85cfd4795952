"""Arrays in files that are mapped: what is looked at is read, processes share it, and it does not pile up."""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.errors import IndexRefused
from search.rows import Rows

AROUND = 64 << 10  # bytes that Linux maps around one that is looked at, if it has them in its cache (fault_around_bytes)
LARGE = 32 << 20  # bytes of a file from which on it matters how much of it a process has in memory,
KEPT = 16 << 20  # and how many of these it may have


def mapped(path: Path) -> NDArray[np.generic]:
    """The array in a file, mapped. Raises IndexRefused."""
    try:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError, EOFError) as error:
        raise IndexRefused(f"{path} cannot be read as an array ({error})") from None


class Scattered:
    """An array of which pieces here and there are looked at, and that a process has little of in its memory.

    After some looks it lets go of all pages of a large file. Those that were read stay in the system's cache, which
    gives them up where memory is short, so that looking again costs a microsecond, not a read. Safe to use from
    several threads.
    """

    def __init__(self, array: NDArray[np.generic]) -> None:
        self.array = array
        self._map = array.base if isinstance(array.base, mmap.mmap) else None
        self._looks = 0
        if self._map is not None:
            self._map.madvise(mmap.MADV_RANDOM)  # what is around it need not be read with it

    def take(self, places: Rows, looks: int | None = None) -> NDArray[np.generic]:
        """What stands in the given places of the first axis; `looks` are the pieces that these make up, if fewer."""
        found = self.array.take(places, axis=0)
        if self._map is not None and self.array.nbytes >= LARGE:
            self._looks += len(places) if looks is None else looks
            if self._looks * AROUND > KEPT:
                self._looks = 0
                self._map.madvise(mmap.MADV_DONTNEED)
        return found
