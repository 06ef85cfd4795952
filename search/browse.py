"""Browsing a version without a question: its topics and specialties with counts, and their pages, newest first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from corpus.records import Record, from_stored
from search.database import read_only
from search.errors import NotFound

TRIMMED = " \"''(["  # before the first letter of a topic
# Topics of some rows of the table, each as most pages of the whole version spell it, with how many of those carry it.
COUNTED = """
WITH spelt AS (SELECT lower(topic) AS key, topic, count(*) AS times FROM topics GROUP BY topic),
named AS (SELECT key, topic, max(times) FROM spelt GROUP BY key)
SELECT named.topic, pages FROM named
JOIN (SELECT lower(topic) AS key, count(DISTINCT row) AS pages FROM {some} GROUP BY 1) USING (key)
ORDER BY {order} LIMIT ? OFFSET ?"""
LISTS_KEPT = 64  # lists of topics and their counts, each of which takes a look at all topics


class Shelf(StrEnum):
    """By what pages are brought together."""

    ALL = "all"
    SPECIALTY = "specialty"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Pages:
    """Some pages of a shelf, newest first, those without a date last; its name as records spell it, its `total`."""

    name: str
    total: int
    records: tuple[Record, ...]


class Browse:
    """The records of one version by topic and specialty, read only; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._db = read_only(path)
        self._db.create_function("initial", 1, initial_of, deterministic=True)
        self._kept = lru_cache(LISTS_KEPT)(self._rows)

    def close(self) -> None:
        self._db.close()

    def topics(self, initial: str = "", limit: int = 100, offset: int = 0) -> tuple[tuple[str, int], ...]:
        """Topics with how many pages carry each: most first; with an initial, those that begin so, by the alphabet.

        Topics compare without the case of A to Z; each is shown as most pages spell it.
        """
        some = "topics WHERE initial(topic) = ?" if initial else "topics"
        query = COUNTED.format(some=some, order="key" if initial else "pages DESC, key")
        return self._kept(query, *([capital(initial)] if initial else []), limit, offset)

    def initials(self) -> tuple[tuple[str, int], ...]:
        """First letters of the topics, as capitals, with how many topics begin so."""
        return self._kept(
            "SELECT initial(key), count(*) FROM (SELECT DISTINCT lower(topic) AS key FROM topics) GROUP BY 1 ORDER BY 1"
        )

    def count_topics(self) -> int:
        """How many topics there are."""
        [(count,)] = self._kept("SELECT count(DISTINCT lower(topic)) FROM topics")
        return int(count)

    def pages(self, shelf: Shelf, name: str = "", limit: int = 20, offset: int = 0) -> Pages:
        """The pages of a shelf. Raises NotFound for a topic or specialty that no page has."""
        where, values = _where(shelf, name)
        total = int(self._db.execute(f"SELECT count(*) FROM records {where}", values).fetchone()[0])
        if not total and shelf is not Shelf.ALL:
            raise NotFound(f"no page has the {shelf.value} {name[:200]}")
        found = self._db.execute(
            f"SELECT json FROM records {where} ORDER BY newest DESC, id LIMIT ? OFFSET ?", (*values, limit, offset)
        )
        records = tuple(from_stored(json.loads(text)) for (text,) in found)
        return Pages(as_spelt(shelf, name, records), total, records)

    def topics_of(self, specialty: str, limit: int) -> tuple[tuple[str, int], ...]:
        """Topics of the pages of a specialty, most frequent first, each spelt as among all topics."""
        query = COUNTED.format(some="topics JOIN records USING (row) WHERE specialty_key = ?", order="pages DESC, key")
        return self._kept(query, specialty.casefold(), limit, 0)

    def _rows(self, query: str, *values: str | int) -> tuple[Any, ...]:
        return tuple(self._db.execute(query, values))


def initial_of(topic: str) -> str:
    """The first letter of a topic, as a capital; empty for one of quotes and brackets alone."""
    return capital(topic.lstrip(TRIMMED)[:1])


def capital(letter: str) -> str:
    """The capital of a letter; the letter itself where its capital is two, as of `ß`."""
    found = letter.upper()
    return found if len(found) == 1 else letter


def _where(shelf: Shelf, name: str) -> tuple[str, tuple[str, ...]]:
    match shelf:
        case Shelf.SPECIALTY:
            return "WHERE specialty_key = ?", (name.casefold(),)
        case Shelf.TOPIC:
            return "WHERE row IN (SELECT row FROM topics WHERE topic = ? COLLATE NOCASE)", (name,)
    return "", ()


def as_spelt(shelf: Shelf, name: str, records: Sequence[Record]) -> str:
    """The name of a shelf as one of its records spells it."""
    for record in records:
        spelt = (record.specialty,) if shelf is Shelf.SPECIALTY else record.topics
        if found := [item for item in spelt if item.casefold() == name.casefold()]:
            return found[0]
    return name
