"""Which files of a version were found whole on this machine: one not touched since is not read again to open it.

A file is known by its size, its times and its place on the disk. Whoever writes to it changes one of these, the copy of
a folder has others, and `python -m indexer verify` reads everything whatever is known.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

SETTLED_NS = 100_000_000  # a file that was changed less long ago might be changed again with the same time

State = list[int]  # size, times of its last change in nanoseconds, inode


def state_of(path: Path) -> State:
    """By what a file is known."""
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def known(path: Path) -> dict[str, State]:
    """The states of files when they were found to have a digest, by `name digest`; none where nothing can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def note(path: Path, states: Mapping[str, State]) -> None:
    """Keeps the states of those that were not changed just now; nothing where the folder cannot be written to."""
    now = time.time_ns()
    settled = {name: state for name, state in states.items() if max(state[1:3]) < now - SETTLED_NS}
    if settled == known(path):
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        part.write_text(json.dumps(settled), encoding="utf-8")
        part.rename(path)
