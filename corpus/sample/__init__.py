"""The built-in corpus: demonstration questions and answers, written for this project, not reviewed by physicians."""

from __future__ import annotations

from pathlib import Path


def paths() -> list[Path]:
    """The record files of the built-in corpus, one a specialty, sorted by name."""
    return sorted(Path(__file__).parent.glob("*.jsonl"))
