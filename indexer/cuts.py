"""Cutting: records to passages, those that were cut before from the cache, by the hash of what they say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from corpus.passages import Part, Passage, cut, part_text
from corpus.progress import Progress
from corpus.records import Record
from indexer.remembered import Remembered, recall
from search.encoder import SPECIAL_TOKENS, Encoder
from search.layout import ModelCard

CUT = 2  # raise it when `corpus.passages.cut` cuts otherwise
WHAT = "cuts"
PARTS = tuple(Part)

Places = list[tuple[int, int, int, int, int]]  # part, answer, start, end, length of the heading


class CutCache:
    """Where records were cut, by content hash, for one model's tokenizer. It holds places, not a word of a text."""

    def __init__(self, folder: Path, model: ModelCard) -> None:
        self._held = Remembered(cuts_file(folder, model), WHAT)

    def get(self, hashes: Sequence[str]) -> dict[str, Places]:
        """The places that are known, by content hash."""
        return {digest: json.loads(data) for digest, data in self._held.get(hashes).items()}

    def put(self, items: Iterable[tuple[str, Places]]) -> None:
        self._held.put((digest, json.dumps(places).encode()) for digest, places in items)

    def close(self) -> None:
        self._held.close()


def cuts_file(folder: Path, model: ModelCard) -> Path:
    """The cache of cuts in a folder of caches, for a model's tokenizer and limit."""
    return folder / f"{model.fingerprint[:32]}-{model.max_tokens}-cuts-{CUT}.sqlite"


def passages_of(
    records: Sequence[Record], hashes: Sequence[str], encoder: Encoder, folder: Path
) -> list[tuple[int, Passage]]:
    """Passages of the records, each with its record's place among them; `folder` is that of the caches.

    `hashes` are the records' content hashes. What is cut is remembered.
    """

    def cut_new(new: Sequence[int]) -> Iterator[bytes]:
        with Progress(len(records), "records cut") as progress:
            progress.add(len(records) - len(new))
            for row in new:
                yield json.dumps(places_of(cut_record(records[row], encoder))).encode()
                progress.add(1)

    found = recall(cuts_file(folder, encoder.card), WHAT, hashes, cut_new)
    return [
        (row, passage)
        for row, (record, data) in enumerate(zip(records, found, strict=True))
        for passage in passages_at(record, json.loads(data))
    ]


def cut_record(record: Record, encoder: Encoder) -> list[Passage]:
    """Passages of a record that the encoder reads whole."""
    return cut(record, encoder, encoder.card.max_tokens - SPECIAL_TOKENS)


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
    return Passage(PARTS[part], answer, start, end, text[start:end], record.title[:heading])
