"""The quality gate: the built-in corpus, the real model, questions written for it, and the figures they had before."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.sample import paths
from search.layout import Layout

ROOT = Path(__file__).parents[1]
PACK, FLOOR = ROOT / "tests/packs/sample", ROOT / "docs/eval/sample.json"

pytestmark = pytest.mark.model


def indexer(*arguments: object) -> None:
    """Runs the command in a process of its own: the toy vocabularies of the other tests are not in it."""
    done = subprocess.run(
        [sys.executable, "-m", "indexer", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr.splitlines()[-1]


def test_no_figure_of_the_built_in_corpus_falls(tmp_path: Path, converted: Layout) -> None:
    """`make quality` writes the figures anew where a change is meant to move them."""
    found = tmp_path / "found.json"
    shutil.copytree(converted.root / "models", tmp_path / "index/models")
    indexer("build", *paths(), "--index", tmp_path / "index")
    indexer("evaluate", PACK, "--index", tmp_path / "index", "--floor", FLOOR, "--json", found)
    assert json.loads(found.read_text())["sample"]["queries"] == 280
