"""Loading from a cluster: each machine cuts and encodes records and writes them into Milvus itself."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

from corpus.progress import Progress
from corpus.records import Record, content_hash
from indexer.derive import Deriver
from indexer.folder import say
from indexer.milvus.batches import some
from indexer.milvus.build import staging_folder
from indexer.milvus.loader import Loader
from indexer.spread.staging import stage
from indexer.spread.work import Columns, Machines, Opener, records_of
from search.address import MilvusAddress
from search.milvus.opening import client_of
from search.milvus.schema import NO_FAMILY, Collections

STAGED = 500  # records in a file


class Loading:
    """Writes records into the collections of a version, each with its row last, so that doing it twice changes nothing.

    `firsts` holds the row of the first record of the family, by id, of those that are in one.
    """

    def __init__(self, opener: Opener, address: MilvusAddress, names: Collections, firsts: Mapping[str, int]) -> None:
        folder = Path(mkdtemp(prefix="medqa-"))  # of caches that nobody asks: each record comes once
        self._deriver = Deriver(opener(), folder)
        weakref.finalize(self, _forget, self._deriver, folder)
        self._loader, self._firsts = Loader(client_of(address), names), firsts

    def __call__(self, batch: Columns) -> Columns:
        """The column `hash` of a batch, once its records stand there."""
        self._loader.put(self._deriver.pieces(records_of(batch)), self._firsts)
        return {"hash": batch["hash"]}


def _forget(deriver: Deriver, folder: Path) -> None:
    deriver.close()
    shutil.rmtree(folder, ignore_errors=True)


def load(
    address: MilvusAddress,
    machines: Machines,
    opener: Opener,
    names: Collections,
    records: Sequence[Record],
    firsts: Mapping[str, int],
) -> None:
    """Returns when every record stands in the collections. Raises SearchError when the cluster is lost.

    What was written before stands there: a build that goes on sends the others alone.
    """
    staging = staging_folder(address)
    families = {record.id: firsts[record.id] for record in records if firsts.get(record.id, NO_FAMILY) != NO_FAMILY}
    try:
        parts = ({content_hash(record): record for record in each} for each in some(records, STAGED))
        count = stage(parts, staging)
        say(f"{count:,} records go to the cluster")
        with Progress(count, "records written by the cluster") as progress:
            for batch in machines.done(staging, partial(Loading, opener, address, names, families)) if count else ():
                progress.add(len(batch["hash"]))
    finally:
        shutil.rmtree(staging, ignore_errors=True)
