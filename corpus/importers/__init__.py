"""The formats that can be imported: one module a source, each with one generator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from corpus.importers import jsonl, medquad, qa_json, qa_page, table
from corpus.importers.options import Options
from corpus.jsonl import BadLine
from corpus.records import Record

__all__ = ["FORMATS", "IN_FOLDERS", "MERGERS", "Importer", "Options"]

Importer = Callable[[Path, Options], Iterator[Record | BadLine]]

FORMATS: dict[str, Importer] = {
    "jsonl": jsonl.read,
    "csv": table.read_csv,
    "tsv": table.read_tsv,
    "medquad": medquad.read,
    "qa-page": qa_page.read,
    "qa-json": qa_json.read,
}

# How the files are named that are read where a source is a folder; of the other formats none are.
IN_FOLDERS = {"medquad": medquad.SUFFIXES, "qa-page": qa_page.SUFFIXES, "qa-json": qa_json.SUFFIXES}

# Formats in which one question stands on several pages, and which of two records of one id is kept. In all others the
# second use of an id is a bad line.
MERGERS: dict[str, Callable[[Record, Record], Record]] = {"qa-page": qa_page.fuller}
