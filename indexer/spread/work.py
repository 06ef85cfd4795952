"""What a machine of the cluster does: records in, where they are cut and their vectors out. Knows nothing of Ray."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from corpus.records import Record, from_json, to_json
from indexer.cache import key_of
from indexer.cuts import Places, cut_record, places_of
from search.dense import Vectors
from search.encoder import Encoder, ModelEncoder
from search.errors import IndexRefused

Columns = dict[str, Any]  # a batch as it travels: columns of equal length, by name

KEY = 32  # bytes of a passage's key

Opener = Callable[[], Encoder]
Work = Callable[[Columns], Columns]
Maker = Callable[[], Work]  # makes a worker where it runs; it travels there pickled


class Machines(Protocol):
    """Machines that work on records, each with a worker of its own."""

    def done(self, folder: Path, maker: Maker) -> Iterator[Columns]:
        """Batches of what the workers make of the records staged in a folder, in any order."""
        ...


@dataclass(frozen=True, slots=True)
class Encoded:
    """A record as the cluster gives it back: its content hash, where it is cut, and each passage's key and vector."""

    hash: str
    places: Places
    keys: Sequence[bytes]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Model:
    """The converted model in a folder that every machine of the cluster sees, run on one core."""

    folder: Path

    def __call__(self) -> Encoder:
        if not self.folder.is_dir():
            raise IndexRefused(
                f"a machine of the cluster does not see {self.folder}; put --index where all of them see it"
            )
        return ModelEncoder.load(self.folder, cores=1)


class Encoding:
    """Cuts and encodes records; opens its encoder once, where it runs."""

    def __init__(self, opener: Opener) -> None:
        self._encoder = opener()

    def __call__(self, batch: Columns) -> Columns:
        """Columns `hash`, `places`, `keys`, `vectors` for the columns `hash`, `record` that `columns` made."""
        cut = [cut_record(record, self._encoder) for record in records_of(batch)]
        texts = [[passage.embedded for passage in passages] for passages in cut]
        found = self._encode(list(dict.fromkeys(text for each in texts for text in each)))
        return {
            "hash": batch["hash"],
            "places": [json.dumps(places_of(passages)) for passages in cut],
            "keys": [b"".join(key_of(text) for text in each) for each in texts],
            "vectors": [b"".join(found[text].tobytes() for text in each) for each in texts],
        }

    def _encode(self, texts: Sequence[str]) -> dict[str, Vectors]:
        return dict(zip(texts, self._encoder.encode(texts), strict=True)) if texts else {}


def columns(records: Mapping[str, Record]) -> Columns:
    """Records by content hash, as columns that travel to the cluster."""
    return {
        "hash": list(records),
        "record": [json.dumps(to_json(record), ensure_ascii=False) for record in records.values()],
    }


def records_of(batch: Columns) -> list[Record]:
    """The records of a batch that travelled."""
    return [from_json(json.loads(text)) for text in batch["record"]]


def rows(batch: Columns, dimension: int) -> list[Encoded]:
    """The records of a batch that came back, with vectors of so many numbers."""
    found = zip(batch["hash"], batch["places"], batch["keys"], batch["vectors"], strict=True)
    return [
        Encoded(
            digest,
            [tuple(place) for place in json.loads(places)],
            [keys[start : start + KEY] for start in range(0, len(keys), KEY)],
            np.frombuffer(vectors, np.float32).reshape(-1, dimension),
        )
        for digest, places, keys, vectors in found
    ]
