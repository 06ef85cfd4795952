"""A table in a page of docs/, put in the place of the one with the same head."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path


def put(page: Path, columns: str, rows: Iterable[str]) -> None:
    """Writes the rows, each a line, under these columns. Raises SystemExit unless the page has one such table."""
    head = f"{columns}\n{'|---' * (columns.count('|') - 1)}|\n"
    text, count = re.subn(re.escape(head) + r"(\|.*\n)+", lambda _: head + "".join(rows), page.read_text())
    if count != 1:
        raise SystemExit(f"{page} has {count} tables that begin with {columns}; expected 1")
    page.write_text(text)
