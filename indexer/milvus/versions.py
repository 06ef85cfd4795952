"""Versions of an index in Milvus: three collections each, and the alias that says which is live.

A version says in its about collection from what it was begun: begun again from the same, it is gone on with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime

from indexer.cuts import CUT
from indexer.folder import say
from search.errors import IndexRefused, SearchError
from search.layout import FORMAT as INDEX_FORMAT
from search.layout import Manifest, ModelCard
from search.milvus import about
from search.milvus.client import Client
from search.milvus.connection import OPEN_S
from search.milvus.opening import read_current, read_text
from search.milvus.schema import (
    ABOUT,
    FORMAT,
    NO_VECTOR,
    NOTHING,
    RECORDS,
    VERSION,
    WORDS,
    Collections,
    passage_columns,
    versions_of,
)

RECIPE = "recipe"  # row of the about collection: what the version was begun from (`recipe_of`)
WITHDRAWN = "withdrawn"  # row of the about collection of a version from which was rolled back


class Versions:
    """The versions of one index, for its writer. Every method raises HomeLost."""

    def __init__(self, client: Client, index: str) -> None:
        self._client, self._index = client, index

    def live(self) -> Collections | None:
        """The version that the alias stands for; None where nothing was published."""
        found = versions_of(self._index, [self._client.aliased(self._index) or ""])
        return Collections(self._index, found[0]) if found else None

    def all(self) -> list[Collections]:
        """Every version of which a collection is there, oldest first."""
        return [Collections(self._index, version) for version in versions_of(self._index, self._client.collections())]

    def older(self) -> list[Collections]:
        """The versions from before the live one that have all their collections, oldest first."""
        live, names = self.live(), set(self._client.collections())
        whole = [each for each in self.all() if names.issuperset(each.all())]
        return [each for each in whole if live is not None and each.version < live.version]

    def begun(self, recipe: str) -> Collections | None:
        """The version that was begun with this recipe and not finished; all other unfinished ones are removed."""
        live, found = self.live(), None
        for each in self.all():
            if live is not None and each.version <= live.version:
                continue
            if found is None and self._is_draft(each, recipe):
                found = each
                continue
            self.drop(each)
            say(f"removed {each.version}, which was never finished or was rolled back")
        return found

    def begin(self, recipe: str, dimension: int, again: Collections | None = None) -> Collections:
        """A new version that is empty, or the one that `begun` gave, in the server's memory."""
        names = again or Collections(self._index, self._new_id())
        records = (*RECORDS, *WORDS) if self._client.has_words else RECORDS
        columns = dict(zip(names.all(), (passage_columns(dimension), records, ABOUT), strict=True))
        with ThreadPoolExecutor(len(columns)) as pool:  # the server takes seconds for each
            if again is None:
                list(pool.map(self._client.create, columns.keys(), columns.values()))
                self._note(names, RECIPE, recipe)
            else:
                list(pool.map(self._client.load, columns))
        return names

    def publish(self, names: Collections) -> None:
        """Makes a version live, for all readers at once, and keeps only it and the one that was live before."""
        before = self.live()
        self._client.point(self._index, names.about)
        kept = {names.version, before.version if before else names.version}
        if before == names and (older := self.older()):  # it was live already: the one before it stays
            kept.add(older[-1].version)
        for each in self.all():
            if each.version not in kept:
                self.drop(each)

    def rollback(self) -> tuple[str, str]:
        """Ids (from, to) after the version before is live again. Raises SearchError when there is none.

        Of a live one that cannot be read it is the id in the names of its collections.
        """
        older, live = self.older(), self.live()
        if not older or live is None:
            raise SearchError(
                f"{self._client.address} holds no older version to go back to; build it again from its records"
            )
        after = self.state_of(older[-1])  # loads it, so that readers find it
        try:
            before = self.state_of(live)
        except IndexRefused:
            before = live.version
        self._client.load(older[-1].records)
        self._client.load(older[-1].passages)
        self._note(live, WITHDRAWN, "")
        self._client.point(self._index, older[-1].about)
        return before, after

    def rest(self) -> None:
        """Takes the versions that nobody reads out of the server's memory: all but the live one."""
        live, names = self.live(), set(self._client.collections())
        for each in self.all():
            if each != live:
                for name in names.intersection(each.all()):
                    self._client.release(name)

    def drop(self, names: Collections) -> None:
        """Removes a version, its about first: what is left when this is interrupted is none to go back to."""
        there = set(self._client.collections())
        for name in reversed(names.all()):
            if name in there:
                self._client.drop(name)

    def state_of(self, names: Collections) -> str:
        """Id of the state that a version is in; it is loaded if need be. Raises IndexRefused."""
        self._client.load(names.about)
        return read_current(self._client, names).id

    def manifest(self, names: Collections) -> Manifest:
        """Manifest of a version that is loaded. Raises IndexRefused."""
        current = read_current(self._client, names)
        return about.read_manifest(
            read_text(self._client, names, current, about.MANIFEST), f"{self._client.address}: {names.version}"
        )

    def _is_draft(self, names: Collections, recipe: str) -> bool:
        there = set(self._client.collections())
        if not there.issuperset(names.all()) or not all(map(self._client.finished, names.all())):
            return False
        self._client.load(names.about)
        found = self._client.texts(names.about, [RECIPE, WITHDRAWN], strong=True, seconds=OPEN_S)
        return found == {RECIPE: recipe}

    def _note(self, names: Collections, key: str, data: str) -> None:
        self._client.upsert(names.about, [{"key": key, "data": data, NOTHING.name: list(NO_VECTOR)}])

    def _new_id(self) -> str:
        version = new_id()
        if taken := [each.version for each in self.all() if each.version >= version]:
            behind = f"the clock is behind version {max(taken)} of {self._client.address}"
            raise SearchError(f"{behind}; set the clock or, where it is right, give another --index")
        return version


def new_id() -> str:
    """Id of a version, or of a state of one: the time in UTC."""
    found = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    if not VERSION.fullmatch(found):
        raise IndexRefused(f"{found} is no id of a version; set the clock")
    return found


def recipe_of(corpus: str, model: ModelCard, more: Mapping[str, object] | None = None) -> str:
    """What a version is made from and how, as a hash: the same gives the same rows."""
    said = {"formats": [FORMAT, INDEX_FORMAT, CUT], "model": asdict(model), "corpus": corpus, **(more or {})}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
