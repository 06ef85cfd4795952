"""How the person on a page differs from the one who asks, as far as both say so: their words, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.records import Record
from search.durations import span
from search.facts import UNCLEAR, Fact, Kind, facts
from search.sides import near

MOST_READ = 20_000  # characters of a page's message, as many as a question may have
MUCH_LONGER = 3.0  # times as long, from which two durations differ
ONE_SIDED = frozenset({Kind.PREGNANCY})  # worth telling where one of the two says it and the other nothing


@dataclass(frozen=True, slots=True)
class Difference:
    """One point: what the question says of it and what the page says, empty where it says nothing; and whether they
    agree. Ages of the page may be a band that its record states, such as `40-49`; all else is word for word."""

    kind: Kind
    yours: str
    theirs: str
    same: bool


def differences(asked: Sequence[Fact], record: Record) -> tuple[Difference, ...]:
    """Every point that the facts of a question and a page both speak of, those that differ first; and pregnancy where
    one of them does and the other says nothing of any."""
    stated = _stated(record)
    yours, theirs = _by_kind(asked), _by_kind(stated)
    unclear = {fact.kind for fact in (*asked, *stated) if fact.value == UNCLEAR}
    kinds = [
        kind
        for kind in Kind
        if kind not in unclear
        and ((kind in yours and kind in theirs) or (kind in ONE_SIDED and _says_yes(yours, theirs, kind)))
    ]
    found = [_compared(kind, yours.get(kind, ()), theirs.get(kind, ())) for kind in kinds]
    return tuple(sorted((item for item in found if item), key=lambda item: item.same))


def _says_yes(yours: dict[Kind, tuple[Fact, ...]], theirs: dict[Kind, tuple[Fact, ...]], kind: Kind) -> bool:
    return any(fact.value == "yes" for side in (yours, theirs) for fact in side.get(kind, ()))


def _stated(record: Record) -> list[Fact]:
    """What a record states of the one who asked: in its fields, and else in its title and message."""
    told = facts(f"{record.title}\n{record.question}"[:MOST_READ])
    asker = record.asker
    fields = [(Kind.AGE, asker.age), (Kind.SEX, asker.sex)] if asker else []
    said = [Fact(kind, value, value) for kind, value in fields if value]
    return said + [fact for fact in told if fact.kind not in {fact.kind for fact in said}]


def _by_kind(found: Sequence[Fact]) -> dict[Kind, tuple[Fact, ...]]:
    return {kind: some for kind in Kind if (some := tuple(fact for fact in found if fact.kind is kind))}


def _compared(kind: Kind, yours: tuple[Fact, ...], theirs: tuple[Fact, ...]) -> Difference | None:
    if kind is Kind.SIDE:
        return _sides(yours, theirs)
    mine, other = {fact.value for fact in yours}, {fact.value for fact in theirs}
    same = bool(mine & other) if kind is Kind.MEDICINE else mine == other
    if kind is Kind.DURATION:
        short, long = sorted((span(yours[0].value), span(theirs[0].value)))
        same = long[0] < MUCH_LONGER * short[1]
    return Difference(kind, _words(yours), _words(theirs), same)


def _sides(yours: tuple[Fact, ...], theirs: tuple[Fact, ...]) -> Difference | None:
    """The sides of parts of the body that lie together; None where no two do, or some agree and others do not."""
    pairs = [(mine, other) for mine in yours for other in theirs if near(mine.value, other.value)]
    same = {mine.value.split()[0] == other.value.split()[0] for mine, other in pairs}
    if len(same) != 1:
        return None
    mine, other = (tuple(dict.fromkeys(column)) for column in zip(*pairs, strict=True))
    return Difference(Kind.SIDE, _words(mine), _words(other), same.pop())


def _words(found: tuple[Fact, ...]) -> str:
    return ", ".join(fact.words for fact in found)
