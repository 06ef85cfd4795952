"""A search engine over a few toy records, simple enough that a reader can work out every answer by hand.

A record's score is the share of the question's words that stand in it. From .8 on it is the same question, from .4 on
related. Snippets are the first sentence that holds a word of the question, with every such word highlighted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from corpus.records import Record
from search.errors import NotFound
from search.explain import explained
from search.hits import (
    Facets,
    Family,
    Filters,
    Hit,
    IndexInfo,
    Inferred,
    Match,
    Member,
    Question,
    Reply,
    Results,
    Share,
    Snippet,
    Sort,
    Topic,
    Understood,
)
from search.map import MapPoints
from search.meaning import WordVectors
from tests.web.toy_browse import ToyBrowse, facets, passes, snippet, words
from tests.web.toy_records import TOY

TOOK_MS = 4.2
RELATED = 0.4
NO_VECTORS = WordVectors((), np.empty((0, 0), np.float32))
SLIP, RIGHT = "twiching", "twitching"  # the one word that is corrected


class ToyEngine:
    """An engine over records in memory."""

    def __init__(
        self,
        records: Iterable[Record] = TOY,
        version: str = "v1",
        inferred: Mapping[str, Inferred] | None = None,
        mapped: bool = True,
    ) -> None:
        self.guesses, self.mapped = inferred or {}, mapped
        self.records = {record.id: record for record in records}
        self.info = IndexInfo(version, "2026-11-22T08:00:00Z", len(self.records))
        self.facets = facets(self.records.values())
        self.closed = False

    def search(self, question: Question) -> Results:
        """The records that pass the filters, best first."""
        passing = [record for record in self.records.values() if passes(record, question.filters)]
        wanted = question.switches.corrections and SLIP not in question.as_typed
        slip = question.text.find(SLIP) if wanted else -1
        text = question.text.replace(SLIP, RIGHT, 1) if slip >= 0 else question.text
        if question.sort is Sort.NEWEST:
            passing = [record for record in passing if score(text, record) >= RELATED]
        results = self._results(text, passing, question.k, question.offset, question.fold, question.sort)
        made = ({"from": SLIP, "to": RIGHT, "start": slip, "end": slip + len(SLIP)},) if slip >= 0 else ()
        opened = question.switches.expansions and "uti" in words(question.text) - question.as_typed
        added = ({"from": "uti", "to": "urinary tract infection", "source": "a list"},) if opened else ()
        results = replace(results, query=Understood(question.text, text, corrections=made, expansions=added))
        return explained(results, NO_VECTORS) if question.explain else results

    def record(self, record_id: str) -> Record:
        """The record. Raises NotFound."""
        if record_id not in self.records:
            raise NotFound(f"there is no record {record_id!r}")
        return self.records[record_id]

    def similar(self, record_id: str, k: int = 10) -> Results:
        """The records that share a word with the record's title."""
        page = self.record(record_id)
        others = [record for record in self.records.values() if record.id != record_id]
        return self._results(page.title, [item for item in others if score(page.title, item)], k, 0, False)

    def around(self, record_id: str, k: int, topics: int) -> tuple[Results, tuple[Topic, ...]]:
        """Those that have another title, each title once; and the topics of all."""
        page = self.record(record_id)
        others = [record for record in self.records.values() if not page.title or record.title != page.title]
        others = [record for record in others if record.id != record_id and score(page.title, record)]
        return self._results(page.title, others, k, 0, True), self.related(record_id, topics)

    def family(self, record_id: str) -> Family | None:
        """The records with the same title, if there are two."""
        title = self.record(record_id).title
        same = sorted((record for record in self.records.values() if record.title == title), key=lambda item: item.id)
        return Family(same[0].id, tuple(map(member, same))) if len(same) > 1 else None

    def inferred(self, record_id: str) -> Inferred | None:
        """What the test says."""
        return self.guesses.get(self.record(record_id).id)

    def related(self, record_id: str, k: int = 10) -> tuple[Topic, ...]:
        """The topics of those records."""
        near = [hit.record for hit in self.similar(record_id).hits]
        return tuple(Topic(topic, record.specialty, 1) for record in near for topic in record.topics)[:k]

    def counts(self, filters: Filters) -> Facets:
        """For each kind of filter, the counts of the records that pass the others."""
        found = {
            name: getattr(self._facets_of(replace(filters, **{name: None})), name)
            for name in ("specialties", "sources", "ages", "sexes")
        }
        return Facets(**found)

    def _facets_of(self, filters: Filters) -> Facets:
        return facets(record for record in self.records.values() if passes(record, filters))

    @property
    def browse(self) -> ToyBrowse:
        """The records by topic and specialty."""
        return ToyBrowse(tuple(self.records.values()))

    @property
    def has_map(self) -> bool:
        """Whether the records have places."""
        return self.mapped

    def map(self) -> MapPoints | None:
        """The records from left to right on one line."""
        if not self.mapped:
            return None
        ids = tuple(sorted(self.records))
        names = [self.records[record_id].specialty for record_id in ids]
        known = ["", *sorted(set(names) - {""})]
        places = np.array([[number / len(ids), 0.5] for number in range(len(ids))], np.float32)
        return MapPoints(ids, places, tuple(map(known.index, names)), tuple(known))

    def suggest(self, prefix: str, k: int = 8) -> tuple[str, ...]:
        """The titles that begin so."""
        titles = sorted(record.title for record in self.records.values())
        return tuple(title for title in titles if title.casefold().startswith(prefix.casefold()))[:k]

    def check(self) -> None:
        """It can always be asked."""

    def close(self) -> None:
        """It is known to be closed from now on."""
        self.closed = True

    def _results(
        self, text: str, records: list[Record], k: int, offset: int, fold: bool = False, sort: Sort = Sort.FIT
    ) -> Results:
        found = (
            replace(hit_of(text, item), family=self.family(item.id), inferred=self.inferred(item.id))
            for item in records
        )
        hits = sorted(found, key=lambda hit: (-hit.score, hit.record.id))
        if sort is Sort.NEWEST:
            hits = sorted(hits, key=lambda hit: hit.record.newest, reverse=True)
        if fold:
            hits = [
                hit for place, hit in enumerate(hits) if hit.record.title not in [h.record.title for h in hits[:place]]
            ]
        close = [hit for hit in hits if hit.match is not Match.TOPIC]
        urgent = URGENT if "chest pain" in text else None
        stated = [(hit.record.specialty, False) for hit in close if hit.record.specialty]
        counted = Counter(stated + [(hit.inferred.name, True) for hit in close if hit.inferred])
        shares = tuple(Share(name, count / counted.total(), guess) for (name, guess), count in counted.most_common())
        shown = tuple(hits[offset : offset + k])
        understood = Understood(text, text)
        return Results(understood, shown, len(hits), shares, not close, TOOK_MS, self.info, urgent)


