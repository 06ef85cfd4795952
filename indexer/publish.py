"""Publishing: one writer at a time, versions on disk before they count, and one rename that makes a version live."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from search.errors import IndexRefused, SearchError
from search.layout import Layout, Version

# "12 requested and 5 written" is what numpy says of a full disk.
FULL = re.compile(r"no space left|disk is full|storagefull|quota exceeded|\d+ requested and \d+ written", re.IGNORECASE)
FAILED = ("disk I/O error", "iostream error")  # of a disk that fails, or is full, SQLite and OpenVINO say no more:
LEAST_ROOM = 1 << 20  # bytes; where there are fewer, the disk is full


@contextmanager
def writing(layout: Layout) -> Iterator[None]:
    """The index folder for one writer; ends with the process.

    Raises SearchError when another one is at work, and for what goes wrong with the folder in the block. Then nothing
    is left of a version that was begun there: a full disk would stay full.
    """
    try:
        layout.versions.mkdir(parents=True, exist_ok=True)
        layout.lock.touch()
    except OSError as error:
        raise _not_writable(layout, error) from None
    with open(layout.lock, "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SearchError(
                f"process {lock.read().strip()} is writing to {layout.root}; wait until it ends"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            with disk_of(layout.root):
                yield
        except PermissionError as error:
            if not Path(str(error.filename)).is_relative_to(layout.root):
                raise
            raise _not_writable(layout, error) from None
        except BaseException:
            _forget_unfinished(layout)
            raise


@contextmanager
def disk_of(folder: Path) -> Iterator[None]:
    """Raises SearchError where what goes wrong in the block is that the disk of a folder is full, or fails."""
    try:
        yield
    except Exception as error:  # a tokenizer has none of its own
        if not _full(str(error), folder):
            if not any(said in str(error) for said in FAILED):
                raise
            raise SearchError(f"the disk of {folder} fails, or is full ({error}); what is published is whole") from None
        why = f"there is no room left on the disk of {folder}; what is published is whole"
        raise SearchError(f"{why}. Make room and run the command again") from None


def sweep(layout: Layout) -> list[str]:
    """Ids of the unfinished and withdrawn versions that were removed: all that are newer than the published one.

    Where it cannot be known which one is published, only what was never finished is removed. What a killed build left
    on its way to a cluster goes as well.
    """
    shutil.rmtree(layout.staging, ignore_errors=True)
    current, whole = _live(layout), layout.history()
    found = sorted(path.name for path in layout.versions.iterdir())
    gone = [name for name in found if (name > current if current else name not in whole)]
    for version_id in gone:
        _remove(layout.version(version_id))
    return gone


def new_version(layout: Layout) -> str:
    """Id for a version that is built now: the time in UTC, later than every version on disk."""
    now = datetime.now(UTC)
    taken = {path.name for path in layout.versions.iterdir()}
    version_id = now.strftime("%Y%m%dT%H%M%S.%fZ")
    if taken and version_id <= max(taken):
        behind = f"the clock is behind version {max(taken)} of {layout.root}"
        raise SearchError(f"{behind}; set the clock or, where it is right, give another --index")
    return version_id


def publish(layout: Layout, version_id: str) -> None:
    """Makes a complete version the live one, and keeps only it and the one that was live before."""
    older = [name for name in layout.history() if name != version_id]
    before = _live(layout) or max(older, default="")
    sync_folder(layout.version(version_id).root)
    sync_path(layout.versions)
    _set_current(layout, version_id)
    for path in layout.versions.iterdir():
        if path.name not in (before, version_id):
            _remove(Version(path))


def rollback(layout: Layout) -> tuple[str, str]:
    """Ids (from, to) after the version that was live before is live again. Raises SearchError when there is none.

    Where it cannot be read which one is live, the newest version is made that.
    """
    older = layout.older()
    if not older:
        raise SearchError(f"{layout.root} holds no older version to go back to; build it again from its records")
    current = _live(layout) or "what could not be read"
    _set_current(layout, older[-1])
    return current, older[-1]


def forget_others(layout: Layout) -> list[str]:
    """Ids of the versions that were removed: all but the live one, and they do not come back after a power cut."""
    current = _live(layout)
    shutil.rmtree(layout.staging, ignore_errors=True)
    gone = sorted(path.name for path in layout.versions.iterdir() if path.name != current)
    for version_id in gone:
        _remove(layout.version(version_id))
        if layout.version(version_id).root.exists():
            raise SearchError(f"{layout.version(version_id).root} could not be removed whole; run the command again")
    sync_path(layout.versions)
    sync_path(layout.root)
    return gone


def sync_folder(folder: Path) -> None:
    """Returns when every file and folder below this one, and it itself, is on the disk and not only on its way there:
    first what is inside."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync_path(path)
    sync_path(folder)


def sync_path(path: Path) -> None:
    """The same for one file, or for the names in one folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _not_writable(layout: Layout, error: OSError) -> SearchError:
    return SearchError(f"{layout.root} cannot be written to ({error.strerror}); give another --index")


def _full(error: str, folder: Path) -> bool:
    """Whether an error is that the disk of this folder has no room."""
    no_room = any(said in error for said in FAILED) and shutil.disk_usage(folder).free < LEAST_ROOM
    return no_room or FULL.search(error) is not None


def _live(layout: Layout) -> str:
    """Id of the published version; empty where none is, or none that is on the disk is named."""
    try:
        current = layout.published()
    except IndexRefused:
        return ""
    return current if current and current in layout.history() else ""


def _forget_unfinished(layout: Layout) -> None:
    whole = layout.history()
    for path in layout.versions.iterdir():
        if path.name not in whole:
            _remove(Version(path))


def _remove(version: Version) -> None:
    """Removes a version, its manifest first: what is left when this is interrupted is none to go back to.

    A site just opening the version may put a lock file there meanwhile; what is left goes with the next publish.
    """
    version.manifest.unlink(missing_ok=True)
    version.checked.unlink(missing_ok=True)
    shutil.rmtree(version.root, ignore_errors=True)


def _set_current(layout: Layout, version_id: str) -> None:
    part = layout.current.with_suffix(".part")
    part.write_text(version_id + "\n")
    sync_path(part)
    part.replace(layout.current)
    sync_path(layout.root)
    sync_path(layout.root.parent)  # the folder itself may be new
