"""A Milvus as this program uses it, for readers and writers. With `connection` and `writing`, on which it stands, the
only place that knows its client library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from search.dense import Vectors
from search.errors import NotThere
from search.milvus.connection import OPEN_S, READ_S, Values
from search.milvus.filters import both, in_range, in_texts
from search.milvus.schema import KEYS, MOST_ROWS
from search.milvus.writing import Writing

SLICE = 4_000  # rows of a slice of a scan, about
SLICES = 4  # into so many a slice is cut that holds more than one query gives back
WIDER = 4  # a graph is searched so many times as wide as what is wanted, at least:
LEAST_WIDTH = 256
MOST_WIDTH = 32_768


class Client(Writing):
    """A connection to one Milvus. Safe to use from several threads, not over a fork."""

    def query(
        self,
        collection: str,
        where: str,
        columns: Sequence[str],
        limit: int | None = MOST_ROWS,
        *,
        strong: bool = False,
        seconds: float = READ_S,
    ) -> list[Values]:
        """The rows that pass, in no order, at most so many; `strong`: with all that was written before."""
        most = {} if limit is None else {"limit": limit}
        level = {"consistency_level": "Strong" if strong else "Eventually"}
        return self._reading(
            lambda s: self._rows(
                self._client.query(collection, where, list(columns), timeout=s, **most, **level), columns
            ),
            seconds,
        )

    def near(
        self,
        collection: str,
        vector: Vectors,
        where: str,
        limit: int,
        columns: Sequence[str],
        *,
        strong: bool = False,
    ) -> list[Values]:
        """Of the passages that pass, those nearest to a vector, nearest first, each with its cosine as `score`;
        `strong`: among all that was written before, whichever replica is asked."""
        width = {"params": {"ef": min(max(WIDER * limit, LEAST_WIDTH), MOST_WIDTH)}, "metric_type": "IP"}
        return self._search(collection, [vector.tolist()], "vector", where, limit, columns, width, strong)

    def by_words(self, collection: str, words: str, where: str, limit: int, columns: Sequence[str]) -> list[Values]:
        """Of the records that pass, those that share most with the words by the server's own BM25, best first."""
        return self._search(collection, [words], "bm25", where, limit, columns, {"metric_type": "BM25", "params": {}})

    def texts(
        self, collection: str, keys: Sequence[str], *, strong: bool = False, seconds: float = READ_S
    ) -> dict[str, str]:
        """Data by key of an about collection, of the keys that there are."""
        found: dict[str, str] = {}
        for start in range(0, len(keys), 100):  # 6 MB
            where = in_texts("key", keys[start : start + 100])
            rows = self.query(collection, where, ("key", "data"), strong=strong, seconds=seconds)
            found |= {str(row["key"]): str(row["data"]) for row in rows}
        return found

    def scan(
        self, collection: str, key: str, columns: Sequence[str], expected: int, where: str = "", *, strong: bool = False
    ) -> Iterator[Values]:
        """Every row that passes, of about so many, in slices of its keys, which are spread evenly."""
        slices = max(1, expected // SLICE)
        edges = [KEYS * number // slices for number in range(slices + 1)]
        for low, high in pairwise(edges):
            yield from self._slice(collection, key, columns, (low, high), where, strong)

    def count(self, collection: str, where: str = "") -> int:
        """How many rows there are, with all that was written before."""
        rows = self.query(collection, where, ("count(*)",), strong=True, seconds=OPEN_S, limit=None)
        return int(rows[0]["count(*)"])

    def check(self, collection: str) -> None:
        """Returns where a collection answers now. Raises HomeLost."""
        self.query(collection, "key == 'current'", ("key",), 1)

    def collections(self) -> list[str]:
        """The names of all collections."""
        return [str(name) for name in self._reading(lambda s: self._client.list_collections(timeout=s))]

    def aliased(self, alias: str) -> str | None:
        """The collection that an alias stands for; None where there is no such alias."""
        try:
            found = self._reading(lambda s: self._client.describe_collection(alias, timeout=s), OPEN_S)
        except NotThere:
            return None
        return str(found["collection_name"])

    def _search(
        self,
        collection: str,
        data: list[Any],
        column: str,
        where: str,
        limit: int,
        columns: Sequence[str],
        params: Mapping[str, Any],
        strong: bool = False,
    ) -> list[Values]:
        def search(seconds: float) -> list[Values]:
            (hits,) = self._client.search(
                collection,
                data,
                filter=where,
                limit=limit,
                output_fields=list(columns),
                search_params=dict(params),
                anns_field=column,
                timeout=seconds,
                consistency_level="Strong" if strong else "Eventually",
            )
            return [{**hit["entity"], "score": hit["distance"]} for hit in hits]

        return self._reading(search)

    def _slice(
        self, collection: str, key: str, columns: Sequence[str], edges: tuple[int, int], where: str, strong: bool
    ) -> Iterator[Values]:
        low, high = edges
        some = both(in_range(key, low, high - 1), where)
        rows = self.query(collection, some, (key, *columns), strong=strong, seconds=OPEN_S)
        if len(rows) < MOST_ROWS:
            yield from rows
            return
        inner = [low + (high - low) * number // SLICES for number in range(SLICES + 1)]
        for pair in pairwise(inner):
            yield from self._slice(collection, key, columns, pair, where, strong)

    @staticmethod
    def _rows(found: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> list[Values]:
        return [{name: row[name] for name in columns} for row in found]
