"""How many phrases that describe an emergency are recognized, and how many ordinary ones raise a false alarm."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import system_error
from search.safety import urgent

HALVES = ("dev", "test")
USAGE = "usage: python -m search.safety PHRASES ORDINARY  (tables: kind, phrase, dev or test)"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A line of a table: the kind of emergency (or of ordinary phrase), the phrase, and its half."""

    kind: str
    text: str
    half: str


@dataclass(frozen=True, slots=True)
class Share:
    """So many out of so many."""

    found: int
    of: int

    @property
    def value(self) -> float:
        return self.found / self.of

    def __str__(self) -> str:
        return f"{self.found}/{self.of} = {self.value:.3f}"


def read(path: Path) -> list[Phrase]:
    """The phrases of a table in order. Raises ValueError with file and line."""
    phrases = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        parts = line.split("\t")
        if len(parts) != 3 or parts[2] not in HALVES:
            raise ValueError(f"{path}:{number}: expected kind, phrase, dev or test, between tabs; found {line!r}")
        phrases.append(Phrase(*parts))
    return phrases


def kinds(text: str) -> tuple[str, ...]:
    """The kinds of emergency that a text describes, the most pressing first."""
    notice = urgent(text)
    return (notice.kind, *notice.also) if notice else ()


def recall(phrases: Iterable[Phrase], half: str) -> Share:
    """Phrases of a half whose own kind is among those found."""
    found = [phrase.kind in kinds(phrase.text) for phrase in phrases if phrase.half == half]
    return Share(sum(found), len(found))


def alarms(phrases: Iterable[Phrase], half: str) -> Share:
    """Phrases of a half that raise a notice, whatever its kind."""
    found = [bool(kinds(phrase.text)) for phrase in phrases if phrase.half == half]
    return Share(sum(found), len(found))


def by_kind(phrases: Sequence[Phrase]) -> dict[str, Share]:
    """Recall over both halves for each kind, in the order of the table."""
    of = Counter(phrase.kind for phrase in phrases)
    found = Counter(phrase.kind for phrase in phrases if phrase.kind in kinds(phrase.text))
    return {kind: Share(found[kind], total) for kind, total in of.items()}


def main(arguments: Sequence[str]) -> int:
    """Exit code: 0 done, 1 a table cannot be read, 2 wrong usage. Prints the figures."""
    if len(arguments) != 2:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        phrases, ordinary = (read(Path(name)) for name in arguments)
    except (OSError, ValueError) as error:
        print(system_error(error) if isinstance(error, OSError) else error, file=sys.stderr)
        return 1
    for half in HALVES:
        print(f"{half:5}recall {recall(phrases, half)}  false alarms {alarms(ordinary, half)}")
    for kind, share in by_kind(phrases).items():
        print(f"{kind:20}{share}")
    return 0
