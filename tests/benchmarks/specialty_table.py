"""Writes the table of docs/specialty.md from what `make specialty` measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.benchmarks.table import put

DOCS = Path(__file__).parents[2] / "docs"
NAMES = {
    "sample": "built-in corpus, 28 specialties",
    "cancergov": "CancerGov, expected Oncology",
    "counsel-chat": "counsel-chat, expected Psychology",
}
COLUMNS = "| records | told, from 0.7 | of these right | told, from 0.5 | of these right | all, right |"


def main() -> None:
    """Writes the table in place of the one that stands there."""
    measured: dict[str, Any] = json.loads((DOCS / "eval/specialty.json").read_text())
    put(DOCS / "specialty.md", COLUMNS, (_row(name, measured[key]) for key, name in NAMES.items()))


def _row(name: str, found: dict[str, Any]) -> str:
    at = {step["least"]: step for step in found["at"]}
    cells = [at[0.7]["coverage"], at[0.7]["right"], at[0.5]["coverage"], at[0.5]["right"], at[0.0]["right"]]
    return f"| {name} ({found['records']}) | " + " | ".join(f"{cell:.2f}".lstrip("0") for cell in cells) + " |\n"


if __name__ == "__main__":
    main()
