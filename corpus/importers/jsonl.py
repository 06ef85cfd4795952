"""Records that are already JSON Lines, plain or gzipped: read and checked as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from corpus.importers.options import Options
from corpus.jsonl import BadLine, read_all
from corpus.records import Record


def read(path: Path, options: Options) -> Iterator[Record | BadLine]:
    """The records of one .jsonl or .jsonl.gz file; an id's second use in it is a BadLine. No option has a meaning."""
    options.notes.at(str(path))
    return read_all([path])
