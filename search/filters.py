"""Filters: what a result must be, and what a record holds of each. The names of all filters stand in one table."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.records import Record

# Of what a page must have one of some values: what a record, a column and a request call it, and the field of `Filters`
# and of `search.hits.Facets`, in the order of `Values`.
NAMED = {"specialty": "specialties", "source": "sources", "age": "ages", "sex": "sexes"}
LAST_DAY = "9999-12-31"

Values = tuple[str, str, str, str, int]  # specialty, source, age and sex of a record, and its newest date as a number


@dataclass(frozen=True, slots=True)
class Filters:
    """What a result must be. `None` is no filter; an empty set lets nothing through. Names compare without case.

    `after` and `before` are ISO dates, both inclusive, held against the newest date on the page; a page without a date
    passes no date filter.
    """

    specialties: frozenset[str] | None = None
    sources: frozenset[str] | None = None
    ages: frozenset[str] | None = None
    sexes: frozenset[str] | None = None
    after: str | None = None
    before: str | None = None

    def __bool__(self) -> bool:
        return self != Filters()

    def named(self) -> dict[str, frozenset[str]]:
        """Of which values a page must have one, by the names of NAMED; those that nothing was chosen of left out."""
        chosen = {name: getattr(self, field) for name, field in NAMED.items()}
        return {name: values for name, values in chosen.items() if values is not None}

    def days(self) -> tuple[int, int] | None:
        """The first and the last `day_number` that pass; None where there is no filter of dates."""
        if not self.after and not self.before:
            return None
        return max(day_number(self.after or ""), 1), day_number(self.before or LAST_DAY)


def values_of(record: Record) -> Values:
    """What a record holds of each filter."""
    asker = record.asker
    age, sex = (asker.age, asker.sex) if asker else ("", "")
    return record.specialty, record.source, age, sex, day_number(record.newest)


def day_number(date: str) -> int:
    """ISO date as a whole number that sorts like the date: 2012-01-15 -> 20120115; 0 for no date."""
    return int(date.replace("-", "")) if date else 0
