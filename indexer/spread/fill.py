"""Filling the caches from a cluster: what they do not know is sent there, so that a build finds everything known."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial

import numpy as np

from corpus.progress import Progress
from corpus.records import Record, content_hash
from indexer.cache import EmbeddingCache, key_of
from indexer.cuts import CutCache, passages_at
from indexer.folder import say
from indexer.spread.staging import stage
from indexer.spread.work import Encoding, Machines, Opener, rows
from search.encoder import Encoder
from search.layout import Layout

LOOKED_UP = 500  # records whose vectors are looked up together, to see whether all of them are known


def fill(records: Sequence[Record], layout: Layout, encoder: Encoder, cluster: Machines, opener: Opener) -> int:
    """Count of records that were cut and encoded on the cluster: all that the caches of the index do not know.

    What comes back is in the caches at once: after a kill, only what was on its way is sent again. `opener` opens on
    the machines of the cluster the same encoder as `encoder`. Raises SearchError when the cluster is lost.
    """
    cuts, vectors = CutCache(layout.cache, encoder.card), EmbeddingCache(layout.cache, encoder.card)
    with closing(cuts), closing(vectors):
        try:
            count = stage(_unknown(records, cuts, vectors), layout.staging)
            say(f"{count:,} records go to the cluster, {len(records) - count:,} are known")
            with Progress(count, "records encoded on the cluster") as progress:
                for batch in cluster.done(layout.staging, partial(Encoding, opener)) if count else ():
                    some = rows(batch, encoder.card.dimension)
                    keys = [key for each in some for key in each.keys]
                    vectors.put(keys, np.concatenate([each.vectors for each in some]))
                    cuts.put((each.hash, each.places) for each in some)
                    progress.add(len(some))
        finally:
            shutil.rmtree(layout.staging, ignore_errors=True)  # it holds what the records say
    return count


def _unknown(records: Sequence[Record], cuts: CutCache, vectors: EmbeddingCache) -> Iterator[dict[str, Record]]:
    """Records by content hash of which the caches lack the cuts or a vector, some at a time."""
    for start in range(0, len(records), LOOKED_UP):
        some = {content_hash(record): record for record in records[start : start + LOOKED_UP]}
        keys = {
            digest: [key_of(passage.embedded) for passage in passages_at(some[digest], places)]
            for digest, places in cuts.get(list(some)).items()
        }
        known = vectors.get(list({key for each in keys.values() for key in each}))
        whole = {digest for digest, each in keys.items() if known.keys() >= set(each)}
        yield {digest: record for digest, record in some.items() if digest not in whole}