URGENT = {
    "kind": "heart",
    "title": "This may be an emergency",
    "text": "Chest pain can be a heart attack.",
    "actions": [
        {"label": "Emergency", "number": "your local emergency number"},
        {"label": "Crisis line", "number": "116 123"},
    ],
    "matched": [[0, 10]],
    "also": [],
}


def member(record: Record) -> Member:
    """The record as one of a family."""
    replies = tuple(Reply(answer.responder, answer.specialty, answer.replied) for answer in record.answers)
    return Member(record.id, record.title, record.source, record.asked, replies)


class Shelf:
    """An index folder in memory: `version` is published, and `open` opens it, or raises what it holds instead."""

    def __init__(self, *versions: ToyEngine | Exception) -> None:
        self.versions: dict[str, Any] = {f"v{number}": version for number, version in enumerate(versions, 1)}
        self.version: str | None = "v1" if versions else None
        self.asked = self.opened = 0

    def published(self, index: Path) -> str | None:
        """The version that is published now."""
        self.asked += 1
        return self.version

    def open(self, index: Path) -> ToyEngine:
        """That version, opened."""
        self.opened += 1
        found: ToyEngine | Exception = self.versions[self.version or ""]
        if isinstance(found, Exception):
            raise found
        return found


def score(text: str, record: Record) -> float:
    """Share of the text's words that stand in the record's title, message or answers."""
    found = words(" ".join([record.title, record.question, *(answer.text for answer in record.answers)]))
    return len(words(text) & found) / len(words(text)) if words(text) else 0.0


def hit_of(text: str, record: Record) -> Hit:
    """The record as a result for this text."""
    found = score(text, record)
    match = Match.SAME if found >= 0.8 else Match.RELATED if found >= RELATED else Match.TOPIC
    asked = snippet(text, record.question, "question") if record.question else snippet(text, record.title, "title")
    answered = snippet(text, record.answers[0].text, "answer") if record.answers else Snippet()
    views = (("title", found),) if record.title else ()
    return Hit(record, found, found, match, asked, answered, views=views)
