"""Makes the map: record vectors laid out in a picture by t-SNE, so that what is near means something similar.

t-SNE keeps neighbours together and says nothing about far distances; neither does UMAP, which would bring numba and
llvmlite, ten times the size of all else that serving needs.
"""

from __future__ import annotations

import warnings

import numpy as np

from search.dense import Vectors
from search.map import Places

DIMENSIONS = 50  # of the vectors that t-SNE reads; more cost time and change little
PERPLEXITY = 30  # neighbours that a record counts as its own
JITTER = 1e-4  # of a unit vector: far less than what tells two texts apart
SEED = 7  # the same records give the same map
FEWEST = 4  # records that make a map
LIKENESS_NEIGHBOURS = 10
LIKENESS_SAMPLE = 2_000


def lay_out(vectors: Vectors) -> Places:
    """Places of records with these unit vectors, shape (records, 2), each coordinate 0 to 1."""
    count = len(vectors)
    if count < FEWEST:
        return np.asarray(np.linspace(0.1, 0.9, count)[:, None].repeat(2, axis=1), np.float32)
    from sklearn.decomposition import PCA  # takes a second to load, and few builds make a map
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    perplexity = min(PERPLEXITY, (count - 1) / 3)
    with warnings.catch_warnings(), threadpool_limits(1):  # more threads wait for each other where the machine is busy
        warnings.simplefilter("ignore")  # of vectors that are all alike: dividing by their spread
        few = PCA(min(DIMENSIONS, count - 1, vectors.shape[1]), random_state=SEED).fit_transform(vectors)
        few += np.random.default_rng(SEED).normal(0, JITTER, few.shape)  # t-SNE crashes where nothing differs
        places = TSNE(2, perplexity=perplexity, init="pca", random_state=SEED).fit_transform(few)
    low, high = places.min(axis=0), places.max(axis=0)
    spread = np.where(high > low, high - low, 1)
    return np.asarray(np.clip((places - low) / spread, 0, 1), np.float32)


def likeness(vectors: Vectors, places: Places) -> tuple[float, float]:
    """Share of the nearest records on the map that are among as many times five nearest by meaning; and by chance.

    Over at most LIKENESS_SAMPLE records, evenly taken.
    """
    rows = np.arange(0, len(vectors), max(1, len(vectors) // LIKENESS_SAMPLE))
    kept = []
    for row in rows:
        cosines, distances = vectors @ vectors[row], ((places - places[row]) ** 2).sum(axis=1)
        cosines[row], distances[row] = -np.inf, np.inf
        near = np.argsort(distances)[:LIKENESS_NEIGHBOURS]
        meant = np.argsort(-cosines)[: 5 * LIKENESS_NEIGHBOURS]
        kept.append(np.isin(near, meant).mean())
    return float(np.mean(kept)), min(1.0, 5 * LIKENESS_NEIGHBOURS / max(1, len(vectors) - 1))
