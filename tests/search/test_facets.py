"""Counts under filters, held against counting the records one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Answer, Asker, Record
from search.facets import Counts
from search.hits import Filters
from search.store import Store

SOME = st.sampled_from
RECORD = st.builds(
    Record,
    id=st.just("x"),
    title=st.just("t"),
    asker=st.none() | st.builds(Asker, SOME(("", "20-29", "40-49")), SOME(("", "female", "male"))),
    asked=SOME(("", "2011-12-31", "2012-01-15")),
    answers=st.lists(st.builds(Answer, st.just("a"), replied=SOME(("", "2013-05-01"))), max_size=1).map(tuple),
    specialty=SOME(("", "Neurology", "neurology", "Dentistry")),
    source=SOME(("", "NIH", "Clinic")),
)


def sets(*values: str) -> st.SearchStrategy[frozenset[str] | None]:
    return st.none() | st.frozensets(SOME(values))


FILTERS = st.builds(
    Filters,
    specialties=sets("NEUROLOGY", "Dentistry", "Surgery", ""),
    sources=sets("NIH", "clinic"),
    ages=sets("20-29", "80+"),
    sexes=sets("female"),
    after=SOME((None, "2012-01-01")),
    before=SOME((None, "2012-12-31")),
)
VALUES = {
    "specialties": lambda record: record.specialty,
    "sources": lambda record: record.source,
    "ages": lambda record: record.asker.age if record.asker else "",
    "sexes": lambda record: record.asker.sex if record.asker else "",
}


def passes(record: Record, filters: Filters) -> bool:
    for name, value in VALUES.items():
        wanted = getattr(filters, name)
        if wanted is not None and value(record).casefold() not in {item.casefold() for item in wanted}:
            return False
    newest = record.newest
    if filters.after or filters.before:
        return bool(newest) and (filters.after or "") <= newest <= (filters.before or "9999")
    return True


def counts_of(records: Sequence[Record], folder: str) -> Counts:
    kept = [replace(record, id=f"r{number:03}") for number, record in enumerate(records)]
    path = Path(folder) / "records.sqlite"
    Store.build(kept, path)
    return Counts.load(path)


@given(st.lists(RECORD, min_size=1, max_size=12), FILTERS)
def test_each_number_is_how_many_pages_would_be_left(records: list[Record], filters: Filters) -> None:
    with TemporaryDirectory() as folder:
        counts = counts_of(records, folder)
        store = Store(Path(folder) / "records.sqlite")
        assert np.array_equal(counts.allowed(filters), store.allowed(filters))
        assert counts.under(Filters()) == store.facets()
        store.close()
    found = counts.under(filters)
    for name, value in VALUES.items():
        others = replace(filters, **{name: None})
        left = Counter(value(record).casefold() for record in records if passes(record, others))
        known = {value(record).casefold() for record in records} - {""}
        assert {key.casefold(): count for key, count in getattr(found, name)} == {key: left[key] for key in known}


def test_a_value_that_no_record_has_lets_nothing_through(tmp_path: Path) -> None:
    counts = counts_of([Record("x", title="t", specialty="Neurology")], str(tmp_path))
    assert counts.under(Filters(sources=frozenset({"nobody"}))).specialties == (("Neurology", 0),)


@pytest.mark.parametrize("day", ["2012-01-15"])
def test_dates_are_inclusive(tmp_path: Path, day: str) -> None:
    counts = counts_of([Record("x", title="t", asked=day)], str(tmp_path))
    assert counts.allowed(Filters(after=day, before=day)).tolist() == [True]
