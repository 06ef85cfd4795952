"""What the build found out about the records of a version, which the records themselves do not say."""

from __future__ import annotations

from dataclasses import dataclass

from search.families import Families
from search.layout import Version
from search.specialties import Specialties


@dataclass(frozen=True, slots=True)
class Annotations:
    """Which records ask the same question, and to which specialty those that state none probably belong."""

    families: Families
    specialties: Specialties

    @classmethod
    def load(cls, version: Version, records: int) -> Annotations:
        """Those of a version that holds so many records. Raises IndexRefused."""
        return cls(Families(version.families, records), Specialties(version.specialties, records))

    def close(self) -> None:
        self.families.close()
        self.specialties.close()
