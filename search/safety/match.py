"""Words of a message with their places, and whether a pattern matches at one of them.

A match never leaves its sentence, and the nearest end wins. A pattern keeps the set of places it has reached instead of
going back, so the work grows with the length of the text and no faster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Token(NamedTuple):
    """A word of the message in lower case, its characters [start, end), its sentence and clause, and its classes."""

    word: str
    start: int
    end: int
    sentence: int
    clause: int
    classes: frozenset[int]


@dataclass(frozen=True, slots=True)
class Step:
    """One place of a pattern: the class of words that fill it, the longer entries by first class, the gap before it."""

    words: int
    phrases: Mapping[int, Sequence[tuple[int, ...]]]
    firsts: frozenset[int]  # the classes by which the phrases are filed
    head: int  # class of every word that can begin the step
    gap: int
    longest: int  # words of the longest entry

    def ends(self, tokens: Sequence[Token], at: int) -> list[int]:
        """Places right after the step where it matches at `at`; empty where it does not."""
        classes = tokens[at].classes
        if self.head not in classes:
            return []
        found = [at + 1] if self.words in classes else []
        for first in self.firsts & classes:
            for rest in self.phrases[first]:
                stop = at + 1 + len(rest)
                if stop <= len(tokens) and all(name in tokens[at + 1 + i].classes for i, name in enumerate(rest)):
                    found.append(stop)
        return found


@dataclass(frozen=True, slots=True)
class Pattern:
    """Steps in order, and how to find where they may begin: around the words of one step, the key."""

    steps: tuple[Step, ...]
    needs: frozenset[int]  # classes that a message must hold
    key: int  # the class among them that fewest messages hold
    near: int  # the key stands at least so many words after the start
    far: int  # and at most so many
    wall: int  # class of the words that no gap leaps over

    @property
    def one_word(self) -> bool:
        """Whether each word of its key is a match by itself."""
        return len(self.steps) == 1 and self.steps[0].words == self.key

    def matches(self, tokens: Sequence[Token], key_at: int) -> list[Hit]:
        """Matches whose key stands at `key_at`, and maybe others that begin near it."""
        head = self.steps[0].head
        starts = [at for at in range(max(key_at - self.far, 0), key_at - self.near + 1) if head in tokens[at].classes]
        return [Hit(at, end - 1) for at in starts if (end := self.end(tokens, at)) is not None]

    def end(self, tokens: Sequence[Token], at: int) -> int | None:
        """Place right after the shortest match that begins at `at`, or None."""
        sentence, places = tokens[at].sentence, self.steps[0].ends(tokens, at)
        for step in self.steps[1:]:
            reached: set[int] = set()
            for place in places:
                for q in range(place, min(place + step.gap + 1, len(tokens))):
                    token = tokens[q]
                    if step.head in token.classes:
                        reached.update(step.ends(tokens, q))
                    if self.wall in token.classes or token.sentence != sentence:
                        break
            if not reached:
                return None
            places = list(reached)
        if not places:
            return None
        end = min(places)
        return end if tokens[end - 1].sentence == sentence else None


class Hit(NamedTuple):
    """Where a sign stands: tokens `first` to `last`, both inclusive."""

    first: int
    last: int
