"""The build, whole, on one page: records -> what is derived from them -> a version -> verified -> published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from corpus.records import Record
from indexer.derive import deriving
from indexer.folder import places_of, say, write_version
from indexer.publish import new_version, publish, sweep, writing
from indexer.verify import verify
from search.encoder import Encoder
from search.errors import SearchError
from search.layout import Layout, Manifest
from search.store import Store


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made: the manifest, and how many passages had to be embedded for it."""

    manifest: Manifest
    embedded: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What an update does to the records of the live version. Raises SearchError for a record in both."""

    put: Sequence[Record] = ()
    removed: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if both := sorted(self.removed.intersection(record.id for record in self.put)):
            raise SearchError(
                f"{both[0]} is to be put in and to be removed; take it out of RECORDS, or leave out --remove {both[0]}"
            )

    def made_to(self, records: Iterable[Record], where: object) -> list[Record]:
        """The records with the changes made. Raises SearchError when one to be removed is not among them, or none is
        left."""
        held = {record.id: record for record in records}
        if strange := sorted(self.removed - held.keys()):
            raise SearchError(
                f"cannot remove {strange[0]}: no record of {where} has that id, and nothing was changed; "
                "leave it out, or give the id that python -m search ask prints with the page"
            )
        held.update({record.id: record for record in self.put})
        if held.keys() == self.removed:
            raise SearchError(f"these are all records of {where}, and nothing was changed; build it of others instead")
        return [record for record in held.values() if record.id not in self.removed]


def build(
    records: Iterable[Record],
    layout: Layout,
    encoder: Encoder,
    mapped: bool = False,
    memory: int = 0,
    ahead: Callable[[Sequence[Record]], object] | None = None,
) -> Built:
    """Builds, verifies and publishes a version that holds these records, and no others; with a map if `mapped`.

    `memory` is how many bytes the indexes over its vectors may take up in all; 0 leaves the choice to search.nearest.
    `ahead` gets the records first, and may put into the caches what it knows of them (`indexer.spread`).
    """
    with writing(layout):
        held = list(records)
        if ahead is not None:
            ahead(held)
        return _build(held, layout, encoder, mapped, memory)


def update(changes: Changes, layout: Layout, encoder: Encoder, mapped: bool = False, memory: int = 0) -> Built:
    """Builds, verifies and publishes a version that holds the live version's records with the changes made.

    It has a map if the live version has one, or if `mapped`; `memory` is that of the live version unless given.

    Raises SearchError when there is no live version, or when a record to be removed is not in it.
    """
    with writing(layout):
        return update_locked(changes, layout, encoder, mapped, memory)


def update_locked(changes: Changes, layout: Layout, encoder: Encoder, mapped: bool = False, memory: int = 0) -> Built:
    """The same for whoever is the one writer of the index already."""
    current = layout.published()
    if current is None:
        raise SearchError(layout.nothing_live())
    mapped = mapped or layout.version(current).map.is_file()
    memory = memory or Manifest.load(layout.version(current)).memory
    store = Store(layout.version(current).records)
    records = changes.made_to(store.all(), layout.root)
    store.close()
    return _build(records, layout, encoder, mapped, memory)


def _build(records: list[Record], layout: Layout, encoder: Encoder, mapped: bool, memory: int) -> Built:
    check(records)
    for gone in sweep(layout):
        say(f"removed {gone}, which was never finished or was rolled back")
    version_id = new_version(layout)
    draft = layout.version(version_id)
    draft.root.mkdir()
    with deriving(encoder, layout.cache) as deriver:
        whole = deriver.begin_whole(records)
        pieces = deriver.pieces(records)
        places = places_of(pieces) if mapped else None
        manifest = write_version(pieces, whole, encoder.card, draft, layout.cache, places, memory)
        verify(draft, encoder)
        publish(layout, version_id)
        deriver.forget_rest()
    return Built(manifest, deriver.embedded)


def check(records: list[Record]) -> None:
    """Sorts the records by id: row order is id order, so that equal scores are ordered by id. Raises SearchError."""
    if not records:
        raise SearchError("there are no records to index")
    records.sort(key=lambda record: record.id)
