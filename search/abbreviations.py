"""Abbreviations: what people mean by the letters that they write, urinary tract infection for "uti"."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from search.expansion import Expansion
from search.lexical import stems

SOURCE = "list of abbreviations"
TABLE = Path(__file__).with_name("abbreviations.toml")
WORD = re.compile(r"(?<![\w@.])\w+(?:\.\w)?(?![\w@])")


class Abbreviations:
    """A list of abbreviations, each with what it stands for. Immutable."""

    def __init__(self, meanings: Mapping[str, str]) -> None:
        self.meanings = dict(meanings)

    @classmethod
    def load(cls) -> Abbreviations:
        """The list that comes with the program."""
        return cls(tomllib.loads(TABLE.read_text(encoding="utf-8")))

    def expand(self, text: str) -> tuple[Expansion, ...]:
        """What the abbreviations in a text stand for, each once, in the order of the text; none that it says itself."""
        said = stems(text)
        found: dict[str, Expansion] = {}
        for match in WORD.finditer(text):
            term = self.meanings.get(match.group().lower())
            if term and term not in found:
                found[term] = Expansion(match.group(), term, SOURCE, 1 / max(1, len(said)))
        return tuple(item for term, item in found.items() if set(stems(term)).difference(said))
