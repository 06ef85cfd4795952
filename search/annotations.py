"""What the build found out about the records of a version, and how they are browsed."""

from __future__ import annotations

from dataclasses import dataclass

from search.browse import Browse
from search.families import Families
from search.inferred import Specialties
from search.layout import Version
from search.map import CorpusMap
from search.meaning import WordVectors


@dataclass(frozen=True, slots=True)
class Annotations:
    """Which records ask the same question, and to which specialty those that state none probably belong; where each
    lies on the map, which words mean the same, and the records by what browsing needs."""

    families: Families
    specialties: Specialties
    browse: Browse
    map: CorpusMap
    words: WordVectors

    @classmethod
    def load(cls, version: Version, records: int) -> Annotations:
        """Those of a version that holds so many records. Raises IndexRefused."""
        return cls(
            families=Families(version.families, records),
            specialties=Specialties(version.specialties, records),
            browse=Browse(version.records),
            map=CorpusMap.load(version.map, records),
            words=WordVectors.load(version.words),
        )

    def close(self) -> None:
        self.families.close()
        self.specialties.close()
        self.browse.close()
