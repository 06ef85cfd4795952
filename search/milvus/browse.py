"""Browsing an index in Milvus: topics and counts from what was counted when it was written, pages from the server.

Milvus does not sort. Pages come newest first because it is known how many there are of each day: the days that a list
reaches into are asked for, and sorted here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from corpus.records import Record
from search.browse import Pages, Shelf, as_spelt, capital, initial_of
from search.errors import NotFound
from search.filters import Values
from search.milvus.client import Client
from search.milvus.filters import both, in_range, quoted
from search.milvus.schema import Collections, filter_key, topic_key

MOST_LISTED = 100_000  # pages of one day, or of one topic, that are put in order
LISTS_KEPT = 16
Fetch = Callable[[Sequence[int]], Iterable[Record]]  # records of rows, in their order


class MilvusBrowse:
    """The records of one version by topic and specialty. See `search.home.Browse`."""

    def __init__(
        self,
        client: Client,
        names: Collections,
        topics: Mapping[str, Any],
        cube: Sequence[tuple[Values, int]],
        fetch: Fetch,
    ) -> None:
        self._client, self._names, self._fetch = client, names, fetch
        self._topics = [(str(topic), int(pages)) for topic, pages in topics["topics"]]  # by the alphabet
        self._most = sorted(self._topics, key=lambda item: -item[1])
        self._initials = Counter(initial_of(topic) for topic, _ in self._topics)
        self._of: Mapping[str, list[tuple[str, int]]] = topics["of"]
        self._pages = {topic_key(topic): pages for topic, pages in self._topics}
        self._rows = lru_cache(LISTS_KEPT)(self._rows_of)
        self._days: dict[str, Counter[int]] = {}  # by specialty; "" for all
        for (specialty, _, _, _, newest), count in cube:
            for key in {"", filter_key(specialty)}:
                self._days.setdefault(key, Counter())[newest] += count

    def topics(self, initial: str = "", limit: int = 100, offset: int = 0) -> tuple[tuple[str, int], ...]:
        """Topics with how many pages carry each: most first; with an initial, those that begin so, by the alphabet."""
        begun = [item for item in self._topics if initial_of(item[0]) == capital(initial)] if initial else self._most
        return tuple(begun[offset : offset + limit])

    def initials(self) -> tuple[tuple[str, int], ...]:
        """First letters of the topics, as capitals, with how many topics begin so."""
        return tuple(sorted(self._initials.items()))

    def count_topics(self) -> int:
        """How many topics there are."""
        return len(self._topics)

    def topics_of(self, specialty: str, limit: int) -> tuple[tuple[str, int], ...]:
        """Topics of the pages of a specialty, most frequent first."""
        return tuple((topic, pages) for topic, pages in self._of.get(filter_key(specialty), ())[:limit])

    def pages(self, shelf: Shelf, name: str = "", limit: int = 20, offset: int = 0) -> Pages:
        """The pages of a shelf. Raises NotFound for a topic or specialty that no page has."""
        if shelf is Shelf.TOPIC:
            total, where = self._pages.get(topic_key(name), 0), f"array_contains(topics, {quoted(topic_key(name))})"
            listed = self._rows(where, total)[offset : offset + limit] if total else []
        else:
            key = filter_key(name) if shelf is Shelf.SPECIALTY else ""
            days = self._days.get(key, Counter()) if key or shelf is Shelf.ALL else Counter()
            total = days.total()
            where = f"specialty == {quoted(key)}" if shelf is Shelf.SPECIALTY else ""
            listed = self._of_days(days, where, limit, offset)
        if not total and shelf is not Shelf.ALL:
            raise NotFound(f"no page has the {shelf.value} {name[:200]}")
        records = tuple(self._fetch(listed))
        return Pages(as_spelt(shelf, name, records), total, records)

    def _of_days(self, days: Counter[int], where: str, limit: int, offset: int) -> list[int]:
        """Rows `offset` to `offset + limit` of those that pass, newest first, where so many are of each day."""
        before, wanted, skipped = 0, [], 0
        for day in sorted(days, reverse=True):
            if before + days[day] <= offset:
                skipped += days[day]
            elif before < offset + limit:
                wanted.append(day)
            before += days[day]
        if not wanted:
            return []
        some = both(where, in_range("newest", wanted[-1], wanted[0]))
        return self._rows(some, sum(days[day] for day in wanted))[offset - skipped :][:limit]

    def _rows_of(self, where: str, expected: int) -> list[int]:
        """Rows that pass, about so many, newest first, then by id; of more than MOST_LISTED not all."""
        found = self._client.scan(self._names.records, "row", ("id", "newest"), min(expected, MOST_LISTED), where)
        some = islice(found, MOST_LISTED)
        return [int(hit["row"]) for hit in sorted(some, key=lambda hit: (-hit["newest"], hit["id"]))]
