"""Erasure: records are taken out of the live version, and every other place that may hold them is removed."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from indexer.build import Changes, update_locked
from indexer.derive import deriving
from indexer.publish import forget_others, sync_path, writing
from search.encoder import Encoder
from search.errors import SearchError
from search.layout import Layout
from search.store import Store


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did: the live version after it, how many records it lost, and the versions that were removed."""

    live: str
    records: int
    versions: tuple[str, ...]


def erase(ids: frozenset[str], layout: Layout, encoder: Encoder) -> Erased:
    """Removes records from an index folder for good: afterwards no file in it holds anything of them.

    Text, vectors, lexical entries and what was inferred go with a new version that never had them; older, withdrawn
    and unfinished versions go as a whole, and so do the caches of other models. Interrupted, it is finished by running
    it again. Raises SearchError when an id stands in no version, and when nothing else would be left of the live one.
    """
    _live(layout)  # before a folder is made for the one writer
    with writing(layout):
        return _erase(ids, layout, encoder)


def _erase(ids: frozenset[str], layout: Layout, encoder: Encoder) -> Erased:
    live = _live(layout)
    known = {version_id: _ids(layout, version_id) for version_id in layout.history()}
    if strange := sorted(ids - frozenset().union(*known.values())):
        raise SearchError(f"cannot erase {strange[0]}: no version in {layout.root} holds it; nothing was erased")
    held = ids & known.get(live, frozenset())
    if held and held == known[live]:
        raise SearchError(f"these are all records of {layout.root}; remove the whole folder instead")
    if held:
        live = update_locked(Changes(removed=held), layout, encoder).manifest.id
    _forget_cached(layout, encoder, built=bool(held))
    gone = forget_others(layout)  # last, as what stands in a version shows the next command what is left to do
    return Erased(live, len(held), tuple(gone))


def _live(layout: Layout) -> str:
    """Id of the live version. Raises SearchError where there is none."""
    live = layout.published()
    if live is None:
        raise SearchError(f"there is no index in {layout.root}; nothing was erased")
    return live


def _ids(layout: Layout, version_id: str) -> frozenset[str]:
    """Ids of a version's records; of one that cannot be read none are known, but it is removed like the others."""
    try:
        store = Store(layout.version(version_id).records)
        found = frozenset(store.hashes())
        store.close()
    except (SearchError, sqlite3.DatabaseError):
        return frozenset()
    return found


def _forget_cached(layout: Layout, encoder: Encoder, built: bool) -> None:
    """A build has forgotten what is gone, in the caches that it used; without one, all caches are emptied."""
    if built:
        with deriving(encoder, layout.cache) as deriver:
            deriver.forget_others()
    elif layout.cache.is_dir():
        for path in layout.cache.iterdir():
            path.unlink()
    if layout.cache.is_dir():
        sync_path(layout.cache)
