"""What an importer is told, and what it tells besides its records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Notes:
    """The running side of an import: where it is, and how many source items it left out, by what they are."""

    left_out: Counter[str] = field(default_factory=Counter)
    path: str = ""
    line: int = 1

    def at(self, path: str, line: int = 1) -> None:
        """Say where the next item comes from."""
        self.path, self.line = path, line


@dataclass(frozen=True, slots=True)
class Options:
    """`columns`: which header of a table holds which field, where the two are not named alike."""

    columns: Mapping[str, str] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)
