"""What is read of a JSON export: its items, a single one, and what is said of those that are bad."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from corpus.importers import FORMATS, Options
from corpus.jsonl import BadLine
from corpus.records import Record

read = FORMATS["qa-json"]


def items(path: Path, text: str | bytes, name: str = "qa.json") -> list[Record | BadLine]:
    file = path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read(file, Options()))


def of(path: Path, value: dict[str, Any]) -> Record:
    [record] = items(path, json.dumps(value))
    assert isinstance(record, Record), record
    return record


def said(found: list[Record | BadLine]) -> list[tuple[int, str]]:
    return [(item.line, item.reason) for item in found if isinstance(item, BadLine)]
