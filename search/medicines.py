"""Medicines by their several names: which words name the same one, and the name by which an index speaks of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from functools import cache
from pathlib import Path

from search.expansion import Expansion
from search.lexical import stems
from search.vocabulary import Vocabulary

SOURCE = "list of medicines"
TABLE = Path(__file__).with_name("medicines.toml")
WORD = re.compile(r"[a-z][a-z-]{4,}", re.IGNORECASE)


def medicine(word: str) -> str:
    """The usual name of a medicine that a word, in small letters, is one of the names of; empty if of none."""
    return _usual().get(word, "")


def renamed(text: str, vocabulary: Vocabulary, as_typed: Collection[str] = ()) -> tuple[str, tuple[Expansion, ...]]:
    """The text with each medicine by the name that the index meets most, and those that were changed, each once; none
    `as_typed`, and none whose commoner name the text says as well."""
    changed: dict[str, Expansion] = {}
    said, count = text.lower(), max(1, len(stems(text)))

    def instead(match: re.Match[str]) -> str:
        small = match.group().lower()
        other = max(_names().get(medicine(small), ()), key=vocabulary.frequency, default=small)
        if small in as_typed or other in said or vocabulary.frequency(other) <= vocabulary.frequency(small):
            return match.group()
        changed.setdefault(small, Expansion(match.group(), other, SOURCE, 1 / count))
        return other

    return WORD.sub(instead, text), tuple(changed.values())


@cache
def _usual() -> dict[str, str]:
    return {name: usual for usual, names in _names().items() for name in names}


@cache
def _names() -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["names"]
    return {usual: (usual, *others) for usual, others in table.items()}
