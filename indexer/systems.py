"""What the ranking is held against: each of its parts alone, and itself without each, over the same candidates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indexer.bootstrap import interval
from indexer.measures import Pack, Run, by_query, measure
from search.fusion import Weights

OURS = "ours"
# Parts that can be had without reading a question anew. The weights stand for themselves: what is 0 is left out.
PARTS = {
    "words": Weights(title=0.0, body=0.0, words=1.0, heading=0.0),
    "title vectors": Weights(title=1.0, body=0.0, words=0.0, heading=0.0),
    "message and answer vectors": Weights(title=0.0, body=1.0, words=0.0, heading=0.0),
}
COMPARED = ("ndcg@10", "mrr@10", "hit@1")


def compare(pack: Pack, runs: Mapping[str, Run]) -> dict[str, Any]:
    """Figures of each system's run, with the bounds of the mean and those of the difference to OURS, query by query.

    Bounds are for 95% confidence (`bootstrap.interval`); a difference whose bounds hold 0 may be chance.
    """
    ours = by_query(pack, runs[OURS])
    return {name: measure(pack, run) | _bounds(by_query(pack, run), ours) for name, run in runs.items()}


def _bounds(found: Mapping[str, Mapping[str, float]], ours: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    bounds: dict[str, Any] = {}
    for name in COMPARED:
        values = list(found[name].values())
        if values:
            gains = [ours[name][query] - value for query, value in found[name].items()]
            bounds[f"{name} bounds"] = interval(values)
            bounds[f"ours above, {name}"] = (round(sum(gains) / len(gains), 4), *interval(gains))
    return bounds
