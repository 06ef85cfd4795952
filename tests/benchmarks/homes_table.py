"""Writes the table of docs/distributed.md from what `make homes` measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.benchmarks.table import put

DOCS = Path(__file__).parents[2] / "docs"
COLUMNS = (
    "| pack | questions | records | overlap of the first ten | same ten in the same order "
    "| nDCG@10, folder and Milvus | p50, folder and Milvus | p95 |"
)


def main() -> None:
    """Writes the table in place of the one that stands there."""
    measured: dict[str, Any] = json.loads((DOCS / "eval/homes.json").read_text())
    put(DOCS / "distributed.md", COLUMNS, (_row(name, measured[name]) for name in sorted(measured)))


def _row(name: str, found: dict[str, Any]) -> str:
    figures, times = found["ndcg@10"], found["ms"]
    cells = [
        name, f"{found['queries']:,}", f"{found['records']:,}", f"{found['overlap@10']:.4f}",
        f"{found['same first ten in the same order']:.1%}", f"{figures['one']:.4f}, {figures['other']:.4f}",
        *(f"{times['one'][point]:.0f}, {times['other'][point]:.0f} ms" for point in ("p50", "p95")),
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |\n"


if __name__ == "__main__":
    main()
