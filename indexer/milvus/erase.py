"""Erasure in Milvus: records are taken out of the live version, and every other place that may hold them is removed."""

from __future__ import annotations

import shutil
from collections.abc import Iterable

from indexer.build import Changes
from indexer.derive import deriving
from indexer.erase import Erased
from indexer.milvus.build import Desk, cache_folder, update_at, writing
from indexer.milvus.finish import forget_states
from indexer.milvus.marks import mark, marked, unmark
from search.address import MilvusAddress
from search.encoder import Encoder
from search.errors import SearchError
from search.milvus.schema import Collections

ERASING = "erasing"  # mark of the records that are being erased


def erase(ids: frozenset[str], address: MilvusAddress, encoder: Encoder) -> Erased:
    """Removes records from an index in Milvus for good: no collection of it holds anything of them afterwards.

    The server is asked to rewrite its files without them, which it does in its own time. Interrupted, it is finished
    by running it again. Raises SearchError when an id stands in no version, and when nothing would be left.
    """
    with writing(address, "the erasure is not finished; run the command again, and it goes on from there") as desk:
        live = desk.versions.live()
        if live is None:
            raise SearchError(f"there is no index in {address}; nothing was erased")
        loader = desk.loader(live)
        here = set(loader.held())
        begun = marked(loader, ERASING)
        others = [each for each in desk.versions.all() if each != live]
        if strange := sorted(ids - here - begun - _ids_of(desk, others)):
            raise SearchError(f"cannot erase {strange[0]}: no version of {address} holds it; nothing was erased")
        if here <= ids:
            raise SearchError(f"these are all records of {address}; drop its collections instead")
        mark(loader, ERASING, ids | begun)
        held, state = ids & here, desk.versions.state_of(live)
        if held:
            with deriving(encoder, cache_folder(address)) as deriver:
                state = update_at(Changes(removed=held), desk, live, deriver).manifest.id
        for each in others:
            desk.versions.drop(each)
        shutil.rmtree(cache_folder(address), ignore_errors=True)
        forget_states(loader, (state,))
        unmark(loader, ERASING)  # last of what is to be done, as it shows the next command what is left
        loader.flush()
        desk.client.flush(live.about)
        for name in live.all():
            desk.client.compact(name)
        return Erased(state, len(held), tuple(each.version for each in others))


def _ids_of(desk: Desk, versions: Iterable[Collections]) -> set[str]:
    """Ids of the records of these versions, unfinished ones too."""
    there, found = set(desk.client.collections()), set[str]()
    for names in versions:
        if names.records in there and desk.client.finished(names.records):
            desk.client.load(names.records)
            found |= desk.loader(names).held().keys()
    return found
