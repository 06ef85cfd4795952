"""Measures the pages with Lighthouse and writes their scores into docs/benchmarks/lighthouse.json.

python -m tests.benchmarks.lighthouse PROGRAM --index var/index      (PROGRAM: the lighthouse that npm installed)

Each page is loaded as by Lighthouse's phone (slow network, slow processor) and as by its desktop. Exit 1 below LEAST.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.benchmarks.serving import served
from tests.browser.chromium import ARGUMENTS, CHROMIUM

REPORT = Path(__file__).parents[2] / "docs/benchmarks/lighthouse.json"
QUESTION = "my hand is numb and tingling at night"
PAGES = {
    "home": "/",
    "results": f"/?q={quote(QUESTION)}",
    "page": "/qa/sample:neurology-02",
    "browse": "/browse",
    "map": "/map",
    "about": "/about",
}
CATEGORIES = ("performance", "accessibility", "best-practices")
PRESETS = {"phone": (), "desktop": ("--preset=desktop",)}
LEAST = 95


def main() -> int:
    """Writes the scores, 0 to 100, of every page; 1 if one is below LEAST."""
    parser = argparse.ArgumentParser(description="Measure the pages with Lighthouse.")
    parser.add_argument("program", type=Path)
    parser.add_argument("--index", type=Path, default=Path("var/index"))
    options = parser.parse_args()
    with served(options.index) as site:
        pages = {
            f"{name} ({preset})": _measure(options.program, site.address + path, flags)
            for name, path in PAGES.items()
            for preset, flags in PRESETS.items()
        }
    version = json.loads((options.program.resolve().parents[1] / "package.json").read_text())["version"]
    REPORT.write_text(json.dumps({"lighthouse": version, "least": LEAST, "pages": pages}, indent=2) + "\n")
    low = [
        f"{page} {name} {scores[name]}" for page, scores in pages.items() for name in CATEGORIES if scores[name] < LEAST
    ]
    print(
        f"{REPORT}: {len(pages)} measurements, "
        + (f"below {LEAST}: {', '.join(low)}" if low else f"all at least {LEAST}")
    )
    return 1 if low else 0


def _measure(program: Path, address: str, flags: tuple[str, ...]) -> dict[str, Any]:
    chromium = " ".join(ARGUMENTS)
    only = f"--only-categories={','.join(CATEGORIES)}"
    command = [program, address, "--quiet", "--output=json", only, f"--chrome-flags={chromium}", *flags]
    done = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"CHROME_PATH": str(CHROMIUM)}, check=False
    )
    if done.returncode:
        raise RuntimeError(f"lighthouse failed on {address}: {done.stderr[-400:]}")
    report = json.loads(done.stdout)
    scores = {name: round(100 * report["categories"][name]["score"]) for name in CATEGORIES}
    failed = [
        item["id"]
        for item in report["audits"].values()
        if item["score"] is not None and item["score"] < 0.9 and item["scoreDisplayMode"] in ("binary", "numeric")
    ]
    return {**scores, "bytes": report["audits"]["total-byte-weight"]["numericValue"], "below": sorted(failed)}


if __name__ == "__main__":
    sys.exit(main())
