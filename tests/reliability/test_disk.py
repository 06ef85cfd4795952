"""A full disk, a folder that is read-only, and a power cut: what is published stays, and what is wrong is said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from indexer import publish as publishing
from indexer.build import Changes, build, update
from indexer.cli import main
from indexer.erase import erase
from indexer.publish import rollback
from search.layout import Layout
from search.opening import open_index
from tests.reliability.full_disk import ROOM_KB
from tests.toy_encoder import ToyEncoder
from tests.toy_records import LIP, RECORDS

ROOT = Path(__file__).parents[2]
NOBODY = 65534


@pytest.fixture
def own_mounts() -> None:
    """The test may mount; else it is skipped."""
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("unshare --mount is not permitted here, so that there is no small disk to fill")


@pytest.mark.usefixtures("own_mounts")
def test_a_build_on_a_full_disk_leaves_what_is_published(tmp_path: Path, ontology: Path, departments: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    run = f"{sys.executable} -m tests.reliability.full_disk {disk} {ontology} {departments}"
    command = ["unshare", "--mount", "sh", "-c", f"mount -t tmpfs -o size=2m none {disk} && exec {run}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("there is no room left on the disk of") == len(ROOM_KB)
    assert done.stdout.endswith("with room again: built, and nothing is left over\n")


@pytest.mark.usefixtures("own_mounts")
@pytest.mark.parametrize("command", ["update --remove toy:lip", "rollback", "erase toy:lip"])
def test_a_read_only_folder_is_said_in_one_line(index: Layout, command: str, toy_model: None) -> None:
    build(RECORDS, index, ToyEncoder())
    inside = (
        "import sys; from indexer.cli import main; from search.encoder import ModelEncoder;"
        "from tests.toy_encoder import ToyEncoder; ModelEncoder.load = lambda folder, streams=1: ToyEncoder();"
        "sys.exit(main(sys.argv[1:]))"
    )
    mount = f"mount --bind {index.root} {index.root} && mount -o remount,ro,bind {index.root}"
    run = ["unshare", "--mount", "sh", "-c", f'{mount} && exec "$@"', "sh", sys.executable, "-c", inside]
    done = subprocess.run(
        [*run, *command.split(), "--index", str(index.root)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    why = "cannot be written to (Read-only file system); give another --index"
    assert done.stderr == f"python -m indexer: {index.root} {why}\n"


@pytest.fixture
def public(built: Path) -> Iterator[Path]:
    """The toy index where every user may read it, and nobody write."""
    with tempfile.TemporaryDirectory(prefix="medqa-public-") as folder:
        root = Path(shutil.copytree(built, Path(folder) / "index"))
        for path in (*root.rglob("*"), root, Path(folder)):
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield root


def test_an_index_that_is_read_only_is_served_to_a_plain_user(public: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can become another user to try this")
    before = {path: path.stat().st_mtime_ns for path in public.rglob("*")}
    ask = (
        "import sys; from pathlib import Path; from search.opening import open_index; from search.hits import Question;"
        "from tests.toy_encoder import ToyEncoder; engine = open_index(Path(sys.argv[1]), ToyEncoder());"
        "print(engine.search(Question('Is lip twitching a stroke?')).hits[0].record.id)"
    )
    who = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    command = [*who, sys.executable, "-c", ask, str(public)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("toy:lip\n", 0), done.stderr
    assert {path: path.stat().st_mtime_ns for path in public.rglob("*")} == before


class Disk:
    """What a power cut would leave of an index folder: files and names that were synced, as they were then."""

    def __init__(self, root: Path, kept: Path) -> None:
        self.root, self.kept, self.copies = root, kept, 0
        self.contents: dict[Path, Path] = {}  # file -> copy of what it held when it was synced
        self.names: dict[Path, set[str]] = {}  # folder -> names in it when it was synced
        self.cuts: list[Path] = []
        for path in (root, *root.rglob("*")):
            self.note(path)

    def note(self, path: Path) -> None:
        """The path is on the disk now as it is."""
        if path.is_dir():
            self.names[path] = {child.name for child in path.iterdir()}
        elif path.is_file():
            self.copies += 1
            self.contents[path] = Path(shutil.copy(path, self.kept / str(self.copies)))

    def cut(self) -> None:
        """Writes down what would be there if the power went now: of what was not synced, names alone or nothing."""
        for survives in (False, True):  # whether names that were not synced are there, with empty files behind them
            self.copies += 1
            target = self.kept / f"cut{self.copies}"
            self._restore(self.root, target, survives)
            self.cuts.append(target)

    def _restore(self, folder: Path, target: Path, unsynced_names: bool) -> None:
        target.mkdir()
        now = {child.name for child in folder.iterdir()} if folder.is_dir() else set()
        names = self.names.get(folder, set()) | (now if unsynced_names else set())
        for name in names:
            path = folder / name
            if path in self.names or path.is_dir():
                self._restore(path, target / name, unsynced_names)
            elif path in self.contents:
                shutil.copy(self.contents[path], target / name)
            else:
                (target / name).write_bytes(b"")


@pytest.fixture
def disk(index: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """The index folder on a disk whose power is cut before and after every sync, and around the rename."""
    kept = tmp_path / "kept"
    kept.mkdir()
    found = Disk(index.root, kept)
    renames: dict[Path, Path] = {}
    sync, replace_file = publishing.sync_path, Path.replace

    def recorded(path: Path) -> None:
        sync(path)
        if path == index.root.parent:
            return
        found.note(path)
        if path == index.root:
            found.contents.update(renames)
        if path.is_dir() or path.name.startswith("CURRENT"):
            found.cut()

    def renamed(path: Path, target: Path) -> Path:
        content, before = found.contents[path], found.contents.get(target)
        done = replace_file(path, target)
        found.cut()  # the old file may still be the one on the disk
        found.contents[target] = content
        found.cut()  # or the new one
        if before:
            found.contents[target] = before
        renames[target] = content
        return done

    monkeypatch.setattr(publishing, "sync_path", recorded)
    monkeypatch.setattr("indexer.erase.sync_path", recorded)
    monkeypatch.setattr(Path, "replace", renamed)
    return found


def held(root: Path) -> frozenset[tuple[str, str]]:
    """Ids and titles of the records that an index answers with."""
    engine = open_index(root, ToyEncoder())
    found = frozenset((record_id, engine.record(record_id).title) for record_id in engine.ids())
    engine.close()
    return found


CHANGED = replace(LIP, title="Changed")


@pytest.mark.parametrize("step", ["build", "update", "rollback", "erase"])
def test_a_power_cut_at_any_sync_leaves_the_old_index_or_the_new_one(index: Layout, step: str, disk: Disk) -> None:
    if step in ("rollback", "erase"):
        build([LIP, *RECORDS[1:3]], index, ToyEncoder())
        disk.cuts.clear()
    before = held(index.root)
    match step:
        case "build":
            build([CHANGED], index, ToyEncoder())
        case "update":
            update(Changes(put=[CHANGED]), index, ToyEncoder())
        case "rollback":
            rollback(index)
        case "erase":
            erase(frozenset({LIP.id}), index, ToyEncoder())
    after = held(index.root)
    found = [held(cut) for cut in disk.cuts]
    assert len(found) >= 6
    assert set(found) == {before, after}
    assert found[0] == before
    assert found[-1] == after


def test_what_was_erased_does_not_come_back_with_the_power(index: Layout, disk: Disk) -> None:
    build(RECORDS, index, ToyEncoder())
    erase(frozenset({LIP.id}), index, ToyEncoder())
    last = disk.cuts[-2]  # names that were not synced are not there
    assert sorted(path.name for path in (last / "versions").iterdir()) == [index.published()]


@pytest.mark.usefixtures("toy_model")
def test_the_simulated_loss_is_seen_where_nothing_is_synced(
    index: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The simulation itself: without the syncs, the same cut leaves an index that does not open."""
    kept = tmp_path / "kept"
    kept.mkdir()
    disk = Disk(index.root, kept)
    build([CHANGED], index, ToyEncoder())
    disk.contents[index.current] = index.current  # the name of the new version reached the disk, nothing else did
    disk.cut()
    for cut in disk.cuts:
        assert main(["verify", "--index", str(cut)]) == 1
