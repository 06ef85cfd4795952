"""The gate: figures held against those measured before, so that a change that loses quality is seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HIGHER = ("ndcg@10", "mrr@10", "hit@1", "hit@10", "recall@100", "auroc")
LOWER = ("trap_rate",)
ALLOWED = 0.01  # a fall that changes of no consequence (another sum order, a record more) may bring


def fallen(figures: Mapping[str, Mapping[str, Any]], floor: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A line for each figure that is worse than in `floor` by more than ALLOWED, or that is missing."""
    lines = []
    for pack, expected in floor.items():
        for name in (*HIGHER, *LOWER):
            if name in expected:
                found = figures.get(pack, {}).get(name)
                sign = -1 if name in LOWER else 1
                if found is None or sign * (expected[name] - found) > ALLOWED:
                    lines.append(f"{pack}: {name} was {expected[name]}, is now {found}")
    return lines
