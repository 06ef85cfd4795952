"""What was found whole is not read again, and what was touched is."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from indexer.build import build
from search import checked, layout
from search.errors import IndexRefused
from search.layout import Layout, Manifest, Version
from tests.toy_encoder import ToyEncoder
from tests.toy_records import BY_ROW

LONG_AGO = 100 * 365 * 24 * 3600 * 10**9


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were read whole, as they are."""
    names: list[str] = []
    whole = layout.file_hash
    monkeypatch.setattr(layout, "file_hash", lambda path: names.append(path.name) or whole(path))
    return names


@pytest.fixture
def version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Version:
    """A version whose files were all changed long ago, as it were."""
    monkeypatch.setattr(checked, "SETTLED_NS", -LONG_AGO)
    built = build(BY_ROW, Layout(tmp_path / "index"), ToyEncoder())
    return Layout(tmp_path / "index").version(built.manifest.id)


def check(version: Version, again: bool = False) -> None:
    Manifest.load(version).check_files(version, again)


def test_what_the_build_found_whole_is_not_read_to_open_it(version: Version, read: list[str]) -> None:
    check(version)
    assert read == []
    check(version, again=True)
    assert sorted(read) == sorted(path.name for path in version.files())


def test_what_was_touched_is_read_and_refused_if_it_was_changed(version: Version, read: list[str]) -> None:
    data = bytearray(version.passages.read_bytes())
    before = version.passages.stat()
    version.passages.write_bytes(data)
    check(version)
    assert read == [version.passages.name]
    data[-1] ^= 1
    version.passages.write_bytes(data)
    os.utime(version.passages, ns=(before.st_atime_ns, before.st_mtime_ns))  # as if it had not been written to
    for _ in range(2):
        with pytest.raises(IndexRefused, match=r"passages\.npy was changed"):
            check(version)


def test_another_file_in_its_place_is_read(version: Version, read: list[str]) -> None:
    copy = version.passages.with_suffix(".copy")
    shutil.copy2(version.passages, copy)
    copy.replace(version.passages)
    check(version)
    assert read == [version.passages.name]


def test_a_copy_of_the_folder_is_read_once(version: Version, read: list[str], tmp_path: Path) -> None:
    shutil.copytree(version.root.parents[1], tmp_path / "copy")
    copied = Layout(tmp_path / "copy").version(version.root.name)
    check(copied)
    assert len(read) == len(list(version.files()))
    check(copied)
    assert len(read) == len(list(version.files()))


def test_what_was_changed_just_now_is_not_known(
    version: Version, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checked, "SETTLED_NS", LONG_AGO)
    check(version, again=True)
    check(version)
    assert len(read) == 2 * len(list(version.files()))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"passages.npy": 1}'])
def test_what_cannot_be_read_is_not_known(version: Version, read: list[str], text: str) -> None:
    version.checked.write_text(text)
    check(version)
    assert len(read) == len(list(version.files()))


def test_a_folder_that_cannot_be_written_to_is_opened_all_the_same(version: Version, read: list[str]) -> None:
    shutil.rmtree(version.checked.parent)
    version.checked.parent.write_text("no folder")
    check(version)
    check(version)
    assert len(read) == 2 * len(list(version.files()))
    assert version.checked.parent.read_text() == "no folder"


def test_a_removed_version_is_forgotten(version: Version) -> None:
    index = Layout(version.root.parents[1])
    for count in range(2):
        time.sleep(0.001)  # a version is named by its time
        build(BY_ROW[count:], index, ToyEncoder())
    assert not version.root.exists()
    assert sorted(path.stem for path in (index.root / "checked").iterdir()) == index.history()
