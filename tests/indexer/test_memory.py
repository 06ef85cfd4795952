"""What an index may take up in memory is said when it is built, and kept."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import pytest

from indexer import folder as steps
from indexer.build import Changes, build, update
from indexer.cli import main
from search.command import size
from search.dense import MEMORY, DenseView, View, build_views
from search.layout import Layout, Manifest
from tests.toy_encoder import ToyEncoder
from tests.toy_records import LIP, RECORDS


@pytest.mark.parametrize(
    ("text", "found"), [("1", 1), ("500M", 500 << 20), ("2G", 2 << 30), ("2gb", 2 << 30), (" 3k ", 3072)]
)
def test_sizes_are_read(text: str, found: int) -> None:
    assert size(text) == found


@pytest.mark.parametrize("text", ["", "0", "-1", "2T", "G", "1.5G", "0M", "much"])
def test_what_is_no_size_is_said(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="must be a size such as 500M or 2G"):
        size(text)


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bytes for each vector that the views of each build were allowed."""
    seen: list[int] = []

    def noted(parts: object, vectors: object, memory: int) -> dict[View, DenseView]:
        seen.append(memory)
        return build_views(parts, vectors, memory)  # type: ignore[arg-type]

    monkeypatch.setattr(steps, "build_views", noted)
    return seen


def test_it_is_shared_among_all_vectors_and_kept_by_updates(tmp_path: Path, allowed: list[int]) -> None:
    layout = Layout(tmp_path / "index")
    changes = Changes(put=[replace(LIP, title="Lip")])
    built = [
        build(RECORDS, layout, ToyEncoder(), memory=100_000),
        update(changes, layout, ToyEncoder()),
        update(changes, layout, ToyEncoder(), memory=50_000),
    ]
    passages = [sum(each.manifest.passages.values()) for each in built]
    assert allowed == [100_000 // passages[0], 100_000 // passages[1], 50_000 // passages[2]]
    assert Manifest.load(layout.version(layout.published() or "")).memory == 50_000


def test_where_nobody_says_it_is_chosen(tmp_path: Path, allowed: list[int]) -> None:
    layout = Layout(tmp_path / "index")
    built = build(RECORDS, layout, ToyEncoder()).manifest
    assert (built.memory, allowed) == (0, [MEMORY])
    assert '"memory"' not in layout.version(built.id).manifest.read_text()  # as programs expect from before it was kept


def test_what_is_no_size_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["build", "records.jsonl", "--index", str(tmp_path), "--memory", "much"])
    assert stop.value.code == 2
    assert "must be a size such as 500M or 2G, found much" in capsys.readouterr().err
