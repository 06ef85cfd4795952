"""Publishing: one writer at a time, versions on disk before they count, and one rename that makes a version live."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from search.errors import SearchError
from search.layout import Layout, Version


@contextmanager
def writing(layout: Layout) -> Iterator[None]:
    """The index folder for one writer. Raises SearchError when another one is at work; ends with the process."""
    try:
        layout.versions.mkdir(parents=True, exist_ok=True)
        layout.lock.touch()
    except OSError as error:
        raise SearchError(f"{layout.root} cannot be written to ({error.strerror}); give another --index") from None
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
        yield


def sweep(layout: Layout) -> list[str]:
    """Ids of the unfinished and withdrawn versions that were removed: all that are newer than the published one."""
    current = layout.published() or ""
    newer = sorted(path.name for path in layout.versions.iterdir() if path.name > current)
    for version_id in newer:
        _remove(layout.version(version_id))
    return newer


def new_version(layout: Layout) -> str:
    """Id for a version that is built now: the time in UTC, later than every version on disk."""
    now = datetime.now(UTC)
    taken = {path.name for path in layout.versions.iterdir()}
    version_id = now.strftime("%Y%m%dT%H%M%S.%fZ")
    if taken and version_id <= max(taken):
        raise SearchError(f"the clock is behind version {max(taken)} of {layout.root}; set the clock")
    return version_id


def publish(layout: Layout, version_id: str) -> None:
    """Makes a complete version the live one, and keeps only it and the one that was live before."""
    before = layout.published()
    sync(layout.version(version_id))
    _set_current(layout, version_id)
    for path in layout.versions.iterdir():
        if path.name not in (before, version_id):
            _remove(Version(path))


def rollback(layout: Layout) -> tuple[str, str]:
    """Ids (from, to) after the version that was live before is live again. Raises SearchError when there is none."""
    current = layout.published()
    older = [version_id for version_id in layout.history() if current and version_id < current]
    if not current or not older:
        raise SearchError(f"{layout.root} holds no older version to go back to")
    _set_current(layout, older[-1])
    return current, older[-1]


def sync(version: Version) -> None:
    """Returns when every file of the version is on the disk and not only on its way there."""
    for path in [*version.files(), version.manifest]:
        _sync_path(path)
    for folder in {path.parent for path in version.files()} | {version.root, version.root.parent}:
        _sync_path(folder)


def _remove(version: Version) -> None:
    """Removes a version, its manifest first: what is left when this is interrupted is none to go back to.

    A site just opening the version may put a lock file there meanwhile; what is left goes with the next publish.
    """
    version.manifest.unlink(missing_ok=True)
    shutil.rmtree(version.root, ignore_errors=True)


def _set_current(layout: Layout, version_id: str) -> None:
    part = layout.current.with_suffix(".part")
    part.write_text(version_id + "\n")
    _sync_path(part)
    part.replace(layout.current)
    _sync_path(layout.root)


def _sync_path(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
