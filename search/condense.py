"""Condensing: of a long message the sentences that ask and tell most, word for word and in their order."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from corpus.text import sentences
from search.snippets import FUNCTION_WORDS

LONG = 60  # words; a message of fewer is searched as it stands
ROOM = 50  # words of the condensed message, but for the last sentence taken
ASKS = 2.0  # times as much counts a sentence that asks
EVEN = 8  # words added to a sentence's length, so that the shortest do not win by their length alone
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
ASKING = re.compile(
    r"\?\W*$|^\W*(?:what|which|who|when|where|why|how|is|are|am|was|do|does|did|can|could|should|would|will|may)\b"
    r"|\b(?:want(?:ed)? to (?:know|ask)|like to (?:know|ask)|wonder(?:ing)?|worried|advi[sc]e|suggest|help me|tell me"
    r"|let me know|my question|information)\b",
    re.IGNORECASE,
)


def condense(text: str, rarity: Callable[[str], float]) -> str:
    """The sentences of a message longer than LONG words that ask and tell most; all of it where it is not as long.

    A sentence tells by the rarity of its words, each counted once in it.
    """
    if len(WORD.findall(text)) <= LONG:
        return text
    ranges = list(sentences(text))
    scores = [_score(text[start:end], rarity) for start, end in ranges]
    left, kept = ROOM, []
    for number in sorted(range(len(ranges)), key=lambda number: (-scores[number], number)):
        if left <= 0:
            break
        kept.append(number)
        left -= len(WORD.findall(text[slice(*ranges[number])]))
    return " ".join(text[slice(*ranges[number])] for number in sorted(kept))


def _score(sentence: str, rarity: Callable[[str], float]) -> float:
    words = [word.lower() for word in WORD.findall(sentence)]
    told = sum(rarity(word) for word in set(words) - FUNCTION_WORDS)
    return told / math.sqrt(len(words) + EVEN) * (ASKS if ASKING.search(sentence) else 1.0)
