"""Snippets: the sentence of a text that fits a question best, word for word, its place, and the words that match."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection

from corpus.text import sentences
from search.hits import Snippet
from search.lexical import stem

WORD = re.compile(r"\w+")
FULL = 240  # characters; a shorter best sentence is shown with those that follow it, up to here
LONGEST = 480  # characters; only a longer sentence is cut, between words
FEW_WORDS = 4  # a sentence of fewer words ("Hello doctor,") says nothing by itself


def best_snippet(
    text: str, wanted: Collection[str], weight: Callable[[str], float], within: tuple[int, int] | None = None
) -> Snippet:
    """Snippet that starts at the best sentence of `text`, or of the range `within` it where one is given.

    The best sentence is the one whose words share most with the stems `wanted`, each weighed by `weight` (rarer words
    weigh more), for its length; the earlier one where two are equal.
    """
    first, last = within or (0, len(text))
    ranges = [(start, end) for start, end in sentences(text) if start < last and end > first]
    if not ranges:
        return Snippet()
    scores = [_fit(text[start:end], wanted, weight) for start, end in ranges]
    best = max(range(len(ranges)), key=lambda number: (scores[number], -number))
    start, end = ranges[best]
    for _, next_end in ranges[best + 1 :]:
        if next_end - start > FULL:
            break
        end = next_end
    if end - start > LONGEST:
        end = start + len(text[start : start + LONGEST].rsplit(None, 1)[0])
    piece = text[start:end]
    return Snippet(text=piece, highlights=highlights(piece, wanted), start=start, end=end)


def highlights(text: str, wanted: Collection[str]) -> tuple[tuple[int, int], ...]:
    """Ranges of the words of `text` whose stem is wanted."""
    return tuple(match.span() for match in WORD.finditer(text) if stem(match.group()) in wanted)


def _fit(sentence: str, wanted: Collection[str], weight: Callable[[str], float]) -> float:
    words = WORD.findall(sentence)
    shared = {stem(word) for word in words} & set(wanted)
    fit = sum(weight(word) for word in shared) / math.sqrt(len(words) + 8)  # long sentences match by chance
    return fit if len(words) >= FEW_WORDS else fit - 1.0
