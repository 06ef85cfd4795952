"""Where an index lies on disk, and its manifest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from search.errors import IndexRefused
from search.layout import FORMAT, Layout, Manifest, ModelCard, Version, file_hash

MANIFEST = Manifest(
    format=FORMAT,
    id="20261122T080000.000000Z",
    built="2026-11-22T08:00:00Z",
    model=ModelCard("toy", "70" * 32, 9, 16),
    records=7,
    passages={"answer": 9, "title": 5},
    dense={"title": {"kind": "exact", "bytes": 0, "recall": 1.0, "ef": 0}},
    corpus="c0" * 32,
    files={"dense/title.faiss": "d0" * 32},
)


@pytest.fixture
def version(tmp_path: Path) -> Version:
    """An empty folder for a version."""
    return Version(tmp_path)


def test_a_manifest_is_the_same_after_the_disk(version: Version) -> None:
    MANIFEST.save(version)
    assert Manifest.load(version) == MANIFEST
    assert json.loads(version.manifest.read_text())["model"] == {
        "name": "toy",
        "fingerprint": "70" * 32,
        "dimension": 9,
        "max_tokens": 16,
        "kind": "f32",
    }


def test_another_format_is_refused_with_both_named(version: Version) -> None:
    replace(MANIFEST, format=FORMAT + 1).save(version)
    with pytest.raises(
        IndexRefused, match=f"expected index format {FORMAT}, found {FORMAT + 1}; build the index again"
    ):
        Manifest.load(version)


def test_another_format_may_have_other_fields(version: Version) -> None:
    version.manifest.write_text('{"format": 99}')
    with pytest.raises(IndexRefused, match=f"expected index format {FORMAT}, found 99"):
        Manifest.load(version)


def test_a_missing_manifest_is_refused(version: Version) -> None:
    with pytest.raises(IndexRefused, match="has no manifest; roll back or build the index again"):
        Manifest.load(version)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", f'{{"format": {FORMAT}}}', f'{{"format": {FORMAT}, "model": 3}}']
)
def test_a_broken_manifest_is_refused_by_name(version: Version, text: str) -> None:
    version.manifest.write_text(text)
    with pytest.raises(IndexRefused, match=r"manifest\.json cannot be read \(.*\); roll back or build again"):
        Manifest.load(version)


def test_published(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    assert layout.published() is None
    layout.current.write_text("")
    assert layout.published() is None
    layout.current.write_text("20261122T080000.000000Z\n")
    assert layout.published() == "20261122T080000.000000Z"


def test_history_is_the_finished_versions_oldest_first(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    assert layout.history() == []
    for name in ("2026b", "2026a", "2026c", ".2026d"):
        layout.version(name).root.mkdir(parents=True)
    for name in ("2026b", "2026a", ".2026d"):
        layout.version(name).manifest.write_text("{}")
    assert layout.history() == ["2026a", "2026b"]


def test_the_files_of_a_version_are_all_but_the_manifest(version: Version) -> None:
    for name in ("records.sqlite", "manifest.json", "dense/title.faiss", "lexical/.lock", "lexical/manifest.json"):
        (version.root / name).parent.mkdir(exist_ok=True)
        (version.root / name).write_text(name)
    assert [str(path.relative_to(version.root)) for path in version.files()] == [
        "dense/title.faiss",
        "lexical/.lock",
        "lexical/manifest.json",
        "records.sqlite",
    ]


def test_file_hash(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"toy")
    assert file_hash(tmp_path / "file") == hashlib.sha256(b"toy").hexdigest()
