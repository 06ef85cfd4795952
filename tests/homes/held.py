"""What an index in Milvus holds, read from its collections row by row, and whether it is whole: the slow twin."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from corpus.passages import cut
from corpus.records import Record, content_hash
from indexer.milvus.loader import Loader
from indexer.milvus.versions import Versions
from search.address import MilvusAddress
from search.milvus.client import Client
from search.milvus.schema import content_key, passage_key, record_key
from tests.toy_encoder import ToyEncoder

Passages = Counter[tuple[int, int, int]]  # passage, record and content of each row


@dataclass(frozen=True, slots=True)
class Live:
    """The live version: its records by id, its passages, and the collections of the index that there are."""

    records: dict[str, Record]
    rows: int
    passages: Passages
    collections: list[str]


def live(address: MilvusAddress) -> Live:
    """What is live at an address now, read over a connection of its own."""
    client = Client(address)
    versions = Versions(client, address.name)
    names = versions.live()
    assert names is not None
    loader = Loader(client, names)
    found = list(loader.records())
    columns = ("passage", "record", "content")
    scanned = client.scan(names.passages, "passage", columns[1:], client.count(names.passages), strong=True)
    passages = Counter((row["passage"], row["record"], row["content"]) for row in scanned)
    rows = client.count(names.records)
    ours = sorted(name for name in client.collections() if name.startswith(f"{address.name}_"))
    client.close()
    return Live({record.id: record for record in found}, rows, passages, ours)


def passages_of(record: Record) -> Passages:
    """The rows of the passages that a record must have."""
    encoder, digest = ToyEncoder(), content_hash(record)
    return Counter(
        (passage_key(record.id, digest, each.part, each.answer, each.start), record_key(record.id), content_key(digest))
        for each in cut(record, encoder, encoder.card.max_tokens - 2)
    )


def gaps(found: Live) -> list[str]:
    """Ids of the records that lack a passage, as readers see it: one of the content that they have now."""
    return [record.id for record in found.records.values() if passages_of(record) - found.passages]


def strange(found: Live) -> int:
    """How many rows of passages stand there twice, or belong to no record as it is."""
    expected = sum((passages_of(record) for record in found.records.values()), Counter())
    return (found.passages - expected).total()
