"""JSON exports of Q&A sites and data sets: a list, JSON Lines, or an object that holds the list."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path

from corpus.errors import CorpusError
from corpus.importers.files import files, text_of
from corpus.importers.json_values import values
from corpus.importers.options import Options
from corpus.importers.qa_fields import ALIASES, SAYS_SOMETHING, record_json, says_something, understood
from corpus.importers.values import listed, own_id, stem_name
from corpus.jsonl import BadLine
from corpus.records import Record, RecordError, from_json

SUFFIXES = (".json", ".jsonl", ".ndjson")
MAX_FILE_BYTES = 1 << 30


def read(path: Path, options: Options) -> Iterator[Record | BadLine]:
    """Each item of a JSON file, or of a folder's JSON files in the order of their names, as a Record or a BadLine.

    Raises CorpusError where no item has a field that is to be left out."""
    unknown: dict[str, None] = {}
    met: set[str] = set()
    for file in files(path, SUFFIXES, options.notes):
        text = text_of(file, MAX_FILE_BYTES)
        if isinstance(text, BadLine):
            yield text
            continue
        for item in values(str(file), text, _is_item, options.notes):
            if isinstance(item, BadLine):
                yield item
            else:
                options.notes.at(str(file), *item)
                made = _record(file, *item, options.without)
                met.update(item[1] if isinstance(item[1], dict) else ())
                unknown |= dict.fromkeys(made.extra if isinstance(made, Record) else ())
                yield made
    options.notes.unknown[str(path)] = list(unknown)
    if missed := options.without - met:
        raise CorpusError(f"{path}: no item has the field {min(missed)}, which --without names")


def _is_item(value: object) -> bool:
    """True for an object that is itself a question; a `title` alone may be that of a whole data set."""
    taken = understood(value)[0] if isinstance(value, dict) else {}
    return says_something(taken) and set(taken) & set(SAYS_SOMETHING) != {"title"}


def _record(path: Path, line: int, value: object, without: Collection[str]) -> Record | BadLine:
    try:
        if not isinstance(value, dict):
            raise RecordError(f"an item must be an object with named fields, found {type(value).__name__}")
        taken, others = understood({name: item for name, item in value.items() if name not in without})
        if not says_something(taken):
            known = ", ".join(name for field in SAYS_SOMETHING for name in ALIASES[field])
            found = listed(value) or "none"
            raise RecordError(f"no title, question or answer; the fields found are: {found}; understood are: {known}")
        named = {"id": own_id(path.stem, value), "source": stem_name(path.stem)}
        return from_json(named | record_json(taken, others))
    except RecordError as error:
        return BadLine(str(path), line, str(error), json.dumps(value, ensure_ascii=False))
    except RecursionError:
        return BadLine(str(path), line, "lists or objects are nested too deep")
