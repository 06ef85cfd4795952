"""What a filter would leave: counts of the whole index under the other filters, exact, from columns kept in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from sqlite3 import connect

import numpy as np
from numpy.typing import NDArray

from search.hits import Facets, Filters
from search.lexical import day_number

COLUMNS = {"specialties": "specialty", "sources": "source", "ages": "age", "sexes": "sex"}  # of Filters and Facets


class Column:
    """One value a row, without case: its number in `names` (0: it states none), shape (rows,).

    A row is a record, or so many `times` as many records with the same values.
    """

    def __init__(self, values: Sequence[str], times: NDArray[np.int64]) -> None:
        keys = [value.casefold() for value in values]
        spelt: dict[str, dict[str, int]] = {}
        for key, value, count in zip(keys, values, times.tolist(), strict=True):
            counts = spelt.setdefault(key, {})
            counts[value] = counts.get(value, 0) + count
        known = ["", *sorted(spelt.keys() - {""})]
        self.names = [min(spelt.get(key, {"": 0}).items(), key=lambda item: (-item[1], item[0]))[0] for key in known]
        self.numbers = {key: number for number, key in enumerate(known)}
        self.codes = np.array([self.numbers[key] for key in keys], np.int32)
        self._times = times

    def among(self, values: Iterable[str]) -> NDArray[np.bool_]:
        """Which rows have one of these values."""
        wanted = [self.numbers[value.casefold()] for value in values if value.casefold() in self.numbers]
        return np.isin(self.codes, wanted)

    def counts(self, mask: NDArray[np.bool_]) -> tuple[tuple[str, int], ...]:
        """How many records of the mask have each value, most first, then by name; values that none has included."""
        found = np.bincount(self.codes[mask], self._times[mask], len(self.names))
        stated = [(name, int(count)) for name, count in zip(self.names[1:], found[1:], strict=True)]
        return tuple(sorted(stated, key=lambda item: (-item[1], item[0])))


class Counts:
    """The columns that filters need, of every record in row order; or of each set of values, with how often it is met.

    A row is specialty, source, age, sex and the newest date as a number; `times` says of how many records, one if none.
    """

    def __init__(self, rows: Sequence[tuple[str, str, str, str, int]], times: Sequence[int] | None = None) -> None:
        *named, newest = zip(*rows, strict=True) if rows else ((), (), (), (), ())
        of = np.ones(len(rows), np.int64) if times is None else np.array(times, np.int64)
        self._columns = {name: Column(values, of) for name, values in zip(COLUMNS, named, strict=True)}
        self.newest = np.array(newest, np.int64)

    @classmethod
    def load(cls, path: Path) -> Counts:
        """Those of a record store."""
        db = connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        rows = db.execute("SELECT specialty, source, age, sex, newest FROM records ORDER BY row").fetchall()
        db.close()
        return cls(rows)

    def under(self, filters: Filters) -> Facets:
        """For each value of each filter, how many records would pass if it were the only one chosen of its kind."""
        return Facets(
            **{
                name: column.counts(self.allowed(replace(filters, **{name: None})))
                for name, column in self._columns.items()
            }
        )

    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        """Which rows the filters let through, shape (rows,)."""
        mask = np.ones(len(self.newest), np.bool_)
        for name, column in self._columns.items():
            if (values := getattr(filters, name)) is not None:
                mask &= column.among(values)
        if filters.after or filters.before:
            first, last = max(day_number(filters.after or ""), 1), day_number(filters.before or "9999-12-31")
            mask &= (self.newest >= first) & (self.newest <= last)
        return mask


def unmatched(filters: Filters, facets: Facets) -> tuple[tuple[str, str], ...]:
    """The chosen specialties and sources that no record of the index has, each with the name of its filter."""
    found: list[tuple[str, str]] = []
    for name, chosen, held in (
        ("specialty", filters.specialties, facets.specialties),
        ("source", filters.sources, facets.sources),
    ):
        known = {value.casefold() for value, _ in held} if chosen else set()
        found += [(name, value) for value in sorted(chosen or ()) if value.casefold() not in known]
    return tuple(found)
