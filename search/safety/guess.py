"""Words of a message that nobody knows, and the word of a rule that each may stand for: one letter away."""

from __future__ import annotations

import re
from collections.abc import Callable

from search.safety.lexicon import near_words
from search.safety.rules import load
from search.spelling import Correction

WORD = re.compile(r"[A-Za-z]{3,}")
MOST = 100  # unknown words that are looked at: a message with more of them is none, and would take half a second
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
        if best := min(near, key=lambda other: (sorted(other) != sorted(word), -len(other), other), default=""):
            found.append(Correction(match.group(), best, match.start(), match.end()))
    return tuple(found)
