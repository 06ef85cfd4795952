"""The home of an index in Milvus: rows are keys made of ids, and what is asked for often is remembered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from corpus.records import ID_FORM, Record, from_json
from search.errors import HomeLost, NotFound
from search.facets import Counts
from search.families import member_of
from search.filters import Filters, Values
from search.hits import Facets, Family, Inferred, Member
from search.layout import Manifest
from search.map import MapPoints
from search.meaning import WordVectors
from search.milvus.browse import MilvusBrowse
from search.milvus.client import Client
from search.milvus.details import CHANGED, Detail, Details, text_of
from search.milvus.filters import in_numbers, quoted
from search.milvus.halves import MilvusHalves
from search.milvus.schema import Collections, record_key, title_key
from search.milvus.summary import Frequencies
from search.rows import Place
from search.suggest import Titles

TITLES_LOOKED_AT = 200  # that begin as was typed, where there are too many titles to hold
NO_BM25 = "Pages were found by their meaning alone, not by their words: {server} has no BM25, which Milvus 2.5 has"


class MilvusHome:
    """One version of an index in Milvus. See `search.home.Home`."""

    has_map = False

    def __init__(
        self,
        client: Client,
        names: Collections,
        manifest: Manifest,
        frequencies: Frequencies,
        cube: Sequence[tuple[Values, int]],
        topics: Mapping[str, Any],
        titles: Sequence[str] | None,
        words: WordVectors,
    ) -> None:
        self.manifest, self.words = manifest, words
        self.missing = () if client.has_words else (NO_BM25.format(server=client.server),)
        self._client, self._names = client, names
        self._titles = None if titles is None else Titles.of(titles)
        self._details = Details(client, names)
        self.halves = MilvusHalves(client, names, frequencies, self._details)
        self._counts = Counts.of([values for values, _ in cube], [count for _, count in cube])
        self.browse = MilvusBrowse(client, names, topics, cube, self.records)

    def __len__(self) -> int:
        return self.manifest.records

    def row(self, record_id: str) -> int:
        row = record_key(record_id) if ID_FORM.fullmatch(record_id) else -1
        detail = self._details.fetched([row]).get(row) if row >= 0 else None
        if detail is None or detail.id != record_id:
            raise NotFound(f"no record has the id {record_id[:200]}")
        return row

    def ids(self, rows: Sequence[int]) -> dict[int, str]:
        return {row: detail.id for row, detail in self._details.of(rows).items()}

    def records(self, rows: Sequence[int]) -> list[Record]:
        columns = ("row", "content", "text")
        found = {hit["row"]: hit for hit in self._client.query(self._names.records, in_numbers("row", rows), columns)}
        missing = [int(row) for row in rows if int(row) not in found]
        contents = {row: int(hit["content"]) for row, hit in found.items()}
        if changed := [*self._details.outdated(contents | dict.fromkeys(missing)), *missing]:
            raise HomeLost(CHANGED.format(row=changed[0]))
        return [from_json(json.loads(text_of(self._details, found[int(row)]))) for row in rows]

    def places(self, passages: Sequence[int]) -> list[Place]:
        return self.halves.places(passages)

    def newest(self, rows: Sequence[int]) -> list[int]:
        return [detail.newest for detail in self._all(rows)]

    def firsts(self, rows: Sequence[int]) -> list[int]:
        return [detail.first for detail in self._all(rows)]

    def families(self, rows: Sequence[int]) -> dict[int, Family]:
        firsts = {detail.row: detail.first for detail in self._all(rows) if detail.in_family}
        members: dict[int, list[Member]] = {}
        where, columns = in_numbers("first", set(firsts.values())), ("row", "content", "first", "member")
        for hit in self._client.query(self._names.records, where, columns) if firsts else ():
            text = text_of(self._details, hit, "member").decode()
            members.setdefault(int(hit["first"]), []).append(member_of(text))
        ordered = {first: sorted(found, key=lambda member: member.id) for first, found in members.items()}
        families = {first: Family(found[0].id, tuple(found)) for first, found in ordered.items()}
        return {row: families[first] for row, first in firsts.items() if first in families}

    def inferred(self, rows: Sequence[int]) -> dict[int, Inferred]:
        return {detail.row: detail.inferred for detail in self._all(rows) if detail.inferred}

    def facets(self) -> Facets:
        return self.counts(Filters())

    def counts(self, filters: Filters) -> Facets:
        return self._counts.under(filters)

    def suggest(self, typed: str, k: int) -> tuple[str, ...]:
        if self._titles is not None:
            return self._titles.suggest(typed, k)
        begun = title_key(" ".join(typed.split()))
        if not begun:
            return ()
        where = f"title like {quoted(begun.replace('%', '').replace('_', ' ') + '%')}"
        found = self._client.query(self._names.records, where, ("row",), TITLES_LOOKED_AT)
        titles = Titles.of(record.title for record in self.records([hit["row"] for hit in found]))
        return titles.suggest(typed, k)

    def record_ids(self) -> set[str]:
        return {hit["id"] for hit in self._client.scan(self._names.records, "row", ("id",), len(self))}

    def map(self) -> MapPoints | None:
        return None

    def check(self) -> None:
        self._client.check(self._names.about)

    def close(self) -> None:
        self.halves.close()

    def _all(self, rows: Sequence[int]) -> list[Detail]:
        found = self._details.of(rows)
        if missing := [row for row in rows if int(row) not in found]:
            raise HomeLost(CHANGED.format(row=missing[0]))
        return [found[int(row)] for row in rows]
