"""SQLite files that are only read, by the path under which they lie, whatever characters it has."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def read_only(path: Path, immutable: bool = True) -> sqlite3.Connection:
    """The database in a file, for any thread to read; `immutable` where nobody writes to it while it is open."""
    more = "&immutable=1" if immutable else ""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro{more}", uri=True, check_same_thread=False)
