"""Publishing: one writer at a time, nothing half published, and a way back. Processes here are real ones."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from indexer import publish as publishing
from indexer.build import build
from indexer.derive import Deriver
from indexer.publish import new_version, publish, rollback, sweep, writing
from indexer.verify import verify
from search.errors import SearchError
from search.hits import Question
from search.layout import Layout
from search.opening import open_index
from tests.toy_encoder import ToyEncoder
from tests.toy_records import LIP, RECORDS

ROOT = Path(__file__).parents[2]

# A process that builds LIP alone, and says so and stands still when it comes to the place named by its second argument.
BUILD = """
import sys, time
from pathlib import Path
from unittest import mock
from indexer.build import build
from search.layout import Layout
from tests.toy_encoder import ToyEncoder
from tests.toy_records import LIP

def stop(*given, **named):
    print("here", flush=True)
    time.sleep(600)

with mock.patch("indexer.derive.ontology_file", lambda: Path(sys.argv[3])), mock.patch(sys.argv[2], stop):
    build([LIP], Layout(Path(sys.argv[1])), ToyEncoder())
"""
BEFORE_IT_IS_LIVE = (
    "indexer.folder.Lexical.build",
    "indexer.build.verify",
    "pathlib.Path.replace",  # the rename itself
)
AFTER_IT_IS_LIVE = ("indexer.publish._remove",)


@contextmanager
def stopped_build(layout: Layout, place: str, ontology: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that is in the middle of a build, killed with -9 at the end."""
    command = [sys.executable, "-c", BUILD, str(layout.root), place, str(ontology)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def answers(layout: Layout) -> list[str]:
    """What the published version answers."""
    engine = open_index(layout.root, ToyEncoder())
    found = [hit.record.id for hit in engine.search(Question("I have a rash")).hits]
    engine.close()
    return found


def versions(layout: Layout) -> list[str]:
    return sorted(path.name for path in layout.versions.iterdir())


@pytest.mark.parametrize("place", BEFORE_IT_IS_LIVE)
def test_a_build_killed_before_the_rename_changes_nothing(
    index: Layout, place: str, ontology: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, answered = index.published(), answers(index)
    with stopped_build(index, place, ontology) as process:
        assert process.poll() is None
    assert process.returncode == -signal.SIGKILL
    assert index.published() == before
    assert verify(index.version(before or ""), ToyEncoder()).records == len(RECORDS)
    assert answers(index) == answered
    [unfinished] = set(versions(index)) - {before}

    built = build([LIP], index, ToyEncoder())

    assert f"removed {unfinished}, which was never finished or was rolled back" in capsys.readouterr().err
    assert versions(index) == [before, built.manifest.id]
    assert answers(index) == [LIP.id]


@pytest.mark.parametrize("place", AFTER_IT_IS_LIVE)
def test_a_build_killed_after_the_rename_is_live(index: Layout, place: str, ontology: Path) -> None:
    first = index.published()
    second = build(RECORDS, index, ToyEncoder()).manifest.id  # so that there is an old version to remove
    with stopped_build(index, place, ontology):
        pass
    live = index.published() or ""
    assert live not in (first, second)
    assert answers(index) == [LIP.id]
    assert verify(index.version(live), ToyEncoder()).records == 1
    third = build(RECORDS, index, ToyEncoder()).manifest.id
    assert versions(index) == [live, third]


def test_a_second_writer_is_refused_with_the_first_one_named(index: Layout, ontology: Path) -> None:
    before = index.published()
    with stopped_build(index, "indexer.derive.embed", ontology) as process:
        with pytest.raises(SearchError, match=f"^process {process.pid} is writing to .*; wait until it ends$"):
            build(RECORDS, index, ToyEncoder())
        with pytest.raises(SearchError, match=f"process {process.pid} is writing"), writing(index):
            pass
        assert index.published() == before
    with writing(index):
        assert index.lock.read_text() == str(os.getpid())


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SearchError, match=r"file/index cannot be written to \(Not a directory\); give another --index"):
        build(RECORDS, Layout(tmp_path / "file" / "index"), ToyEncoder())


def test_so_is_one_in_which_only_the_lock_can_be_written(index: Layout) -> None:
    said = r"index cannot be written to \(Permission denied\); give another --index"
    with pytest.raises(SearchError, match=said), writing(index):
        raise PermissionError(errno.EACCES, "Permission denied", str(index.versions / "new"))


@pytest.mark.parametrize(
    ("error", "free", "said"),
    [
        (
            sqlite3.OperationalError("disk I/O error"),
            1 << 30,
            r"the disk of .* fails, or is full \(disk I/O error\)",
        ),  # a disk that fails
        (sqlite3.OperationalError("disk I/O error"), 4096, "there is no room left on the disk"),
        (sqlite3.OperationalError("database or disk is full"), 1 << 30, "there is no room left on the disk"),
        (OSError(errno.ENOSPC, "No space left on device"), 1 << 30, "there is no room left on the disk"),
        (
            Exception("No space left on device (os error 28)"),
            1 << 30,
            "there is no room left on the disk",
        ),  # tokenizers
        (RuntimeError("basic_ios::clear: iostream error"), 4096, "there is no room left on the disk"),  # OpenVINO
    ],
)
def test_a_full_disk_is_told_from_one_that_fails(
    index: Layout, error: Exception, free: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing.shutil, "disk_usage", lambda folder: SimpleNamespace(free=free))
    with pytest.raises(SearchError, match=said), writing(index):
        raise error


def test_a_disk_that_is_full_after_the_publish_is_not_said_to_have_left_the_old_version(
    index: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(deriver: Deriver) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    before = index.published()
    monkeypatch.setattr(Deriver, "forget_rest", full)
    with pytest.raises(SearchError, match=r"no room left .*; what is published is whole"):
        build([LIP], index, ToyEncoder())
    assert index.published() != before


def test_rollback_publishes_the_version_before(index: Layout) -> None:
    first = index.published()
    second = build([LIP], index, ToyEncoder()).manifest.id
    assert rollback(index) == (second, first)
    assert index.published() == first
    assert len(answers(index)) == len(RECORDS)


def test_without_an_older_version_there_is_no_way_back(index: Layout, tmp_path: Path) -> None:
    only = index.published()
    with pytest.raises(SearchError, match="index holds no older version to go back to"):
        rollback(index)
    assert index.published() == only
    second = build([LIP], index, ToyEncoder()).manifest.id
    assert rollback(index) == (second, only)
    with pytest.raises(SearchError, match="holds no older version"):
        rollback(index)
    with pytest.raises(SearchError, match="holds no older version"):
        rollback(Layout(tmp_path / "none"))


def test_a_version_rolled_back_is_removed_by_the_next_build(index: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    first = index.published()
    second = build([LIP], index, ToyEncoder()).manifest.id
    rollback(index)
    capsys.readouterr()
    third = build([LIP], index, ToyEncoder()).manifest.id
    assert capsys.readouterr().err.startswith(f"removed {second}, which was never finished or was rolled back\n")
    assert versions(index) == [first, third]


def test_the_version_that_was_live_before_is_kept_and_no_other(index: Layout) -> None:
    ids = [build(RECORDS, index, ToyEncoder()).manifest.id for _ in range(3)]
    assert versions(index) == ids[1:] == index.history()


def test_a_version_that_is_half_removed_is_none_to_go_back_to(index: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    first = index.published() or ""
    second = build(RECORDS, index, ToyEncoder()).manifest.id

    remove = publishing.shutil.rmtree

    def interrupted(path: str | Path, *given: object, **named: object) -> None:
        if Path(path).parent == index.versions:
            raise KeyboardInterrupt
        remove(path, *given, **named)

    monkeypatch.setattr(publishing.shutil, "rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build(RECORDS, index, ToyEncoder())
    assert first in versions(index)
    assert rollback(index)[1] == second
    with pytest.raises(SearchError, match="holds no older version"):
        rollback(index)


def test_versions_are_named_in_the_order_they_are_made(index: Layout) -> None:
    first = new_version(index)
    assert first > (index.published() or "")
    assert new_version(index) > first
    index.version("29991231T000000.000000Z").root.mkdir()
    said = (
        r"the clock is behind version 29991231T000000\.000000Z of .*; set the clock or, where it is right, give another"
    )
    with pytest.raises(SearchError, match=said):
        new_version(index)


def test_a_sweep_removes_what_is_newer_than_the_live_version(index: Layout) -> None:
    live = index.published()
    for name in ("20000101T000000.000000Z", "29990101T000000.000000Z", "29980101T000000.000000Z"):
        index.version(name).root.mkdir()
    assert sweep(index) == ["29980101T000000.000000Z", "29990101T000000.000000Z"]
    assert versions(index) == ["20000101T000000.000000Z", live]


def test_a_version_is_on_the_disk_before_it_is_live(index: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    live = index.version(index.published() or "")
    monkeypatch.setattr(publishing, "sync_path", lambda path: synced.append(os.path.relpath(path, index.root)))
    publish(index, live.root.name)
    at_current = synced.index("CURRENT.part")
    name = f"versions/{live.root.name}"
    files = {str(path.relative_to(index.root)) for path in [*live.files(), live.manifest]}
    folders = {f"{name}/{part}" for part in ("columns", "dense", "headings", "lexical", "terms", "words")}
    assert set(synced[:at_current]) == files | {"versions", name} | folders
    assert synced[at_current:] == ["CURRENT.part", ".", ".."]


def test_a_file_cut_short_by_a_full_disk_is_no_room(tmp_path: Path) -> None:
    with (
        pytest.raises(SearchError, match=f"there is no room left on the disk of {tmp_path}"),
        writing(Layout(tmp_path)),
    ):
        raise OSError("12672 requested and 2016 written")
