"""The columns of a table: which of them are fields of a record, and under which names the others are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from corpus.errors import CorpusError
from corpus.importers.options import Options
from corpus.importers.values import listed, of_patient
from corpus.records import RECORD_FIELDS

ANSWER_FIELDS = {"answer": "text", "responder": "responder", "answer_specialty": "specialty", "replied": "replied"}
ASKER_FIELDS = ("age", "sex")
STRUCTURED = ("answers", "asker")  # a cell cannot hold these
FIELDS = (*sorted(RECORD_FIELDS - set(STRUCTURED)), *ANSWER_FIELDS, *ASKER_FIELDS)
OTHER_MARKS = {  # where the whole header is one cell, what may part it instead, and what to do then
    ";": "semicolons; use import csv",
    "\t": "tabs; use import tsv",
    ",": "commas; use import csv",
}
SAYS_SOMETHING = ("title", "question", "answer")
SYNONYMS = {  # plain ones only: where no column is named like the field, one of these is it
    "title": ("subject", "headline"),
    "question": ("message",),
    "answer": ("reply", "response"),
    "specialty": ("dept", "department"),
    "topics": ("tags",),
}


def fields_of(path: Path, header: Sequence[str], options: Options) -> dict[str, int]:
    """Position of each field's column. Raises CorpusError for a column that is missing, double, or not usable."""
    columns = options.columns
    named = {name.casefold(): place for place, name in enumerate(header)}
    found = f"the columns found are: {listed(header)}"
    if len(named) < len(header):
        raise CorpusError(f"{path}: two columns have the same name; {found}")
    for name in sorted(options.without):
        if named.pop(name.casefold(), None) is None:
            raise CorpusError(f"{path}: there is no column {name} to leave out; {found}")
    for field, name in columns.items():
        if name.casefold() not in named:
            raise CorpusError(f"{path}: there is no column {name} for the field {field}; {found}")
    taken = {name.casefold() for name in columns.values()}
    fields = {name: named[name] for name in FIELDS if name in named and name not in taken}
    fields |= {field: named[name.casefold()] for field, name in columns.items()}
    for field, names in SYNONYMS.items():
        free = [name for name in names if name in named and named[name] not in fields.values()]
        if field not in fields and free:
            fields[field] = named[free[0]]
    if not set(SAYS_SOMETHING) & set(fields):
        raise CorpusError(f"{path}: {_why_none(header)}")
    if wrong := [name for name in STRUCTURED if name in named and named[name] not in fields.values()]:
        raise CorpusError(f"{path}: say what the column {wrong[0]} holds, for example --column answer={wrong[0]}")
    return fields


def kept_of(path: Path, header: Sequence[str], fields: Mapping[str, int], without: Iterable[str]) -> dict[int, str]:
    """Names under which the cells of columns that are no fields are kept in the record, by their positions. Raises
    CorpusError for one that tells who a patient is."""
    left_out = {name.casefold() for name in without}
    others = {
        at: name for at, name in enumerate(header) if at not in fields.values() and name.casefold() not in left_out
    }
    if said := of_patient(dict.fromkeys(others.values(), True), not set(ASKER_FIELDS).isdisjoint(fields)):
        raise CorpusError(f"{path}: {said}; or say what else a column holds, for example --column responder=HEADER")
    return {at: f"column_{name}" if name.casefold() in FIELDS else name for at, name in others.items()}


def _why_none(header: Sequence[str]) -> str:
    """Why no column says something, and what to do."""
    what = next((what for mark, what in OTHER_MARKS.items() if len(header) == 1 and mark in header[0]), "")
    if what:
        return f"the header is one cell, which seems to be parted by {what}"
    found = f"the columns found are: {listed(header)}"
    return f"no column is a title, question or answer; name one: --column title=NAME; {found}"
