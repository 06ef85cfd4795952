"""Lay terms: the medical term for what people say, tinnitus for "ringing in the ears". Looked up, not guessed."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from search.errors import IndexRefused
from search.expansion import Expansion
from search.lexical import stems

EVERYDAY = Path(__file__).with_name("everyday.toml")


@dataclass(frozen=True, slots=True)
class LayTerm:
    """A phrase that people use, the medical term for it, and the term's id in the vocabulary it is from, if any."""

    phrase: str
    term: str
    id: str = ""


class LayTerms:
    """A vocabulary of lay terms, known by the stems of their phrases."""

    def __init__(self, source: str, terms: Iterable[LayTerm]) -> None:
        self.source = source
        self._terms: dict[tuple[str, ...], list[LayTerm]] = {}
        for item in terms:
            key = tuple(stems(item.phrase))
            if set(stems(item.term)) - set(key):  # a term that says nothing new is no help
                self._terms.setdefault(key, []).append(item)
        self._longest = max(map(len, self._terms), default=0)

    @classmethod
    def load(cls, path: Path) -> LayTerms:
        try:
            value = json.loads(path.read_text())
            return cls(value["source"], (LayTerm(**item) for item in value["terms"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexRefused(f"{path} cannot be read as a list of lay terms ({error})") from None

    @classmethod
    def everyday(cls) -> LayTerms:
        """The list of everyday names that comes with the program, each also without its apostrophe."""
        names = tomllib.loads(EVERYDAY.read_text(encoding="utf-8"))
        spelt = ((way, term) for phrase, term in names.items() for way in {phrase: 0, phrase.replace("'", ""): 0})
        return cls("list of everyday names", (LayTerm(phrase, term) for phrase, term in spelt))

    @staticmethod
    def save(path: Path, source: str, terms: Sequence[LayTerm]) -> None:
        value = {"source": source, "terms": [asdict(item) for item in terms]}
        path.write_text(json.dumps(value, ensure_ascii=False, indent=0) + "\n")

    def expand(self, text: str) -> tuple[Expansion, ...]:
        """Terms for the phrases that stand in a text, longest first; no word of the text is used twice, and no term is
        given that the text says itself.

        A phrase of one word counts only where it is all that the text says.
        """
        words = stems(text)
        free = [True] * len(words)
        found: dict[str, Expansion] = {}
        for size in range(min(self._longest, len(words)), 0, -1):
            if size == 1 and len(words) > 1:
                break
            for start in range(len(words) - size + 1):
                span = slice(start, start + size)
                if all(free[span]) and (known := self._terms.get(tuple(words[span]))):
                    free[span] = [False] * size
                    for item in known:
                        source = f"{self.source}, {item.id}" if item.id else self.source
                        found.setdefault(item.term, Expansion(item.phrase, item.term, source, size / len(words)))
        return tuple(item for term, item in found.items() if set(stems(term)).difference(words))
