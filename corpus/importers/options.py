"""What an importer is told, and what it tells besides its records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Notes:
    """The running side of an import: where it is, how many source items it left out, by what they are, and by their
    files how many lines it could not read and which columns or fields it does not know."""

    left_out: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, list[str]] = field(default_factory=dict)
    path: str = ""
    line: int = 1
    item: object = None

    def at(self, path: str, line: int = 1, item: object = None) -> None:
        """Say where the next item comes from, and what it is there: a text, or what JSON has decoded."""
        self.path, self.line, self.item = path, line, item


@dataclass(frozen=True, slots=True)
class Options:
    """`columns`: which header of a table holds which field, where the two are not named alike. `without`: the columns
    of a table, or fields of JSON, that are not read."""

    columns: Mapping[str, str] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)
    without: frozenset[str] = frozenset()
