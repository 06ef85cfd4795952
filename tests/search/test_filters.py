"""The table of filters: what is chosen, what a record holds of each, and dates as numbers."""

from __future__ import annotations

from dataclasses import fields

import pytest

from corpus.records import Answer, Asker, Record
from search.filters import NAMED, Filters, day_number, values_of
from search.hits import Facets


def test_an_empty_filter_is_a_filter() -> None:
    assert not Filters()
    assert Filters(specialties=frozenset())
    assert Filters(before="2020-01-01")
    assert Filters(sources=frozenset(), sexes=frozenset({"male"})).named() == {
        "source": frozenset(),
        "sex": frozenset({"male"}),
    }


def test_filters_and_facets_have_the_fields_of_the_table() -> None:
    assert [field.name for field in fields(Filters)] == [*NAMED.values(), "after", "before"]
    assert [field.name for field in fields(Facets)] == list(NAMED.values())


def test_a_record_holds_a_value_of_each_filter_in_the_order_of_the_table() -> None:
    told = Record(
        "a",
        "T",
        asker=Asker("40-49", "male"),
        asked="2012-01-15",
        source="Clinic",
        answers=(Answer("x", specialty="ENT"),),
    )
    assert dict(zip([*NAMED, "newest"], values_of(told), strict=True)) == {
        "specialty": "ENT",
        "source": "Clinic",
        "age": "40-49",
        "sex": "male",
        "newest": 20120115,
    }
    assert values_of(Record("b", "T")) == ("", "", "", "", 0)


def test_day_numbers_sort_like_the_dates() -> None:
    assert [day_number(day) for day in ("", "0999-12-31", "2012-01-15")] == [0, 9991231, 20120115]


@pytest.mark.parametrize(
    ("after", "before", "days"),
    [
        (None, None, None),
        ("2012-01-15", None, (20120115, 99991231)),
        (None, "2012-01-15", (1, 20120115)),  # a page without a date passes neither
        ("2012-01-15", "2013-12-31", (20120115, 20131231)),
    ],
)
def test_days_are_both_inclusive(after: str | None, before: str | None, days: tuple[int, int] | None) -> None:
    assert Filters(after=after, before=before).days() == days
