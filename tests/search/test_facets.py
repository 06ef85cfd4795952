"""Counts under filters, held against counting the records one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Answer, Asker, Record
from search.errors import IndexRefused
from search.facets import NAMES_FILE, ROWS_FILE, Column, Counts, Mask
from search.filters import Filters, Values, values_of
from search.hits import Facets
from tests.search import toy_pages
from tests.toy_records import BY_ROW

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


def saved(records: Sequence[Record], folder: Path) -> Counts:
    """The columns of these records as a version has them."""
    Counts.of_records(records).save(folder / "columns")
    return Counts.load(folder / "columns")


@given(st.lists(RECORD, min_size=1, max_size=12), FILTERS)
def test_each_number_is_how_many_pages_would_be_left(records: list[Record], filters: Filters) -> None:
    with TemporaryDirectory() as folder:
        counts = saved(records, Path(folder))
        assert counts.allowed(filters).tolist() == [passes(record, filters) for record in records]
        assert len(counts) == len(records)
        assert [spelt(counts.at(row)) for row in range(len(records))] == [spelt(values_of(each)) for each in records]
        found = counts.under(filters)
    for name, value in VALUES.items():
        others = replace(filters, **{name: None})
        left = Counter(value(record).casefold() for record in records if passes(record, others))
        known = {value(record).casefold() for record in records} - {""}
        assert {key.casefold(): count for key, count in getattr(found, name)} == {key: left[key] for key in known}


def test_a_value_that_no_record_has_lets_nothing_through(tmp_path: Path) -> None:
    counts = saved([Record("x", title="t", specialty="Neurology")], tmp_path)
    assert counts.under(Filters(sources=frozenset({"nobody"}))).specialties == (("Neurology", 0),)


@pytest.mark.parametrize("day", ["2012-01-15"])
def test_dates_are_inclusive(tmp_path: Path, day: str) -> None:
    counts = saved([Record("x", title="t", asked=day)], tmp_path)
    assert counts.allowed(Filters(after=day, before=day)).tolist() == [True]


def spelt(values: Values) -> list[str]:
    """The values as they compare."""
    return [str(value).casefold() for value in values]


@given(toy_pages.FILTERS)
def test_filters_are_exact_over_many_records(filters: Filters) -> None:
    records = toy_pages.many(500)
    assert Counts.of_records(records).allowed(filters).tolist() == [toy_pages.passes(each, filters) for each in records]


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(), ["cough", "eyelid", "fever", "lip", "numb", "rash", "tip"]),
        (Filters(specialties=frozenset()), []),
        (Filters(specialties=frozenset({"NEUROLOGY", "Dentistry"})), ["eyelid", "lip", "numb"]),
        (Filters(sources=frozenset({"toy pages"})), ["cough", "eyelid", "lip", "numb"]),
        (Filters(sexes=frozenset({"female"})), ["lip", "numb"]),
        (Filters(ages=frozenset({"40-49", "00-09"})), ["cough", "lip"]),
        (Filters(after="2020-05-07"), ["cough", "rash"]),
        (Filters(after="2020-05-08"), ["rash"]),
        (Filters(before="2012-02-01"), ["lip"]),
        (Filters(before="2012-01-31"), []),
        (Filters(sexes=frozenset({"male"}), after="2000-01-01"), ["cough"]),
    ],
)
def test_what_filters_let_through(filters: Filters, ids: list[str], tmp_path: Path) -> None:
    allowed = saved(BY_ROW, tmp_path).allowed(filters)
    assert [record.id for record, kept in zip(BY_ROW, allowed, strict=True) if kept] == [f"toy:{name}" for name in ids]


def test_each_filter_is_looked_up_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    among, looked = Column.among, list[object]()

    def noted(column: Column, values: Iterable[str]) -> Mask:
        looked.append(values)
        return among(column, values)

    monkeypatch.setattr(Column, "among", noted)
    saved(BY_ROW, tmp_path).under(Filters(sexes=frozenset({"male"}), ages=frozenset({"40-49"}), after="2000-01-01"))
    assert looked == [frozenset({"40-49"}), frozenset({"male"})]


def test_facets_count_the_whole_index_as_filters_do(tmp_path: Path) -> None:
    assert saved(BY_ROW, tmp_path).under(Filters()) == Facets(
        specialties=(
            ("Neurology", 2),
            ("Dentistry", 1),
            ("Dermatology", 1),
            ("Internal Medicine", 1),
            ("Pediatrics", 1),
        ),
        sources=(("Toy pages", 4), ("Notes d’été", 1), ("Other pages", 1)),
        ages=(("00-09", 1), ("20-29", 1), ("40-49", 1)),
        sexes=(("female", 2), ("male", 2)),
    )


def test_a_value_is_named_as_most_records_spell_it() -> None:
    records = toy_pages.many(500)
    named = dict(Counts.of_records(records).under(Filters()).specialties)
    times = Counter(record.specialty for record in records)
    usual = max(("Neurology", "neurology"), key=lambda name: times[name])
    assert named.keys() == {usual, "Straße", "Dentistry"}


def test_what_is_no_columns_is_refused_by_name(tmp_path: Path) -> None:
    saved(BY_ROW, tmp_path)
    folder = tmp_path / "columns"
    for change in (9, -1):
        rows = np.load(folder / ROWS_FILE)
        rows["sources"] += change
        np.save(tmp_path / "changed.npy", rows)
        (folder / ROWS_FILE).write_bytes((tmp_path / "changed.npy").read_bytes())
        with pytest.raises(IndexRefused, match=r"columns: a number in sources has no name; build the index again"):
            Counts.load(folder)
    (folder / NAMES_FILE).unlink()
    with pytest.raises(IndexRefused, match="columns cannot be read as columns"):
        Counts.load(folder)
