"""What the ranking is held against: each of its parts alone, and itself without each, over the same candidates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from indexer.bootstrap import interval
from indexer.measures import Pack, Run, by_query, measure
from search.engine import System
from search.fusion import QUESTION_WEIGHTS, Weights

OURS = "ours"
ALONE = Weights(title=0.0, body=0.0, words=0.0, heading=0.0, against=0.0, named=0.0)
# Parts alone, and ours without a step, as far as that can be had without reading a question anew.
PARTS: dict[str, System] = {
    "words": lambda _: replace(ALONE, words=1.0),
    "title vectors": lambda _: replace(ALONE, title=1.0),
    "message and answer vectors": lambda _: replace(ALONE, body=1.0),
    "without words": lambda weights: replace(weights, words=0.0),
    "without headings": lambda weights: replace(weights, heading=0.0),
    "without names": lambda weights: replace(weights, named=0.0),
    "without contrasts": lambda weights: replace(weights, against=0.0),
    "one set of weights": lambda _: QUESTION_WEIGHTS,
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
