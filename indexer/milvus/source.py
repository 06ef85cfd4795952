"""Reading an index in Milvus back, to copy it. See `indexer.sources.Source`."""

from __future__ import annotations

import numpy as np

from corpus.records import Record, content_hash
from indexer.derive import Pieces, Whole
from indexer.milvus.loader import Loader
from indexer.milvus.marks import refuse_unfinished
from indexer.milvus.versions import Versions
from indexer.sources import grouped, passage_at
from search.address import MilvusAddress, models_folder
from search.errors import IndexRefused
from search.hits import Inferred
from search.layout import model_in
from search.map import Places
from search.milvus import about
from search.milvus.filters import in_numbers
from search.milvus.opening import FILES, client_of, read_current, read_text
from search.milvus.schema import NO_FAMILY, content_key, record_key
from search.rows import PARTS

PLACE = ("record", "content", "part", "answer", "start", "end", "vector")
KEYS_AT_ONCE = 500  # records that one expression names


class MilvusSource:
    """The live version of an index in Milvus. Raises IndexRefused where there is none, or it is not whole."""

    places: Places | None = None  # no map is kept there

    def __init__(self, address: MilvusAddress) -> None:
        client = client_of(address)
        live = Versions(client, address.name).live()
        if live is None:
            raise IndexRefused(f"there is no index at {address} to copy; build one first")
        self._loader = Loader(client, live)
        refuse_unfinished(self._loader)
        current = read_current(client, live)
        self.manifest = about.read_manifest(read_text(client, live, current, about.MANIFEST), str(address))
        self.model = model_in(models_folder(), self.manifest.model.fingerprint)
        self.records = sorted(self._loader.records(), key=lambda record: record.id)
        held = self._loader.held()
        firsts = {place: held[record.id].first for place, record in enumerate(self.records)}
        families = grouped({place: first for place, first in firsts.items() if first != NO_FAMILY})
        self.whole = Whole(
            families, {name: read_text(client, live, current, name) for name in FILES if name in current.texts}
        )

    def pieces(self, start: int, end: int) -> Pieces:
        records = self.records[start:end]
        place_of = {record_key(record.id): place for place, record in enumerate(records)}
        hashes = [content_hash(record) for record in records]
        contents = [content_key(digest) for digest in hashes]
        rows, inferred = [], {}
        for low in range(0, len(records), KEYS_AT_ONCE):
            keys = [record_key(record.id) for record in records[low : low + KEYS_AT_ONCE]]
            rows += self._loader.passages(keys, PLACE)
            inferred.update(self._inferred(keys, place_of))
        own = [row for row in rows if row["content"] == contents[place_of[row["record"]]]]
        own.sort(key=lambda row: (place_of[row["record"]], row["part"], row["answer"], row["start"]))
        passages = []
        for row in own:
            record: Record = records[place_of[row["record"]]]
            where = (PARTS[row["part"]], row["answer"], row["start"], row["end"])
            passages.append((place_of[row["record"]], passage_at(record, *where)))
        vectors = np.empty((len(own), self.manifest.model.dimension), np.float32)
        for place, row in enumerate(own):
            vectors[place] = row["vector"]
        return Pieces(records, hashes, passages, vectors, inferred)

    def _inferred(self, keys: list[int], place_of: dict[int, int]) -> dict[int, Inferred]:
        columns = ("row", "inferred", "confidence")
        client, names = self._loader.client, self._loader.names
        found = client.query(names.records, in_numbers("row", keys), columns, strong=True, seconds=30)
        named = [row for row in found if row["inferred"]]
        return {place_of[row["row"]]: Inferred(row["inferred"], row["confidence"]) for row in named}
