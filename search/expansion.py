"""What a question is also searched by: a term, what in the question led to it, and who says that they are the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expansion:
    """A medical term that a question was also searched by; `share` (0 to 1) of the question's stems led to it."""

    phrase: str
    term: str
    source: str
    share: float
