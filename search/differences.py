"""How the person on a page differs from the one who asks, as far as both say so: their words, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.records import Record
from search.facts import Fact, Kind, facts

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


def differences(question: str, record: Record) -> tuple[Difference, ...]:
    """Every point that both speak of, those that differ first; and pregnancy where one of them does."""
    yours, theirs = _by_kind(facts(question)), _by_kind(_stated(record))
    found = [
        _compared(kind, yours.get(kind, ()), theirs.get(kind, ()))
        for kind in Kind
        if (kind in yours and kind in theirs) or (kind in ONE_SIDED and _says_yes(yours, theirs, kind))
    ]
    return tuple(sorted(found, key=lambda item: item.same))


def _says_yes(yours: dict[Kind, tuple[Fact, ...]], theirs: dict[Kind, tuple[Fact, ...]], kind: Kind) -> bool:
    return any(fact.value == "yes" for side in (yours, theirs) for fact in side.get(kind, ()))


def _stated(record: Record) -> list[Fact]:
    """What a record states of the one who asked: in its fields, and else in its title and message."""
    told = facts(f"{record.title}\n{record.question}")
    asker = record.asker
    fields = [(Kind.AGE, asker.age), (Kind.SEX, asker.sex)] if asker else []
    said = [Fact(kind, value, value) for kind, value in fields if value]
    return said + [fact for fact in told if fact.kind not in {fact.kind for fact in said}]


def _by_kind(found: list[Fact]) -> dict[Kind, tuple[Fact, ...]]:
    return {kind: some for kind in Kind if (some := tuple(fact for fact in found if fact.kind is kind))}


def _compared(kind: Kind, yours: tuple[Fact, ...], theirs: tuple[Fact, ...]) -> Difference:
    mine, other = {fact.value for fact in yours}, {fact.value for fact in theirs}
    same = bool(mine & other) if kind is Kind.MEDICINE else mine == other
    if kind is Kind.DURATION:
        short, long = sorted(float(value) for value in (yours[0].value, theirs[0].value))
        same = long < MUCH_LONGER * short
    return Difference(kind, _words(yours), _words(theirs), same)


def _words(found: tuple[Fact, ...]) -> str:
    return ", ".join(fact.words for fact in found)
