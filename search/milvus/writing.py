"""Writing into a Milvus: collections made, filled, indexed, and named by an alias."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pymilvus import DataType, Function, FunctionType, MilvusClient, MilvusException
from pymilvus.client.types import SegmentState

from search.errors import HomeLost, SearchError
from search.milvus.connection import OPEN_S, Connection, Values
from search.milvus.schema import WORDS, Column, Kind

CLAIM_S = 20.0  # a lease is renewed so: one that fails must be tried again before it runs out (`indexer.milvus.lease`)
SETTLED_S = 3600.0  # in which an index must go on: the graph of one large segment may take as long on few cores
SETTLE_S = 0.2  # between looks at an index that is being built
LOAD_S = 600.0  # to build indexes and load a collection
GRAPH = {"index_type": "HNSW", "metric_type": "IP", "params": {"M": 16, "efConstruction": 200}}
EXACT = {"index_type": "FLAT", "metric_type": "IP", "params": {}}
VECTORS = (DataType.FLOAT_VECTOR, DataType.SPARSE_FLOAT_VECTOR)


class Writing(Connection):
    """A connection over which collections are written."""

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

    def finished(self, collection: str) -> bool:
        """Whether `create` ended, which makes index after index: before that it holds nothing, and cannot be loaded."""
        found = self._reading(lambda s: self._client.describe_collection(collection, timeout=s), OPEN_S)
        indexes = self._reading(lambda s: self._client.list_indexes(collection, timeout=s), OPEN_S)
        return len(indexes) == sum(field["type"] in VECTORS for field in found["fields"])

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

        return self._writing(make, CLAIM_S)

    def described(self, collection: str) -> str:
        """The description that a collection was made with; empty where there is none. Raises NotThere."""
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
        at a part of the rows. Raises HomeLost where nothing of it goes on any more."""
        before, since = [("", 0)], time.monotonic()
        while not self.lite and (left := self._unsettled(collection)):
            if left != before:
                before, since = left, time.monotonic()
            elif time.monotonic() - since > SETTLED_S:
                raise HomeLost(f"{self.address} does not go on with the index of {collection}; run the command again")
            time.sleep(SETTLE_S)

    def _unsettled(self, collection: str) -> list[tuple[str, int]]:
        """The indexes that are not finished, with how many rows wait, and the segments that grow; none in the end."""
        names = self._reading(lambda s: self._client.list_indexes(collection, timeout=s), OPEN_S)
        indexes = {str(name): self._index(collection, str(name)) for name in names}
        waiting = {name: int(index["pending_index_rows"]) for name, index in indexes.items()}
        left = [(name, rows) for name, rows in waiting.items() if rows or indexes[name]["state"] != "Finished"]
        loaded = self._reading(lambda s: self._client.list_loaded_segments(collection, timeout=s), OPEN_S)
        return left + [("segment", segment.segment_id) for segment in loaded if segment.state != SegmentState.Sealed]

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
