"""Writes docs/reliability.md: each promise next to the test that holds it and its last figure."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
REPORTS = ROOT / "docs" / "reliability"
PAGE = ROOT / "docs" / "reliability.md"
HEAD = """# What can be trusted

Each promise stands next to the test that holds it and the last figure of that. Tests run in `make test`; figures with a
report are of a longer run, whose command and machine the report names (`make reliability`, `make soak`). This page is
written by `python -m tests.reliability.promises`.
"""
TAIL = """
## What is not promised

- Bytes that a disk keeps after a file was removed: erasure ends at the file system. Use an encrypted disk.
- Rows deleted in Milvus: its files hold them until it has compacted and collected its garbage, which erasure asks for.
- Backups and copies that others made: erase there as well.
- A damaged disk under an index that is open: files are hashed when they are opened, not each time they are read.
- Known faults of packages: their list is not looked up here. Give `make sbom` to a scanner.
- Rates of a client over several workers: each worker counts for itself.
"""


def promises() -> list[dict[str, str]]:
    """What is promised, in order."""
    return tomllib.loads((ROOT / "tests" / "reliability" / "promises.toml").read_text(encoding="utf-8"))["promise"]


def figure(promise: dict[str, str]) -> str:
    """The last figure of a promise, with a link to its report; a promise without one is held by each `make test`."""
    name = promise.get("report")
    if name is None:
        return "each `make test`"
    return f"{promise['figure'].format(**report(REPORTS / f'{name}.json'))} ([report](reliability/{name}.json))"


def report(path: Path) -> dict[str, Any]:
    """A report with its numbers as they are read."""
    value = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: f"{item:,}" if isinstance(item, int) else " to ".join(map(str, item)) if isinstance(item, list) else item
        for name, item in value.items()
    }


def page() -> str:
    """The whole page."""
    lines, part = [HEAD], ""
    for promise in promises():
        if promise["part"] != part:
            part = promise["part"]
            lines += [f"\n## {part}\n", "| promise | test | last figure |", "|---|---|---|"]
        file, _, name = promise["test"].partition("::")
        shown = name.replace("test_", "", 1).replace("_", " ") if name else Path(file).name
        lines.append(f"| {promise['says']} | [{shown}](../{file}) | {figure(promise)} |")
    return "\n".join(lines) + "\n" + TAIL


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
