"""Tables: CSV (comma or semicolon) and TSV (tab), with a header line; one row is one record with at most one answer."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from corpus.errors import CorpusError
from corpus.importers.columns import ANSWER_FIELDS, ASKER_FIELDS, fields_of, kept_of
from corpus.importers.files import packed
from corpus.importers.options import Options
from corpus.importers.values import iso_day, one_line, own_id, stem_name, tags
from corpus.jsonl import MAX_LINE_BYTES, BadLine
from corpus.records import RECORD_FIELDS, Record, RecordError, from_json
from corpus.text import clean

PROSE = ("question", "more_info")
SEPARATOR = re.compile(r'"?sep=.?"?\r?\n', re.IGNORECASE)  # a line for Excel above the header


def read_csv(path: Path, options: Options) -> Iterator[Record | BadLine]:
    """Each row of a file parted by commas, or by semicolons as Excel writes it where commas stand in numbers, as a
    Record, or as a BadLine. Raises CorpusError when a column is missing."""
    return _read(path, options, ",;")


def read_tsv(path: Path, options: Options) -> Iterator[Record | BadLine]:
    """Each row of a tab-separated file as a Record, or as a BadLine. Raises CorpusError when a column is missing."""
    return _read(path, options, "\t")


def _read(path: Path, options: Options, marks: str) -> Iterator[Record | BadLine]:
    csv.field_size_limit(MAX_LINE_BYTES)  # the csv module's own limit, 128 KiB, is shorter than some answers
    # A byte that is not UTF-8 comes as half of a surrogate pair, so that only its own row is bad.
    with open(path, encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        rows = _rows(path, file, marks, options)
        _, first, text = next(rows, (1, [], ""))
        if kind := packed(text[:4].encode(errors="surrogateescape")):
            raise CorpusError(f"{path}: {kind}")
        if bad := _not_utf8(text.split("\n")[0]):
            raise CorpusError(f"{path}: not UTF-8: byte 0x{bad:02x} in the header line; save the file as UTF-8")
        if isinstance(first, BadLine):
            raise CorpusError(f"{first}; the header line cannot be read")
        if not first:
            return
        # Of a name in two lines, as spreadsheets allow, one is made that can be typed.
        header = [
            " ".join(map(str.strip, name.splitlines())).strip() or f"column {number}"
            for number, name in enumerate(first, 1)
        ]
        fields = fields_of(path, header, options)
        kept = kept_of(path, header, fields, options.without)
        options.notes.unknown[str(path)] = [header[at] for at in kept]
        for line, row, text in rows:
            options.notes.at(str(path), line, readable(text))
            if isinstance(row, BadLine):
                yield row
                continue
            try:
                yield _record(path.stem, header, fields, kept, row)
            except RecordError as error:
                yield BadLine(str(path), line, str(error), readable(text))


def _rows(path: Path, file: TextIO, marks: str, options: Options) -> Iterator[tuple[int, list[str] | BadLine, str]]:
    """Rows that are not blank, each with the number of its first line and with its text as it stands in the file.

    Their cells are parted by the one of the marks by which the first line has most of them.
    """
    held: list[str] = []
    first, before = file.readline(), 0
    if SEPARATOR.match(first):
        first, before = file.readline(), 1
    mark = max(marks, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))
    reader = csv.reader(_holding(chain([first], file), held), delimiter=mark, strict=True)
    while True:
        line = before + reader.line_num + 1
        held.clear()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            broken = "limit" in str(error) or "end of data" in str(error)  # where the next row starts, nobody knows
            rest = "; a quotation mark may be open, and nothing after it was read" if broken else ""
            if broken:
                held.append(file.read())
                options.notes.unread[f"{path}:{line}"] = len("".join(held).rstrip().split("\n"))
            text = "".join(held)
            yield line, BadLine(str(path), line, f"not a row of a table: {error}{rest}", readable(text)), text
            if broken:
                return
            continue
        if any(cell.strip() for cell in row):
            yield line, row, "".join(held)


def _holding(lines: Iterable[str], held: list[str]) -> Iterator[str]:
    for line in lines:
        held.append(line)
        yield line


def readable(text: str) -> str:
    """The text without its last line's end; a byte in it that is not UTF-8 is written as `\\xe9`."""
    return text.rstrip("\r\n").encode(errors="surrogateescape").decode(errors="backslashreplace")


def _not_utf8(text: str) -> int:
    """The first byte of the text that is not UTF-8; 0 if all are."""
    return next((ord(char) - 0xDC00 for char in text if "\udc80" <= char <= "\udcff"), 0)


def _record(
    stem: str, header: Sequence[str], fields: Mapping[str, int], kept: Mapping[int, str], row: list[str]
) -> Record:
    """Record of one row. Raises RecordError."""
    if len(row) != len(header):
        raise RecordError(f"{len(row)} cells, but the header has {len(header)}")
    for name, cell in zip(header, row, strict=True):
        if bad := _not_utf8(cell):
            raise RecordError(f"not UTF-8: byte 0x{bad:02x} in the column {name}; save the file as UTF-8")
        if "\0" in cell:
            raise RecordError(f"the column {name} holds the character NUL; take it out")
    cells = {field: row[place].strip() for field, place in fields.items()}
    others = {name: row[at] for at, name in kept.items() if row[at].strip()}
    named = {"id": cells.get("id") or own_id(stem, row), "source": cells.get("source") or stem_name(stem)}
    return from_json(others | _value(cells) | named)


def _value(cells: Mapping[str, str]) -> dict[str, Any]:
    """JSON form of a row's fields."""
    value: dict[str, Any] = {name: cell for name, cell in cells.items() if name in RECORD_FIELDS}
    value |= {name: clean(cells[name]) for name in PROSE if name in cells}
    value["title"] = one_line(cells.get("title", ""))
    value["topics"] = tags(cells.get("topics", ""))
    value["asked"] = iso_day(cells.get("asked", ""))
    value["asker"] = {name: cells[name] for name in ASKER_FIELDS if cells.get(name)}
    if text := clean(cells.get("answer", "")):
        answer = {own: cells.get(name, "") for name, own in ANSWER_FIELDS.items()}
        return value | {"answers": [answer | {"text": text, "replied": iso_day(answer["replied"])}]}
    return value | {name: cells[name] for name in ANSWER_FIELDS if cells.get(name)}  # no answer: kept, not lost
