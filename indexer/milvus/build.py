"""Building, updating and erasing in Milvus: records -> rows, batch by batch -> what they give together -> live."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus.progress import Progress
from corpus.records import Record, content_hash
from indexer.build import Built, Changes, check
from indexer.derive import Deriver, Pieces, deriving
from indexer.folder import corpus_hash, say
from indexer.milvus.batches import some
from indexer.milvus.finish import firsts_of, forget_states, make_current, write_state
from indexer.milvus.lease import Lease, leased
from indexer.milvus.loader import Held, Loader
from indexer.milvus.marks import PENDING, mark, marked, unmark
from indexer.milvus.verify import verify_state
from indexer.milvus.versions import Versions, new_id, recipe_of
from search.address import MilvusAddress
from search.encoder import Encoder
from search.errors import HomeLost, IndexRefused, SearchError
from search.milvus.client import Client
from search.milvus.opening import client_of
from search.milvus.schema import Collections

BATCH = 500  # records that are cut, embedded and sent at once: what is in memory beside the records themselves


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a writer works: one index in one Milvus, which is his for the time of a block."""

    client: Client
    versions: Versions
    lease: Lease

    def loader(self, names: Collections) -> Loader:
        return Loader(self.client, names)


@contextmanager
def writing(address: MilvusAddress, otherwise: str) -> Iterator[Desk]:
    """The index for one writer. Raises SearchError when another is at work, and says `otherwise` of a lost server."""
    try:
        client = client_of(address)
        with leased(lambda: Lease(client, address.name, address)) as lease:
            shutil.rmtree(staging_folder(address), ignore_errors=True)  # of a build that was killed
            yield Desk(client, Versions(client, address.name), lease)
    except HomeLost as error:
        raise HomeLost(f"{error}; {otherwise}") from None


Elsewhere = Callable[[Collections, Sequence[Record], Mapping[str, int]], object]


def build(
    records: Iterable[Record], address: MilvusAddress, encoder: Encoder, elsewhere: Elsewhere | None = None
) -> Built:
    """Builds, verifies and publishes a version that holds these records, and no others.

    A build of the same records that was interrupted is gone on with: what stands there is not made again. `elsewhere`
    writes records by other machines (`indexer.spread.load`), given where to, and the row of the first of each family.
    """
    listed = list(records)
    check(listed)
    with (
        writing(address, "what is published is as it was; run the command again, and it goes on from there") as desk,
        deriving(encoder, cache_folder(address)) as deriver,
    ):
        names = _begun(desk, listed, encoder)
        loader = desk.loader(names)
        held = loader.held()
        missing = [record for record in listed if _content(held, record) != content_hash(record)]
        if held:
            say(f"going on with version {names.version}, which holds {len(listed) - len(missing):,} records already")
        whole = deriver.whole(listed)
        firsts = firsts_of(whole.families, listed)
        if elsewhere is None:
            _send(missing, deriver.pieces, lambda pieces: loader.put(pieces, firsts), desk.lease.check)
        else:
            elsewhere(names, missing, firsts)
        say("writing what is of all records")
        state = write_state(loader, listed, whole, encoder.card, names.version)
        loader.flush()
        verify_state(loader, state.manifest, encoder)
        desk.lease.check()
        make_current(loader, state)
        desk.versions.publish(names)
        if len(missing) == len(listed):
            deriver.forget_rest()
    return Built(state.manifest, deriver.embedded)


def update(changes: Changes, address: MilvusAddress, encoder: Encoder) -> Built:
    """Makes the changes in the live version, in place, and verifies it.

    Readers see a record as it was or as it is, and the counts of the whole once all is done. Interrupted, it is
    finished by running it again. Raises SearchError when there is no live version, or when a record to be removed is
    not in it.
    """
    with (
        writing(address, "the update is not finished; run the command again, and it goes on from there") as desk,
        deriving(encoder, cache_folder(address)) as deriver,
    ):
        names = desk.versions.live()
        if names is None:
            raise SearchError(f"there is no index in {address} to update; build one first")
        return update_at(changes, desk, names, deriver)


def update_at(changes: Changes, desk: Desk, names: Collections, deriver: Deriver) -> Built:
    """The live version, changed in place: records first, then what is of them all. Raises SearchError."""
    loader = desk.loader(names)
    before = desk.versions.manifest(names)
    if before.model != deriver.encoder.card:
        raise IndexRefused(
            f"{desk.client.address} was made by {before.model.name} ({before.model.fingerprint[:12]}), "
            f"this is {deriver.encoder.card.name} ({deriver.encoder.card.fingerprint[:12]}); build the index again"
        )
    pending = marked(loader, PENDING)
    held = {record.id: record for record in loader.records()}
    again = changes.removed & pending - held.keys()  # removed already by the update that was interrupted
    records = Changes(changes.put, changes.removed - again).made_to(held.values(), desk.client.address)
    check(records)
    touched = {record.id for record in records if held.get(record.id) != record} | (pending & {r.id for r in records})
    gone = (held.keys() | pending) - {record.id for record in records}
    mark(loader, PENDING, touched | gone)
    whole = deriver.whole(records)
    firsts = firsts_of(whole.families, records)

    def put(pieces: Pieces) -> None:
        loader.put(pieces, firsts)
        loader.tidy(pieces.records)

    _send([record for record in records if record.id in touched], deriver.pieces, put, desk.lease.check)
    loader.remove(gone)
    state = write_state(loader, records, whole, deriver.encoder.card, new_id())
    verify_state(loader, state.manifest, deriver.encoder)
    desk.lease.check()
    make_current(loader, state)
    unmark(loader, PENDING)
    forget_states(loader, (before.id, state.manifest.id))
    return Built(state.manifest, deriver.embedded)


def _begun(desk: Desk, records: Sequence[Record], encoder: Encoder) -> Collections:
    recipe = recipe_of(corpus_hash(content_hash(record) for record in records), encoder.card)
    begun = desk.versions.begun(recipe)
    desk.versions.rest()
    return desk.versions.begin(recipe, encoder.card.dimension, begun)


def _send(
    records: Sequence[Record],
    derive: Callable[[Sequence[Record]], Pieces],
    put: Callable[[Pieces], None],
    check: Callable[[], None],
) -> None:
    """Derives the records batch by batch, and sends each while the next one is made."""
    sent: Future[None] | None = None
    with Progress(len(records), "records written") as progress, ThreadPoolExecutor(1, "sending") as beside:
        for batch in some(records, BATCH):
            pieces = derive(batch)
            check()
            if sent is not None:
                sent.result()
            sent = beside.submit(put, pieces)
            progress.add(len(batch))
        if sent is not None:
            sent.result()


def _content(held: dict[str, Held], record: Record) -> str:
    return held[record.id].hash if record.id in held else ""


def cache_folder(address: MilvusAddress) -> Path:
    """Where embeddings for an index in Milvus are kept on this machine, so that an interrupted build goes on.

    A folder for each index in $MEDQA_CACHE, else var/cache; it may be removed at any time.
    """
    root = Path(os.environ.get("MEDQA_CACHE") or "var/cache")
    return root / re.sub(r"[^A-Za-z0-9_.-]+", "-", str(address).partition(":")[2].strip("/"))


def staging_folder(address: MilvusAddress) -> Path:
    """Where the records of a build are on their way to a cluster, while it runs there."""
    return cache_folder(address).resolve() / "staging"
