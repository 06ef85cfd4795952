"""The items of a JSON file, whatever its shape: a list, JSON Lines, or an object that holds the list."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from corpus.importers.options import Notes
from corpus.importers.values import listed
from corpus.jsonl import BadLine, once_each
from corpus.records import RecordError

Item = tuple[int, Any]  # the number of the line where it starts, and the decoded value
LINE_SUFFIXES = (".jsonl", ".ndjson")
BESIDE = "members beside the list of items"
SPACE = re.compile(r"[ \t\r\n]*")
DECODER = json.JSONDecoder()
STRICT = json.JSONDecoder(object_pairs_hook=once_each)  # of an item: what stands twice in it would be lost


def values(path: str, text: str, is_item: Callable[[Any], bool], notes: Notes) -> Iterator[Item | BadLine]:
    """Each item with its line; `is_item` tells an object that is an item itself from one that only holds the list.

    What is not read behind a fault, and what stands beside the list, is counted in `notes`.
    """
    start = _skip(text, 0)
    if start == len(text):
        return iter(())
    if path.lower().endswith(LINE_SUFFIXES) or _looks_like_lines(text):
        return _lines(path, text)
    if text[start] == "[":
        return _elements(path, text, start, notes)
    return _single(path, text, start, is_item, notes)


def _looks_like_lines(text: str) -> bool:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    whole = sum(line.startswith("{") and line.endswith("}") for line in lines)
    return len(lines) > 1 and 2 * whole >= len(lines) and lines[0].startswith("{")


def _lines(path: str, text: str) -> Iterator[Item | BadLine]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line, object_pairs_hook=once_each)
            except (ValueError, RecursionError) as error:
                yield BadLine(path, number, _reason(error), line)


def _elements(path: str, text: str, start: int, notes: Notes, alone: bool = True) -> Iterator[Item | BadLine]:
    """The elements of the list that starts there; after a fault in it nobody knows where the next one is. Where it must
    be `alone`, nothing may stand behind it."""
    at = _skip(text, start + 1)
    line, counted = 1, 0
    wanted = "," if not text.startswith("]", at) else "]"
    while wanted == ",":
        line, counted = line + text.count("\n", counted, at), at
        try:
            item, end = _element(path, line, text, at)
        except (ValueError, RecursionError) as error:
            reason = f"{_reason(error)}; the rest of the list was not read"
            notes.unread[f"{path}:{line}"] = _line_count(text, at)
            yield BadLine(path, error.lineno if isinstance(error, json.JSONDecodeError) else line, reason, text[at:])
            return
        yield item
        at = _skip(text, end)
        wanted = text[at : at + 1]
        if wanted == ",":
            at = _skip(text, at + 1)
    line += text.count("\n", counted, at)
    end = _skip(text, at + 1)
    if wanted != "]":
        reason = "not JSON: the list is not closed, or a comma is missing; the rest was not read"
        notes.unread[f"{path}:{line}"] = _line_count(text, at)
        yield BadLine(path, line, reason, text[at:])
    elif alone and end < len(text):
        line += text.count("\n", at, end)
        yield BadLine(path, line, "not JSON: there is more after the end of the list", text[end:])


def _element(path: str, line: int, text: str, at: int) -> tuple[Item | BadLine, int]:
    """The value that starts there, and where it ends. Raises ValueError or RecursionError where it is no JSON."""
    try:
        value, end = STRICT.raw_decode(text, at)
    except RecordError as error:
        _, end = DECODER.raw_decode(text, at)
        return BadLine(path, line, str(error), text[at:end]), end
    return (line, value), end


def _single(path: str, text: str, start: int, is_item: Callable[[Any], bool], notes: Notes) -> Iterator[Item | BadLine]:
    line = 1 + text.count("\n", 0, start)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        at = error.lineno if isinstance(error, json.JSONDecodeError) else line
        yield BadLine(path, at, _reason(error))
        return
    lists = [name for name, item in value.items() if _is_list(item)] if isinstance(value, dict) else []
    if is_item(value) or not lists:
        yield _element(path, line, text, start)[0]
    elif len(lists) > 1:
        yield BadLine(path, line, f"the object holds several lists ({listed(lists)}); give each a file of its own")
    elif len(places := _places(text, start, lists[0])) > 1:
        yield BadLine(path, line, f"the object holds several lists named {lists[0]}; give each a file of its own")
    else:
        notes.left_out[BESIDE] += sum(item is not None for item in value.values()) - 1
        yield from _elements(path, text, places[0], notes, alone=False)


def _is_list(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _places(text: str, start: int, wanted: str) -> list[int]:
    """Where each member of that name starts in the well-formed object that starts at `start`."""
    at, places = _skip(text, start + 1), []
    while text[at] != "}":
        name, end = DECODER.raw_decode(text, at)
        value = _skip(text, _skip(text, end) + 1)
        places += [value] if name == wanted else []
        _, end = DECODER.raw_decode(text, value)
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at
    return places


def _skip(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at


def _line_count(text: str, at: int) -> int:
    return text[at:].rstrip().count("\n") + 1


def _reason(error: Exception) -> str:
    if isinstance(error, RecordError):
        return str(error)
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg} at position {error.colno} of its line"
    return "not JSON that can be read: nested too deep, or a number of too many digits"
