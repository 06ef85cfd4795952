"""The quality gate: the built-in corpus, the real model, questions written for it, and the figures they had before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import indexer

ROOT = Path(__file__).parents[1]
PACK, FLOOR = ROOT / "tests/packs/sample", ROOT / "docs/eval/sample.json"

pytestmark = pytest.mark.model


def test_no_figure_of_the_built_in_corpus_falls(tmp_path: Path, sample_index: Path) -> None:
    """`make quality` writes the figures anew where a change is meant to move them."""
    found = tmp_path / "found.json"
    indexer("evaluate", PACK, "--index", sample_index, "--floor", FLOOR, "--json", found)
    assert json.loads(found.read_text())["sample"]["queries"] == 280
