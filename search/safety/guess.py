"""Words of a message that nobody knows, and the word of a rule that each may stand for: one letter away."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from search.safety.lexicon import near_words
from search.safety.rules import load
from search.spelling import Correction

WORD = re.compile(r"[A-Za-z]{3,}")
MOST = 100  # unknown words that are looked at: a message with more of them is none, and would take half a second
DOUBLED = re.compile(r"(.)\1+")
SHORTEST = 4  # letters of a word that a rule names: shorter ones are one letter from too many


def guesses(text: str, knows: Callable[[str], bool]) -> tuple[Correction, ...]:
    """What unknown words may stand for, in the order of the text; `knows` says whether a word in small letters is one.

    These are for a second look at a message, not for a search: `drak` may be dark, but also drank.
    """
    found: list[Correction] = []
    tried = 0
    longest = load().lexicon.longest + 1  # letters: a word of more is two letters from all; trying them takes seconds
    for match in WORD.finditer(text):
        word = match.group().lower()
        if len(word) > longest or knows(word):
            continue
        tried += 1
        if tried > MOST:
            break
        near = (other for other in near_words(word) & load().lexicon.words if len(other) >= SHORTEST)
        if best := min(near, key=partial(_unlike, word), default=""):
            found.append(Correction(match.group(), best, match.start(), match.end()))
    return tuple(found)


def _unlike(word: str, other: str) -> tuple[bool, bool, int, str]:
    """How unlike its misspelling a word is, to choose the least: letters swapped, one doubled or single, any other."""
    return sorted(other) != sorted(word), _singled(other) != _singled(word), -len(other), other


def _singled(word: str) -> str:
    """The word with each row of one letter made a single one: `killl` -> `kil`."""
    return DOUBLED.sub(r"\1", word)
