"""The map of a version: where each record lies in a picture in which near means similar. Made at build time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.arrays import mapped
from search.errors import IndexRefused
from search.inferred import Specialties
from search.store import Store

Places = NDArray[np.float32]


class CorpusMap:
    """Places of all records in row order, shape (records, 2), each coordinate 0 to 1; of none where no map was made."""

    def __init__(self, places: Places | None) -> None:
        self.places = places

    @staticmethod
    def save(places: Places, path: Path) -> None:
        """Writes the places into a new file."""
        np.save(path, places.astype(np.float32), allow_pickle=False)

    @classmethod
    def load(cls, path: Path, records: int) -> CorpusMap:
        """The map of a version that holds so many records. Raises IndexRefused where it is of others."""
        if not path.is_file():
            return cls(None)
        places = mapped(path)
        if places.shape != (records, 2) or not bool(np.all((places >= 0) & (places <= 1))):
            raise IndexRefused(f"{path}: expected places of {records} records, found {places.shape}; build again")
        return cls(places)


@dataclass(frozen=True, slots=True)
class MapPoints:
    """The records of a map, four columns in one order: id, place, and the number of its specialty in `specialties`.

    `specialties[0]` is "", of records for which none is stated or inferred.
    """

    ids: tuple[str, ...]
    places: Places
    numbers: tuple[int, ...]
    specialties: tuple[str, ...]


def points(found: CorpusMap, store: Store, inferred: Specialties) -> MapPoints | None:
    """Every record with its place and its stated, or else its inferred, specialty; None where no map was made."""
    if found.places is None:
        return None
    rows = range(len(store))
    guessed = inferred.of(rows)
    names = store.specialties()
    said = [name or (guessed[row].name if row in guessed else "") for row, name in enumerate(names)]
    spelt = {name.casefold(): name for name in sorted(said, reverse=True)}
    ordered = ["", *(spelt[key] for key in sorted(spelt.keys() - {""}))]
    number = {name.casefold(): place for place, name in enumerate(ordered)}
    ids = store.ids(rows)
    return MapPoints(
        ids=tuple(ids[row] for row in rows),
        places=found.places,
        numbers=tuple(number[name.casefold()] for name in said),
        specialties=tuple(ordered),
    )
