"""Many records of every kind that a filter tells apart, the filters themselves, and what they mean, said plainly."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from corpus.records import Answer, Asker, Record, content_hash
from search.filters import Filters
from search.store import Store
from tests.toy_encoder import WORDS


def build_store(records: Sequence[Record], path: Path) -> None:
    """A record store of these records, with their content hashes."""
    Store.build(records, [content_hash(record) for record in records], path)


def passes(record: Record, filters: Filters) -> bool:
    """Whether the filters let a record through, said plainly."""
    asker = record.asker or Asker()
    named = [
        (filters.specialties, record.specialty),
        (filters.sources, record.source),
        (filters.ages, asker.age),
        (filters.sexes, asker.sex),
    ]
    for allowed, value in named:
        if allowed is not None and value.casefold() not in {name.casefold() for name in allowed}:
            return False
    if filters.after is None and filters.before is None:
        return True
    newest = max([record.asked, *(answer.replied for answer in record.answers)])
    return newest != "" and (filters.after or "") <= newest <= (filters.before or "9999-12-31")


def names(*values: str) -> st.SearchStrategy[frozenset[str] | None]:
    """No filter, or a filter of some of these values."""
    return st.none() | st.sets(st.sampled_from(values)).map(frozenset)


DAYS = st.none() | st.sampled_from(("2012-01-15", "2012-01-16", "2015-06-30", "2021-03-04"))
FILTERS = st.builds(
    Filters,
    specialties=names("Neurology", "NEUROLOGY", "straße", "", "Strasse", "Dentistry", "None such"),
    sources=names("Toy pages", "toy PAGES", "Other pages", ""),
    ages=names("40-49", "80+", "", "4"),
    sexes=names("female", "male", "other", ""),
    after=DAYS,
    before=DAYS,
)


@cache
def many(count: int) -> tuple[Record, ...]:
    """So many records of every kind that a filter tells apart, the same ones each time, in the order of their ids."""
    chance = random.Random(7)
    pick = chance.choice
    found = []
    for number in range(count):
        dates = ("", "2012-01-15", "2012-01-16", "2021-03-04")
        text = " ".join(chance.choices((*WORDS, "harmless", "water"), k=chance.randint(1, 9)))
        answers = tuple(
            Answer(" ".join(chance.choices(WORDS, k=chance.randint(1, 30))), replied=pick(dates))
            for _ in range(pick((0, 1, 2)))
        )
        found.append(
            Record(
                id=f"many:{number:04}",
                title=pick((text, "")),
                question=pick(("", " ".join(chance.choices(WORDS, k=20)))) if answers else text,
                asker=pick((None, Asker("40-49", "female"), Asker("80+", "male"), Asker(sex="female"), Asker("40-49"))),
                asked=pick(dates),
                answers=answers,
                specialty=pick(("Neurology", "neurology", "Straße", "Dentistry", "")),
                source=pick(("Toy pages", "Other pages", "")),
            )
        )
    return tuple(found)
