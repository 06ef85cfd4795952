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
HIDDEN = "import sys; sys.modules['openvino'] = None; from search.cli import main; sys.exit(main())"
# Both commands and the vectors of the probes by one process: torch takes longer to import than all of that.
BUILD_AND_ASK = """
import sys
sys.modules["openvino"] = None
import pathlib
import numpy as np
import indexer.cli, search.cli
from search.encoder import PROBES, ModelEncoder
records, index, vectors = sys.argv[1:]
code = indexer.cli.main(["build", records, "--index", index])
code = code or search.cli.main(["ask", "my lower lip twitches", "--index", index, "--json"])
[model] = pathlib.Path(index, "models").iterdir()
np.save(vectors, ModelEncoder.load(model).encode(PROBES))
sys.exit(code)
"""


def without(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs a program in a process that finds no OpenVINO."""
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.model
def test_an_index_is_built_and_asked_on_torch(converted: Layout, tmp_path: Path) -> None:
    records, vectors = tmp_path / "records.jsonl", tmp_path / "vectors.npy"
    write(RECORDS, records)
    layout = Layout(tmp_path / "index")
    done = without(BUILD_AND_ASK, records, layout.root, vectors)
    assert done.returncode == 0, done.stderr
    assert "openvino is not installed here: the encoder runs on torch" in done.stderr
    assert Manifest.load(layout.version(layout.published() or "")).model.kind == "torch"
    published, found = done.stdout.split("\n", 1)
    assert published.startswith("published ")
    assert json.loads(found)["results"][0]["id"] == "toy:lip"
    fast = ModelEncoder.load(next(converted.models.iterdir())).encode(PROBES)
    slow = np.load(vectors)
    assert (fast * slow).sum(axis=1).min() > 0.99
    np.testing.assert_allclose(np.linalg.norm(slow, axis=1), 1, atol=1e-5)


@pytest.mark.model
def test_a_model_made_for_openvino_is_refused_without_it(sample_index: Path) -> None:
    asked = without(HIDDEN, "ask", "my lower lip twitches", "--index", sample_index)
    assert asked.returncode == 1
    assert len(asked.stderr.splitlines()) == 1
    assert "runs on openvino, which is not installed here; install it, or delete that folder and build" in asked.stderr
