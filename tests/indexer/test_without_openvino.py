"""Where OpenVINO is not installed, torch runs the encoder: the same commands, and nearly the same vectors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from corpus.jsonl import write
from search.encoder import PROBES, ModelEncoder
from search.layout import Layout, Manifest
from tests.toy_records import RECORDS

ROOT = Path(__file__).parents[2]
HIDDEN = "import sys; sys.modules['openvino'] = None; from {0}.cli import main; sys.exit(main())"


def without(package: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs a command in a process that finds no OpenVINO."""
    return subprocess.run(
        [sys.executable, "-c", HIDDEN.format(package), *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.model
def test_an_index_is_built_and_asked_on_torch(converted: Layout, tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    write(RECORDS, records)
    layout = Layout(tmp_path / "index")
    built = without("indexer", "build", records, "--index", layout.root)
    assert built.returncode == 0, built.stderr
    assert "openvino is not installed here: the encoder runs on torch" in built.stderr
    card = Manifest.load(layout.version(layout.published() or "")).model
    assert card.kind == "torch"
    asked = without("search", "ask", "my lower lip twitches", "--index", layout.root, "--json")
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout)["results"][0]["id"] == "toy:lip"
    fast = ModelEncoder.load(next(converted.models.iterdir())).encode(PROBES)
    slow = ModelEncoder.load(layout.model(card.fingerprint)).encode(PROBES)
    assert (fast * slow).sum(axis=1).min() > 0.99
    np.testing.assert_allclose(np.linalg.norm(slow, axis=1), 1, atol=1e-5)


@pytest.mark.model
def test_a_model_made_for_openvino_is_refused_without_it(sample_index: Path) -> None:
    asked = without("search", "ask", "my lower lip twitches", "--index", sample_index)
    assert asked.returncode == 1
    assert len(asked.stderr.splitlines()) == 1
    assert "runs on openvino, which is not installed here; install it, or delete that folder and build" in asked.stderr
