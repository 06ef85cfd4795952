"""What a filter would leave: counts of the whole index under the other filters, exact, from columns that are mapped."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.records import Record
from search.errors import IndexRefused
from search.filters import NAMED, Filters, Values, values_of
from search.hits import Facets

COLUMNS = tuple(NAMED.values())
NAMES_FILE, ROWS_FILE = "names.json", "rows.npy"
ROW = np.dtype([(name, "<i4") for name in (*COLUMNS, "newest")])

Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]  # shape (rows,)


class Column:
    """One value a row, without case: its number in `names` (0: it states none), shape (rows,).

    A row is a record, or so many `times` as many records with the same values.
    """

    def __init__(self, names: Sequence[str], codes: Codes, times: NDArray[np.int64] | None = None) -> None:
        self.names, self.codes, self._times = names, codes, times
        self._numbers = {name.casefold(): number for number, name in enumerate(names)}

    @classmethod
    def of(cls, values: Sequence[str], times: NDArray[np.int64] | None) -> Column:
        """The column of these values, each named as most records spell it."""
        keys = [value.casefold() for value in values]
        spelt: dict[str, Counter[str]] = {}
        for key, value, count in zip(keys, values, repeat(1) if times is None else times.tolist(), strict=False):
            spelt.setdefault(key, Counter())[value] += count
        known = ["", *sorted(spelt.keys() - {""})]
        names = [min(spelt[key].items(), key=lambda item: (-item[1], item[0]))[0] for key in known[1:]]
        numbers = {key: number for number, key in enumerate(known)}
        return cls(["", *names], np.array([numbers[key] for key in keys], np.int32), times)

    def among(self, values: Iterable[str]) -> Mask:
        """Which rows have one of these values."""
        wanted = np.zeros(len(self.names), np.bool_)
        wanted[[self._numbers[value.casefold()] for value in values if value.casefold() in self._numbers]] = True
        return np.asarray(wanted[self.codes])

    def counts(self, mask: Mask) -> tuple[tuple[str, int], ...]:
        """How many records of the mask have each value, most first, then by name; values that none has included."""
        times = None if self._times is None else self._times[mask]
        found = np.bincount(self.codes[mask], times, len(self.names))
        stated = [(name, int(count)) for name, count in zip(self.names[1:], found[1:], strict=True)]
        return tuple(sorted(stated, key=lambda item: (-item[1], item[0])))


class Counts:
    """The columns that filters need: of each record in row order, or of each set of values with how often it is met."""

    def __init__(self, columns: Mapping[str, Column], newest: Codes) -> None:
        self._columns, self.newest = columns, newest

    @classmethod
    def of(cls, rows: Sequence[Values], times: Sequence[int] | None = None) -> Counts:
        """Those of some rows; `times` says of how many records each is, one if none."""
        *named, newest = zip(*rows, strict=True) if rows else ((), (), (), (), ())
        many = None if times is None else np.array(times, np.int64)
        columns = {name: Column.of(values, many) for name, values in zip(COLUMNS, named, strict=True)}
        return cls(columns, np.array(newest, np.int32))

    @classmethod
    def of_records(cls, records: Iterable[Record]) -> Counts:
        """Those of records, in this order."""
        return cls.of([values_of(record) for record in records])

    def save(self, folder: Path) -> None:
        """Writes them into a new folder."""
        folder.mkdir()
        rows = np.empty(len(self), ROW)
        rows["newest"] = self.newest
        for name, column in self._columns.items():
            rows[name] = column.codes
        np.save(folder / ROWS_FILE, rows, allow_pickle=False)
        names = {name: column.names for name, column in self._columns.items()}
        (folder / NAMES_FILE).write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Counts:
        """Those of a folder, mapped. Raises IndexRefused."""
        try:
            names = json.loads((folder / NAMES_FILE).read_text(encoding="utf-8"))
            rows = np.load(folder / ROWS_FILE, mmap_mode="r", allow_pickle=False)
            columns = {name: Column(names[name], np.asarray(rows[name])) for name in COLUMNS}
        except (OSError, ValueError, EOFError, KeyError, TypeError) as error:
            raise IndexRefused(f"{folder} cannot be read as columns ({error}); build the index again") from None
        for name, column in columns.items():
            if len(rows) and not 0 <= column.codes.min() <= column.codes.max() < len(column.names):
                raise IndexRefused(f"{folder}: a number in {name} has no name; build the index again")
        return cls(columns, np.asarray(rows["newest"]))

    def __len__(self) -> int:
        return len(self.newest)

    def at(self, row: int) -> Values:
        """What a row holds, as most records spell it."""
        specialty, source, age, sex = (column.names[column.codes[row]] for column in self._columns.values())
        return specialty, source, age, sex, int(self.newest[row])

    def under(self, filters: Filters) -> Facets:
        """For each value of each filter, how many records would pass if it were the only one chosen of its kind."""
        masks = self._masks(filters)
        others = {name: self._all(mask for other, mask in masks.items() if other != name) for name in masks}
        every = self._all(masks.values())
        return Facets(**{name: column.counts(others.get(name, every)) for name, column in self._columns.items()})

    def allowed(self, filters: Filters) -> Mask:
        """Which rows the filters let through, shape (rows,)."""
        return self._all(self._masks(filters).values())

    def _masks(self, filters: Filters) -> dict[str, Mask]:
        """Which rows each of the filters that there are lets through, by its name; both dates are one."""
        chosen = {NAMED[name]: values for name, values in filters.named().items()}
        masks = {name: self._columns[name].among(values) for name, values in chosen.items()}
        if days := filters.days():
            first, last = days
            masks["newest"] = (self.newest >= first) & (self.newest <= last)
        return masks

    def _all(self, masks: Iterable[Mask]) -> Mask:
        """The rows that all of these let through."""
        found = np.ones(len(self), np.bool_)
        for mask in masks:
            found &= mask
        return found


def unmatched(filters: Filters, facets: Facets) -> tuple[tuple[str, str], ...]:
    """The chosen specialties and sources that no record of the index has, each with the name of its filter."""
    found: list[tuple[str, str]] = []
    for name in ("specialty", "source"):
        chosen = filters.named().get(name, ())
        known = {value.casefold() for value, _ in getattr(facets, NAMED[name])} if chosen else set()
        found += [(name, value) for value in sorted(chosen) if value.casefold() not in known]
    return tuple(found)
