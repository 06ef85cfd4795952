"""The stems of records, those that were worked out before from the cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from corpus.records import Record
from indexer.remembered import recall
from search.lexical import record_text, stems
from search.terms import Terms

TERMS = 1  # raise it when a text has other stems than before


def terms_file(folder: Path) -> Path:
    """The cache of stems in a folder of caches."""
    return folder / f"terms-{TERMS}.sqlite"


def terms_of(records: Sequence[Record], hashes: Sequence[str], folder: Path) -> list[Terms]:
    """The stems of each record; `hashes` are the records' content hashes, `folder` that of the caches."""

    def work_out(new: Sequence[int]) -> Iterator[bytes]:
        for row in new:
            yield Terms.of(stems(record_text(records[row]))).to_bytes()

    return [Terms.from_bytes(data) for data in recall(terms_file(folder), "stems", hashes, work_out)]
