"""The gate: figures held against those measured before, so that a change that loses quality is seen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from search.errors import SearchError

HIGHER = ("ndcg@10", "mrr@10", "hit@1", "hit@10", "recall@100", "auroc")
LOWER = ("trap_rate",)
ALLOWED = 0.01  # a fall that changes of no consequence (another sum order, a record more) may bring


def read_figures(path: Path) -> dict[str, dict[str, Any]]:
    """The figures by name that a file holds. Raises SearchError where it holds anything else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(figures, dict) for figures in found.values()):
        raise SearchError(f"{path} holds no figures; give a file that --json wrote")
    return found


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
