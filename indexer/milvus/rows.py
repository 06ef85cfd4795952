"""Rows: what a record and its passages are in the collections of Milvus (`search.milvus.schema`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.passages import Passage
from corpus.records import Record, content_hash
from search.contrasts import contrasts
from search.dense import Vectors
from search.families import member_text
from search.filters import NAMED, values_of
from search.hits import Inferred
from search.lexical import record_text, stems
from search.milvus.packing import pack, pack_numbers, pack_record, pack_terms, rows_of_more
from search.milvus.schema import (
    MOST_TOPICS,
    NO_FAMILY,
    NO_VECTOR,
    NOTHING,
    content_key,
    filter_key,
    passage_key,
    record_key,
    stems_text,
    title_key,
    topic_key,
)
from search.rows import PARTS
from search.terms import Terms

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record's row, and the later pieces of its columns for the about collection, as keys and data."""

    columns: Row
    more: Sequence[tuple[str, str]]


def record_row(record: Record, first: int, inferred: Inferred | None, with_stems: bool) -> RecordRow:
    """The row of a record whose family begins with the row `first` (NO_FAMILY: it is in none)."""
    said = stems(record_text(record))
    digest = content_hash(record)
    key = {"row": record_key(record.id), "content": content_key(digest)}
    packed = {
        "text": pack_record(record),
        "terms": pack_terms(Terms.of(said)),
        "heading": pack_numbers(stems(record.title)),
        "member": packed_member(record, first),
    }
    columns: Row = {
        **key,
        "id": record.id,
        "hash": digest,
        **{name: pieces[0] for name, pieces in packed.items()},
        "first": first,
        "marks": contrasts().marks_of(record),
        "inferred": inferred.name if inferred else "",
        "confidence": inferred.confidence if inferred else 0.0,
        "topics": list(dict.fromkeys(map(topic_key, record.topics)))[:MOST_TOPICS],
        "title": title_key(record.title),
        **filter_columns(record),
        NOTHING.name: list(NO_VECTOR),
    }
    if with_stems:
        columns["stems"] = stems_text(said)
    return RecordRow(columns, [row for name, pieces in packed.items() for row in rows_of_more(name, key, pieces)])


def packed_member(record: Record, first: int) -> list[str]:
    """A record as a member of its family, in pieces; an empty one where it is in none."""
    return [""] if first == NO_FAMILY else pack(member_text(record).encode())


def passage_rows(record: Record, passages: Sequence[Passage], vectors: Vectors) -> list[Row]:
    """The rows of a record's passages, with their vectors, shape (len(passages), dimension)."""
    digest = content_hash(record)
    shared = {"record": record_key(record.id), "content": content_key(digest), **filter_columns(record)}
    return [
        {
            "passage": passage_key(record.id, digest, passage.part, passage.answer, passage.start),
            "part": PARTS.index(passage.part),
            "answer": passage.answer,
            "start": passage.start,
            "end": passage.end,
            "vector": vector,
            **shared,
        }
        for passage, vector in zip(passages, vectors, strict=True)
    ]


def filter_columns(record: Record) -> Mapping[str, Any]:
    """What filters look at, of a record or of one of its passages."""
    *texts, newest = values_of(record)
    return {name: filter_key(str(text)) for name, text in zip(NAMED, texts, strict=True)} | {"newest": newest}
