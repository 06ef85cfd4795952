"""What is known of records beside their text, fetched once and remembered for those that questions keep finding."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search.errors import HomeLost
from search.hits import Inferred
from search.milvus.client import Client
from search.milvus.filters import in_numbers
from search.milvus.packing import more_key, pieces_of, unpack, unpack_numbers, unpack_terms
from search.milvus.schema import Collections
from search.terms import Numbers, Terms

REMEMBERED = 20_000  # records; 1 to 2 KB each
AT_ONCE = 1_000  # rows a query
CHANGED = "the record in row {row} was changed while it was read; ask again"
COLUMNS = ("row", "id", "content", "first", "newest", "marks", "inferred", "confidence", "heading", "terms")


@dataclass(frozen=True, slots=True)
class Detail:
    """A record's row as far as ranking needs it; `first` is its own row where it is in no family (`in_family`)."""

    row: int
    id: str
    content: int
    first: int
    in_family: bool
    newest: int
    marks: int
    inferred: Inferred | None
    heading: Numbers
    terms: Terms


class Details:
    """Details of the records of one index. Safe to use from several threads."""

    def __init__(self, client: Client, collections: Collections) -> None:
        self._client, self._names = client, collections
        self._known: OrderedDict[int, Detail] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, rows: Iterable[int]) -> dict[int, Detail]:
        """Details by row, of the rows that there are. Raises HomeLost."""
        wanted = list(dict.fromkeys(int(row) for row in rows))
        with self._lock:
            found = {row: self._known[row] for row in wanted if row in self._known}
            for row in found:
                self._known.move_to_end(row)
        return found | self.fetched([row for row in wanted if row not in found])

    def fetched(self, rows: Sequence[int]) -> dict[int, Detail]:
        """The same as they are now, whatever was remembered."""
        found: dict[int, Detail] = {}
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            for values in self._client.query(self._names.records, in_numbers("row", some), COLUMNS):
                detail = self.read(values)
                found[detail.row] = detail
        self.remember(found)
        return found

    def outdated(self, contents: Mapping[int, int | None]) -> list[int]:
        """Rows that are remembered with another content than this one (None: they are gone); they are forgotten."""
        with self._lock:
            rows = [row for row, content in contents.items() if row in self._known]
            found = [row for row in rows if self._known[row].content != contents[row]]
            for row in found:
                del self._known[row]
        return found

    def remember(self, details: Mapping[int, Detail]) -> None:
        """Keeps these, and forgets those not used for longest."""
        with self._lock:
            self._known.update(details)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)

    def read(self, values: Mapping[str, Any]) -> Detail:
        """The detail in the columns of a row. Raises HomeLost, ValueError."""
        row, content = int(values["row"]), int(values["content"])
        first, name = int(values["first"]), str(values["inferred"])
        return Detail(
            row=row,
            id=str(values["id"]),
            content=content,
            first=first if first >= 0 else row,
            in_family=first >= 0,
            newest=int(values["newest"]),
            marks=int(values["marks"]),
            inferred=Inferred(name, float(values["confidence"])) if name else None,
            heading=unpack_numbers(self.pieces("heading", values)),
            terms=unpack_terms(self.pieces("terms", values)),
        )

    def pieces(self, column: str, values: Mapping[str, Any]) -> list[str]:
        """All pieces of a packed column of a row; the others than the first are fetched. Raises HomeLost where these
        went, with another content of the record, after the row was read."""
        first = str(values[column])
        keys = [more_key(column, int(values["row"]), int(values["content"]), n) for n in range(1, pieces_of(first))]
        if not keys:
            return [first]
        found = self._client.texts(self._names.about, keys)
        if found.keys() != set(keys):
            raise HomeLost(CHANGED.format(row=values["row"]))
        return [first, *(found[key] for key in keys)]


def text_of(details: Details, values: Mapping[str, Any], column: str = "text") -> bytes:
    """The bytes of a packed column of a row, whole. Raises HomeLost, ValueError."""
    return unpack(details.pieces(column, values))
