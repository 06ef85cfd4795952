"""A Milvus as this program uses it, for readers and writers: the only file that knows its client library.

Every call has a deadline. A read that fails is tried once more within it; after failures in a row nothing is tried for
some seconds (`search.milvus.breaker`). What cannot be reached is HomeLost, what is not there or too old IndexRefused.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import grpc
from pymilvus import DataType, Function, FunctionType, MilvusClient, MilvusException
from pymilvus.client.types import SegmentState
from pymilvus.exceptions import ParamError

from search.address import MilvusAddress
from search.dense import Vectors
from search.errors import HomeLost, IndexRefused, SearchError
from search.milvus.breaker import Breaker
from search.milvus.filters import both, in_texts
from search.milvus.schema import KEYS, MOST_ROWS, WORDS, Column, Kind

Values = dict[str, Any]  # the columns of one row; of a search also its `score`
T = TypeVar("T")

FIRST_S = 2.0  # of a read's deadline, what its first attempt may take
READ_S = 4.0  # both attempts
SETTLED_S = 300.0
SETTLE_S = 0.2  # between looks at an index that is being built
TRY_S = 1.0  # to see whether a server is back
OPEN_S = 30.0  # to read what opening needs
WRITE_S = 60.0
LOAD_S = 600.0  # to build indexes and load a collection
LEAST_VERSION = (2, 3)
WORDS_FROM = (2, 5)  # the first version with BM25
NOT_FOUND = 100  # Milvus's code of a collection, and of an alias, that is not there
ALIAS_NOT_FOUND = 1600
WRONG = range(1100, 1200)  # its codes of requests that no server would take
SLICE = 4_000  # rows of a slice of a scan, about
SLICES = 4  # into so many a slice is cut that holds more than one query gives back
GRAPH = {"index_type": "HNSW", "metric_type": "IP", "params": {"M": 16, "efConstruction": 200}}
EXACT = {"index_type": "FLAT", "metric_type": "IP", "params": {}}
WIDER = 4  # a graph is searched so many times as wide as what is wanted, at least:
LEAST_WIDTH = 256
MOST_WIDTH = 32_768

logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it quotes requests, and these are reported here


class Client:
    """A connection to one Milvus. Safe to use from several threads, not over a fork."""

    def __init__(self, address: MilvusAddress, breaker: Breaker | None = None) -> None:
        """Connects. Raises HomeLost, and IndexRefused where the server is too old."""
        self.address, self._breaker = address, breaker or Breaker()
        self.lite = not address.uri.startswith("http")
        self._client = self._connect()
        version = re.findall(r"\d+", str(self._reading(lambda s: self._client.get_server_version(timeout=s))))
        self.server = f"{'milvus-lite' if self.lite else 'Milvus'} {'.'.join(version[:3])}"
        numbers = tuple(map(int, version[:2]))
        if not self.lite and numbers < LEAST_VERSION:
            raise IndexRefused(f"{address}: this is {self.server}, and 2.3 or later is needed; update the server")
        self.has_words = self.lite or numbers >= WORDS_FROM

    def _connect(self) -> MilvusClient:
        if self.lite:
            Path(self.address.uri).parent.mkdir(parents=True, exist_ok=True)
        try:
            return MilvusClient(uri=self.address.uri, token=self.address.token, timeout=FIRST_S)
        except (MilvusException, grpc.RpcError, grpc.FutureTimeoutError) as error:
            raise self._lost(error) from None

    def close(self) -> None:
        """Lets go of the connection."""
        self._client.close()

    # Reading

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

    def near(self, collection: str, vector: Vectors, where: str, limit: int, columns: Sequence[str]) -> list[Values]:
        """Of the passages that pass, those nearest to a vector, nearest first, each with its cosine as `score`."""
        width = {"params": {"ef": min(max(WIDER * limit, LEAST_WIDTH), MOST_WIDTH)}, "metric_type": "IP"}
        return self._search(collection, [vector.tolist()], "vector", where, limit, columns, width)

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
        except IndexRefused:
            return None
        return str(found["collection_name"])

    # Writing

    def create(self, collection: str, columns: Iterable[Column]) -> None:
        """Makes an empty collection with an index over each of its vectors, which are compared by inner product."""
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        indexes = MilvusClient.prepare_index_params()
        for column in columns:
            _add(schema, column)
            if column.kind is Kind.VECTOR:
                exact = self.lite or column.size == 2
                indexes.add_index(column.name, index_name=column.name, **(EXACT if exact else GRAPH))
            if column.kind is Kind.SPARSE:
                indexes.add_index(
                    column.name, index_name=column.name, index_type="SPARSE_INVERTED_INDEX", metric_type="BM25"
                )
        self._writing(
            lambda s: self._client.create_collection(
                collection, schema=schema, index_params=indexes, consistency_level="Bounded", timeout=s
            ),
            LOAD_S,
        )

    def claim(self, collection: str, description: str) -> bool:
        """Whether an empty collection was made with this description; False where one of this name was there before.

        Of several who ask at once with other descriptions, one gets it.
        """
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False, description=description)
        for column in (Column("key", Kind.WHOLE, key=True), Column("nothing", Kind.VECTOR, 2)):
            _add(schema, column)

        def make(seconds: float) -> bool:
            try:
                self._client.create_collection(collection, schema=schema, timeout=seconds)
            except MilvusException as error:
                if re.search("(?i)duplicate collection|already exist", str(error)):
                    return False
                raise
            return True

        return self._writing(make)

    def described(self, collection: str) -> str:
        """The description that a collection was made with; empty where there is none. Raises IndexRefused."""
        found = self._reading(lambda s: self._client.describe_collection(collection, timeout=s), OPEN_S)
        return str(found.get("description") or "")

    def compact(self, collection: str) -> None:
        """Asks the server to rewrite a collection without what was deleted; it does so in its own time."""
        if not self.lite:
            self._writing(lambda s: self._client.compact(collection, timeout=s))

    def upsert(self, collection: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Writes rows, each in place of the one with its key."""
        if rows:
            self._writing(lambda s: self._client.upsert(collection, [dict(row) for row in rows], timeout=s))

    def delete(self, collection: str, where: str) -> None:
        """Removes the rows that pass."""
        self._writing(lambda s: self._client.delete(collection, filter=where, timeout=s))

    def flush(self, collection: str) -> None:
        """Returns when what was written is on the server's disk."""
        self._writing(lambda s: self._client.flush(collection, timeout=s), LOAD_S)

    def settle(self, collection: str) -> None:
        """Returns when all that was flushed is searched by its finished index: what stands in for it meanwhile looks
        at a part of the rows. Raises HomeLost where that takes too long."""
        until = time.monotonic() + SETTLED_S
        while not self.lite and not self._settled(collection):
            if time.monotonic() > until:
                raise HomeLost(f"{self.address} did not finish the index of {collection}; run the command again")
            time.sleep(SETTLE_S)

    def _settled(self, collection: str) -> bool:
        indexes = self._reading(lambda s: self._client.list_indexes(collection, timeout=s), OPEN_S)
        for name in indexes:
            index = self._index(collection, str(name))
            if index["state"] != "Finished" or int(index["pending_index_rows"]) > 0:
                return False
        loaded = self._reading(lambda s: self._client.list_loaded_segments(collection, timeout=s), OPEN_S)
        return all(segment.state == SegmentState.Sealed for segment in loaded)

    def _index(self, collection: str, name: str) -> Values:
        return self._reading(lambda s: dict(self._client.describe_index(collection, name, timeout=s)), OPEN_S)

    def load(self, collection: str) -> None:
        """Returns when a collection can be searched: at once where it could be before."""
        state = self._reading(lambda s: self._client.get_load_state(collection, timeout=s))
        if str(state["state"]) == "Loaded":
            return
        self._writing(lambda s: self._client.load_collection(collection, timeout=s), LOAD_S)

    def release(self, collection: str) -> None:
        """Takes a collection out of the server's memory; it stays on its disk."""
        self._writing(lambda s: self._client.release_collection(collection, timeout=s))

    def drop(self, collection: str) -> None:
        """Removes a collection."""
        self._writing(lambda s: self._client.drop_collection(collection, timeout=s))

    def point(self, alias: str, collection: str) -> None:
        """Makes the alias stand for the collection, from now on, for all readers at once."""
        try:
            self._writing(lambda s: self._client.alter_alias(collection, alias, timeout=s))
        except SearchError:  # there is none yet, which each version of Milvus says in other words
            self._writing(lambda s: self._client.create_alias(collection, alias, timeout=s))

    # Within

    def _search(
        self,
        collection: str,
        data: list[Any],
        column: str,
        where: str,
        limit: int,
        columns: Sequence[str],
        params: Mapping[str, Any],
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
                consistency_level="Eventually",
            )
            return [{**hit["entity"], "score": hit["distance"]} for hit in hits]

        return self._reading(search)

    def _slice(
        self, collection: str, key: str, columns: Sequence[str], edges: tuple[int, int], where: str, strong: bool
    ) -> Iterator[Values]:
        low, high = edges
        some = both(f"{key} >= {low} and {key} <= {high - 1}", where)
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

    def _reading(self, call: Callable[[float], T], seconds: float = READ_S) -> T:
        """What a read gives, tried once more where it failed before its time was over."""
        started = time.monotonic()
        try:
            return self._once(call, max(FIRST_S, seconds / 2))
        except HomeLost:
            left = seconds - (time.monotonic() - started)
            if left < FIRST_S / 4:
                raise
            return self._once(call, left)

    def _writing(self, call: Callable[[float], T], seconds: float = WRITE_S) -> T:
        return self._once(call, seconds)

    def _once(self, call: Callable[[float], T], seconds: float) -> T:
        self._breaker.check(lambda: self._tried(lambda s: self._client.get_server_version(timeout=s), TRY_S))
        found = self._tried(call, seconds)
        self._breaker.worked()
        return found

    def _tried(self, call: Callable[[float], T], seconds: float) -> T:
        try:
            return call(seconds)
        except (MilvusException, grpc.RpcError, grpc.FutureTimeoutError) as error:
            if isinstance(error, ParamError) or getattr(error, "code", None) in WRONG:  # it is this program that errs
                raise
            raise self._lost(error) from None

    def _lost(self, error: Exception) -> SearchError:
        """What to say of an error of the library's; what counts for the breaker is counted."""
        code, said = getattr(error, "code", None), str(getattr(error, "message", "") or error)
        if code in (NOT_FOUND, ALIAS_NOT_FOUND) or re.search("(?i)(collection|alias).{0,80}not (found|exist)", said):
            self._breaker.worked()
            return IndexRefused(f"{self.address}: what the index lies in is not there ({_short(said)})")
        if re.search("(?i)unauthenticated|auth check failure|permission", said):
            return IndexRefused(
                f"{self.address} does not let this program in ({_short(said)}); set $MEDQA_MILVUS_TOKEN"
            )
        why = f"{self.address} cannot be reached, or did not answer in time ({_short(said)})"
        self._breaker.failed(why)
        return HomeLost(why)


def _add(schema: Any, column: Column) -> None:
    match column.kind:
        case Kind.WHOLE:
            schema.add_field(column.name, DataType.INT64, is_primary=column.key)
        case Kind.NUMBER:
            schema.add_field(column.name, DataType.DOUBLE)
        case Kind.TEXT:
            analyzed = {"enable_analyzer": True} if column.name == WORDS[0].name else {}
            schema.add_field(column.name, DataType.VARCHAR, max_length=column.size, is_primary=column.key, **analyzed)
        case Kind.TEXTS:
            schema.add_field(
                column.name, DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=1_000, max_length=column.size
            )
        case Kind.VECTOR:
            schema.add_field(column.name, DataType.FLOAT_VECTOR, dim=column.size)
        case Kind.SPARSE:
            schema.add_field(column.name, DataType.SPARSE_FLOAT_VECTOR)
            schema.add_function(
                Function(
                    column.name, FunctionType.BM25, input_field_names=[WORDS[0].name], output_field_names=[column.name]
                )
            )


def _short(said: str) -> str:
    """The beginning of the library's own words, in one line."""
    return " ".join(said.split())[:120]
