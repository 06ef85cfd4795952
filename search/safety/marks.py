"""The marks in a message that cancel signs (denials, dates, questions), each kind looked for when first asked for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from search.safety.match import Hit, Token


class Marks:
    """The marks of one message. `find` gives the places of one kind, in the order of the text."""

    def __init__(self, tokens: Sequence[Token], find: Callable[[str], Sequence[Hit]]) -> None:
        self._tokens = tokens
        self._find = find
        self._found: dict[str, tuple[Sequence[Hit], list[int]]] = {}
        self._clauses: dict[str, frozenset[int]] = {}

    def _all(self, name: str) -> tuple[Sequence[Hit], list[int]]:
        """Every mark of a kind, and the tokens at which they begin."""
        if name not in self._found:
            marks = self._find(name)
            self._found[name] = marks, [mark.first for mark in marks]
        return self._found[name]

    def in_clause(self, name: str, clause: int) -> bool:
        """Whether a mark of a kind begins in a clause."""
        if name not in self._clauses:
            self._clauses[name] = frozenset(self._tokens[first].clause for first in self._all(name)[1])
        return clause in self._clauses[name]

    def between(self, name: str, low: int, high: int) -> Sequence[Hit]:
        """Marks of a kind that begin at tokens low <= first < high."""
        marks, starts = self._all(name)
        return marks[bisect_left(starts, low) : bisect_left(starts, high)]

    def any(self, name: str, low: int, high: int) -> bool:
        """Whether a mark of a kind begins at tokens low <= first < high."""
        starts = self._all(name)[1]
        return bisect_left(starts, low) < bisect_left(starts, high)

    def first(self, name: str, low: int, high: int) -> int | None:
        """The first token in low <= first < high at which a mark of a kind begins; None where there is none."""
        starts = self._all(name)[1]
        at = bisect_left(starts, low)
        return starts[at] if at < len(starts) and starts[at] < high else None
