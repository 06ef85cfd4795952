"""British and American: a word in the spelling that an index meets more often, anemia for "anaemia" or the other way.

An encoder knows one of them better, and words are compared letter by letter.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

from search.expansion import Expansion
from search.lexical import stems
from search.vocabulary import Vocabulary

SOURCE = "other spelling"
TABLE = Path(__file__).with_name("spellings.toml")
WORD = re.compile(r"[^\W\d_]{4,}")


def respelt(text: str, vocabulary: Vocabulary, as_typed: Collection[str] = ()) -> tuple[str, tuple[Expansion, ...]]:
    """The text with each word in its commoner spelling, and those that were changed, each once; none `as_typed`."""
    changed: dict[str, Expansion] = {}
    count = max(1, len(stems(text)))

    def instead(match: re.Match[str]) -> str:
        word = match.group()
        small = word.lower()
        other = max(others(small), key=vocabulary.frequency, default=small)
        if small in as_typed or vocabulary.frequency(other) <= vocabulary.frequency(small):
            return word
        changed.setdefault(small, Expansion(word, other, SOURCE, 1 / count))
        return other.capitalize() if word[0].isupper() else other

    return WORD.sub(instead, text), tuple(changed.values())


def others(word: str) -> Iterator[str]:
    """The word with a part of the table in its other spelling, both ways."""
    for british, american in _parts().items():
        if british in word:
            yield word.replace(british, american)
        elif american in word:
            yield word.replace(american, british)


@cache
def _parts() -> dict[str, str]:
    found: dict[str, str] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["parts"]
    return found
