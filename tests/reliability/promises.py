"""Writes docs/reliability.md: each promise next to the test that holds it and its last figure."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
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
- Backups and copies that others made: erase there as well.
- A damaged disk under an index that is open: files are hashed when they are opened, not each time they are read.
- Known faults of packages: their list cannot be fetched where this was made. Give `make sbom` to a scanner.
- Rates of a client over several workers: each worker counts for itself.
"""


def promises() -> list[dict[str, str]]:
    """What is promised, in order."""
    return tomllib.loads((ROOT / "tests" / "reliability" / "promises.toml").read_text(encoding="utf-8"))["promise"]


def cases() -> Counter[str]:
    """How many cases each test file and each test has."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: Counter[str] = Counter()
    for line in done.stdout.splitlines():
        if match := re.match(r"(tests/[\w/]+\.py)(::[\w:]+)?", line):
            found[match[1]] += 1
            found[match[1] + (match[2] or "")] += 1
    return found


def figure(promise: dict[str, str], counted: Counter[str]) -> str:
    """The last figure of a promise, with a link to its report where it has one."""
    if name := promise.get("report"):
        path = REPORTS / f"{name}.json"
        if not path.exists():
            return f"no report yet: `make {'soak' if name == 'soak' else 'reliability'}`"
        return f"{promise['figure'].format(**report(path))} ([report](reliability/{name}.json))"
    count = counted[promise["test"]]
    return f"{count} case{'s' if count != 1 else ''}"


def report(path: Path) -> dict[str, Any]:
    """A report with its numbers as they are read."""
    value = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: f"{item:,}" if isinstance(item, int) else " to ".join(map(str, item)) if isinstance(item, list) else item
        for name, item in value.items()
    }


def page(counted: Counter[str]) -> str:
    """The whole page."""
    lines, part = [HEAD], ""
    for promise in promises():
        if promise["part"] != part:
            part = promise["part"]
            lines += [f"\n## {part}\n", "| promise | test | last figure |", "|---|---|---|"]
        file, _, name = promise["test"].partition("::")
        shown = name.replace("test_", "", 1).replace("_", " ") if name else Path(file).name
        lines.append(f"| {promise['says']} | [{shown}](../{file}) | {figure(promise, counted)} |")
    return "\n".join(lines) + "\n" + TAIL


if __name__ == "__main__":
    PAGE.write_text(page(cases()), encoding="utf-8")
