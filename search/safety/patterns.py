"""The pattern language of the emergency rules, read into steps.

A pattern is words in order: `chest pain`. `a|b` is either, `passed_out|faint` joins words of one choice, `droop*` is
any word that begins so, `seizure~` the word with at most one letter wrong (not the first), `#38-43` a number in a
range, `@name` any entry of a named list; `word?` may be missing; `..` lets up to three words stand between and `..5` up
to five, but never one of the list `wall`, which holds denials.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from search.safety.lexicon import SHORTEST_STEM, Lexicon, lexicon
from search.safety.match import Pattern, Step

GAP = 3  # words that `..` lets stand between
ATOM = re.compile(r"[a-z]+[*~]?|\d+|#\d+(?:\.\d+)?-\d+(?:\.\d+)?")
WALL = "wall"  # the list of words that a gap never leaps over
# The words that most messages hold; a pattern is looked for around another of its words where it has one.
COMMON = frozenset(
    "a about after all am an and any are at be been before being but by can cant could day days did do does down for "
    "from get getting go going got had has have having he her him his how i if im in into is it just like me my no not "
    "now of off old on one or out over really she so some that the their them there they this time to two up very was "
    "week weeks were what when who will with without would year years you your".split()
)
COMMON_WEIGHT = 50


class PatternError(ValueError):
    """A pattern or a list cannot be read; the message quotes it."""


class Compiler:
    """Reads patterns over named word lists, and gives each set of words one class number."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._lists = lists
        self._classes: dict[frozenset[str], int] = {}
        self._weights: list[int] = []  # how often, roughly, a message holds a class

    def lexicon(self) -> Lexicon:
        """The lexicon of every pattern read so far."""
        return lexicon(self._classes.items())

    def patterns(self, source: str) -> list[Pattern]:
        """A pattern, once with and once without each word that may be missing. Raises PatternError."""
        readings: list[list[tuple[str, int]]] = [[]]
        parts, gap = source.split(), 0
        if not parts or any(end.endswith("?") or end.startswith("..") for end in (parts[0], parts[-1])):
            raise PatternError(f"pattern {source!r}: its first and last word must be there")
        for part in parts:
            if part.startswith(".."):
                gap = int(part[2:] or GAP)
                continue
            taken = [[*reading, (part.rstrip("?"), gap)] for reading in readings]
            gap = gap if part.endswith("?") else 0
            readings = taken + readings if part.endswith("?") else taken
        return [self._pattern(reading) for reading in readings]

    def _pattern(self, parts: Sequence[tuple[str, int]]) -> Pattern:
        steps = tuple(self._step(part, gap) for part, gap in parts)
        place = min(range(len(steps)), key=lambda i: (self._weights[steps[i].head], i))
        return Pattern(
            steps=steps,
            needs=frozenset(step.head for step in steps),
            key=steps[place].head,
            near=place,
            far=sum(step.gap + step.longest for step in steps[:place]) + steps[place].gap,
            wall=self._class(frozenset(self._lists[WALL])),
        )

    def _step(self, part: str, gap: int) -> Step:
        entries = [words for choice in part.split("|") for words in self._entries(choice)]
        singles = frozenset(words[0] for words in entries if len(words) == 1)
        phrases: dict[int, list[tuple[int, ...]]] = defaultdict(list)
        for first, *rest in entries:
            if rest:
                phrases[self._class(frozenset({first}))].append(tuple(self._class(frozenset({word})) for word in rest))
        head = self._class(frozenset(words[0] for words in entries))
        return Step(self._class(singles), phrases, frozenset(phrases), head, gap, max(map(len, entries)))

    def _entries(self, choice: str) -> list[list[str]]:
        """Each entry of one choice as its words; a list may name other lists."""
        if choice.startswith("@"):
            if choice[1:] not in self._lists:
                raise PatternError(f"no word list is called {choice!r}")
            return [words for entry in self._lists[choice[1:]] for words in self._entry(entry)]
        words = choice.split("_")
        for word in words:
            if not ATOM.fullmatch(word) or (word.endswith("*") and len(word) <= SHORTEST_STEM):
                raise PatternError(f"{word!r} is no word, stem* (of {SHORTEST_STEM} letters at least), word~ or #1-9")
        return [words]

    def _entry(self, entry: str) -> list[list[str]]:
        parts = [self._entries(part) for part in entry.split()]
        return parts[0] if len(parts) == 1 else [[word for part in parts for word in part[0]]]

    def _class(self, atoms: frozenset[str]) -> int:
        if atoms not in self._classes:
            self._classes[atoms] = len(self._classes)
            self._weights.append(sum(COMMON_WEIGHT if atom in COMMON else 1 for atom in atoms))
        return self._classes[atoms]
