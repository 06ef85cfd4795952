"""Suggestions while a question is typed: titles of the corpus, never other users' questions."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nsmallest


def suggestions(titles: Sequence[str], typed: str, k: int) -> tuple[str, ...]:
    """At most k titles in which every word typed begins a word: those that begin with the text, then short ones."""
    text = " ".join(typed.casefold().split())
    words = text.split()
    if not words:
        return ()
    found = (title for title in titles if _holds(title.casefold(), words))
    return tuple(nsmallest(k, found, key=lambda title: (not title.casefold().startswith(text), len(title), title)))


def _holds(title: str, words: Sequence[str]) -> bool:
    padded = " " + title
    return all(" " + word in padded for word in words)
