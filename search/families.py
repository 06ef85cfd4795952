"""Families: records of a version that ask the same question, who answered each, and a ranking with each once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.records import Record
from search.database import looked_up, of_version, written
from search.errors import IndexRefused
from search.hits import Family, Member, Reply

if TYPE_CHECKING:
    from search.ranking import Ranked

SCHEMA = """
CREATE TABLE members (row INTEGER PRIMARY KEY, first INTEGER NOT NULL, member TEXT NOT NULL);
CREATE INDEX first ON members (first);
"""


class Families:
    """The families of one version, each known by the row of its first record; safe to use from several threads."""

    def __init__(self, path: Path, records: int) -> None:
        """Families stored in a file, over so many record rows. Raises IndexRefused."""
        self._db = of_version(path)
        self._first = np.arange(records, dtype=np.int32)  # a record in no family is its own
        try:
            found = self._db.execute("SELECT row, first FROM members").fetchall()
        except sqlite3.DatabaseError as error:
            raise IndexRefused(f"{path} cannot be read as a store of families ({error})") from None
        if any(not 0 <= first <= row < records for row, first in found):
            raise IndexRefused(f"{path} has a row that none of the {records} records is; build the index again")
        for row, first in found:
            self._first[row] = first

    @staticmethod
    def build(families: Iterable[Sequence[int]], records: Sequence[Record], path: Path) -> None:
        """Writes families, given as ascending rows of the records, into a new file."""
        with written(path, SCHEMA) as db:
            for rows in families:
                members = ((row, rows[0], member_text(records[row])) for row in rows)
                db.executemany("INSERT INTO members VALUES (?, ?, ?)", members)

    def close(self) -> None:
        self._db.close()

    def firsts(self, rows: Sequence[int]) -> list[int]:
        """The row of the first record of the family of each of these rows; its own where it is in none."""
        return [int(first) for first in self._first[list(rows)]]

    def of(self, rows: Sequence[int]) -> dict[int, Family]:
        """The family of each of these rows that has one, with all its members in the order of their ids."""
        firsts = {row: int(self._first[row]) for row in rows}
        wanted = sorted(set(firsts.values()))
        members: dict[int, list[Member]] = {}
        found = looked_up(self._db, "SELECT row, first, member FROM members WHERE first IN", wanted)
        for _, first, text in sorted(found):
            members.setdefault(first, []).append(member_of(text))
        families = {first: Family(some[0].id, tuple(some)) for first, some in members.items()}
        return {row: families[first] for row, first in firsts.items() if first in families}


def folded(ranked: Sequence[Ranked], firsts: Sequence[int], without: int = -1) -> list[Ranked]:
    """The ranking with the best of each family alone in it, in the same order; the family `without` left out.

    `firsts` is the family of each that is ranked, known by the row of its first record.
    """
    kept: dict[int, Ranked] = {}
    for first, item in zip(firsts, ranked, strict=True):
        if first != without:
            kept.setdefault(first, item)
    return list(kept.values())


def member_text(record: Record) -> str:
    """A record as a member of its family, as JSON."""
    replies = [[answer.responder, answer.specialty, answer.replied] for answer in record.answers]
    return json.dumps([record.id, record.title, record.source, record.asked, replies], ensure_ascii=False)


def member_of(text: str) -> Member:
    """The member in such a text."""
    record_id, title, source, asked, replies = json.loads(text)
    return Member(record_id, title, source, asked, tuple(Reply(*reply) for reply in replies))
