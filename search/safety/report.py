"""How many phrases that describe an emergency are recognized, and how many ordinary ones raise a false alarm."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.arguments import Parser, path
from search.command import run
from search.errors import SearchError
from search.safety import urgent

HALVES = ("dev", "test")


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
        """The share; 0 of none."""
        return self.found / max(1, self.of)

    def __str__(self) -> str:
        return f"{self.found}/{self.of} = {self.value:.3f}"


def read(table: Path) -> list[Phrase]:
    """The phrases of a table in order. Raises SearchError, with the line that is wrong."""
    try:
        lines = table.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise SearchError(f"{table} is not UTF-8") from None
    phrases = []
    for number, line in enumerate(lines, start=1):
        parts = line.split("\t")
        if len(parts) != 3 or parts[2] not in HALVES:
            raise SearchError(f"{table}:{number}: expected kind, phrase, dev or test, between tabs; found {line!r}")
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


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code: 0 done, 1 a table cannot be read, 2 wrong usage. Prints the figures."""
    parser = Parser(prog="python -m search.safety", description="Recall and false alarms over two tables of phrases.")
    for name in ("phrases", "ordinary"):
        parser.add_argument(name, type=path, metavar=name.upper(), help="lines of kind, phrase, dev or test")
    parser.set_defaults(action=_report)
    return run(parser, argv)


def _report(args: argparse.Namespace) -> None:
    phrases, ordinary = read(args.phrases), read(args.ordinary)
    for half in HALVES:
        print(f"{half:5}recall {recall(phrases, half)}  false alarms {alarms(ordinary, half)}")
    for kind, share in by_kind(phrases).items():
        print(f"{kind:20}{share}")
