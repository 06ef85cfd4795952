"""Records that are already JSON Lines, plain or gzipped: read and checked as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from corpus.importers.options import Options
from corpus.jsonl import BadLine, as_stood, numbered
from corpus.records import Record


def read(path: Path, options: Options) -> Iterator[Record | BadLine]:
    """Each line of a .jsonl or .jsonl.gz file as a Record, or a BadLine that says why not. No option has a meaning."""
    for number, item, line in numbered(path):
        options.notes.at(str(path), number, as_stood(line))
        yield item
