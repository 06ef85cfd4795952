"""Cutting: records to passages, those that were cut before from the cache, by the hash of what they say."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from corpus.passages import Part, Passage, cut, part_text
from corpus.progress import Progress
from corpus.records import Record
from search.encoder import Encoder
from search.errors import SearchError
from search.layout import ModelCard

CUT = 2  # raise it when `corpus.passages.cut` cuts otherwise
LOOKUP_BATCH = 500
PARTS = tuple(Part)

Places = list[tuple[int, int, int, int, int]]  # part, answer, start, end, length of the heading


class CutCache:
    """Where records were cut, by content hash, for one model's tokenizer. It holds places, not a word of a text."""

    def __init__(self, folder: Path, model: ModelCard) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{model.fingerprint[:32]}-cuts-{CUT}-{model.max_tokens}.sqlite"
        self._db = sqlite3.connect(path)
        try:
            self._db.execute("PRAGMA secure_delete = ON")
            self._db.execute("CREATE TABLE IF NOT EXISTS cuts (hash TEXT PRIMARY KEY, places TEXT NOT NULL)")
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise SearchError(f"{path} cannot be read as a cache of cuts ({error}); delete it") from None

    def get(self, hashes: Sequence[str]) -> dict[str, Places]:
        """The places that are known, by content hash."""
        found: dict[str, Places] = {}
        for start in range(0, len(hashes), LOOKUP_BATCH):
            some = hashes[start : start + LOOKUP_BATCH]
            marks = ",".join("?" * len(some))
            rows = self._db.execute(f"SELECT hash, places FROM cuts WHERE hash IN ({marks})", some)
            found.update((digest, json.loads(text)) for digest, text in map(_opened, rows) if text)
        return found

    def put(self, items: Iterable[tuple[str, Places]]) -> None:
        with self._db:
            rows = ((digest, _sealed(digest, json.dumps(places))) for digest, places in items)
            self._db.executemany("INSERT OR REPLACE INTO cuts VALUES (?, ?)", rows)

    def keep_only(self, hashes: Iterable[str]) -> None:
        """Forgets all records but those with these hashes."""
        with self._db:
            self._db.execute("CREATE TEMP TABLE kept (hash TEXT PRIMARY KEY) WITHOUT ROWID")
            self._db.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((digest,) for digest in hashes))
            self._db.execute("DELETE FROM cuts WHERE hash NOT IN (SELECT hash FROM kept)")
            self._db.execute("DROP TABLE kept")

    def close(self) -> None:
        self._db.close()


def _sealed(digest: str, text: str) -> str:
    """The text with a checksum over it and the hash that it stands beside: a byte changed on the disk is seen."""
    return f"{zlib.crc32((digest + text).encode()):08x}{text}"


def _opened(row: tuple[str, str]) -> tuple[str, str]:
    """Hash and text of a row; no text where it was changed, so that the record is cut anew."""
    digest, sealed = row
    text = sealed[8:]
    return digest, text if sealed == _sealed(digest, text) else ""


def passages_of(
    records: Sequence[Record], hashes: Sequence[str], encoder: Encoder, folder: Path
) -> list[tuple[int, Passage]]:
    """Passages of the records, each with its record's place among them; `folder` is that of the caches.

    `hashes` are the records' content hashes. What is cut is remembered.
    """
    cache = CutCache(folder, encoder.card)
    known = cache.get(hashes)
    found: list[tuple[int, Passage]] = []
    new: dict[str, Places] = {}
    with Progress(len(records), "records cut") as progress:
        for row, (record, digest) in enumerate(zip(records, hashes, strict=True)):
            places = known.get(digest)
            passages = cut_record(record, encoder) if places is None else passages_at(record, places)
            if places is None:
                new[digest] = places_of(passages)
            found += [(row, passage) for passage in passages]
            progress.add(1)
    cache.put(new.items())
    cache.close()
    return found


def cut_record(record: Record, encoder: Encoder) -> list[Passage]:
    """Passages of a record that the encoder reads whole: the model adds a token in front and one behind."""
    return cut(record, encoder, encoder.card.max_tokens - 2)


def places_of(passages: Iterable[Passage]) -> Places:
    """Where the passages of one record stand in it."""
    return [
        (PARTS.index(passage.part), passage.answer, passage.start, passage.end, len(passage.heading))
        for passage in passages
    ]


def passages_at(record: Record, places: Places) -> list[Passage]:
    """The passages that stand at these places of the record."""
    return [_passage(record, *place) for place in places]


def _passage(record: Record, part: int, answer: int, start: int, end: int, heading: int) -> Passage:
    text = part_text(record, PARTS[part], answer)
    return Passage(record.id, PARTS[part], answer, start, end, text[start:end], record.title[:heading])
