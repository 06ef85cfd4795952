"""Contrasts: sex, age, side and the like, by which a question that shares all its words may yet be another one.

Embeddings hardly see them ("my left arm", "my right arm"). `contrasts.toml` is the whole table.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.records import Record

TABLE = Path(__file__).with_name("contrasts.toml")
WORD = re.compile(r"[^\W_]+")
OLD_FROM = 70  # years; an age band that begins there is old
CHILD_TO = 12

Marks = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Contrast:
    """One contrast: a bit for each side, all of them together, and what it costs to be on different sides."""

    sides: Mapping[str, int]
    both: int
    cost: float
    whether: bool


@dataclass(frozen=True, slots=True)
class Contrasts:
    """All contrasts, with the bits that each word stands for."""

    table: Mapping[str, Contrast]
    words: Mapping[str, int]

    def marks(self, text: str) -> int:
        """The sides that a text takes, one bit each."""
        found = 0
        for word in WORD.findall(text.casefold().replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")):
            found |= self.words.get(word, 0)
        return found

    def marks_of(self, record: Record) -> int:
        """The sides that a record's heading takes: its title, or its message where it has none; and its asker."""
        found = self.marks(record.title if record.title.strip() else record.question)
        if record.asker:
            found |= self._stated("sex", record.asker.sex, found)
            found |= self._stated("age", _age_side(record.asker.age), found)
        return found

    def _stated(self, name: str, side: str, found: int) -> int:
        """The bit of a side that the record states, where its words are on no side of that contrast."""
        contrast = self.table[name]
        return 0 if contrast.both & found else contrast.sides.get(side, 0)

    def costs(self, asked: int, marks: Marks) -> NDArray[np.float32]:
        """What each of n pages loses, shape (n,), 0 where nothing speaks against it."""
        total = np.zeros(len(marks), np.float32)
        for contrast in self.table.values():
            ours, theirs = asked & contrast.both, marks & contrast.both
            if contrast.whether:
                total += np.float32(contrast.cost) * ((theirs != 0) != (ours != 0))
            elif ours:
                total += np.float32(contrast.cost) * ((theirs != 0) & ((theirs & ours) == 0))
        return total


@cache
def contrasts() -> Contrasts:
    """The table as it is shipped."""
    table: dict[str, Contrast] = {}
    words: dict[str, int] = {}
    bit = 1
    for name, value in tomllib.loads(TABLE.read_text(encoding="utf-8")).items():
        sides = {}
        for side, text in value.items():
            if side == "cost":
                continue
            sides[side] = bit
            for word in text.split():
                words[word] = words.get(word, 0) | bit
            bit <<= 1
        table[name] = Contrast(sides, sum(sides.values()), value["cost"], "whether" in sides)
    return Contrasts(table, words)


def _age_side(band: str) -> str:
    """`child` or `old` for an age band such as 0-9 or 80-89; else nothing."""
    ages = [int(number) for number in re.findall(r"\d+", band)]
    if not ages:
        return ""
    if ages[-1] <= CHILD_TO:
        return "child"
    return "old" if ages[0] >= OLD_FROM else ""
