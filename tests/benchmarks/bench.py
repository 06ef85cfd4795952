"""`make bench`: ours, the plain way and txtai side by side in one run, and how it grows, as JSON.

python -m tests.benchmarks.bench RECORDS... --work FOLDER [--parts build,ask] [--every N] [--sizes N...] [--json FILE]

`--work` keeps what was built, so that a run without the part `build` takes the index that is there; the part `whole`
takes those of other sizes that it made of the same records before. Parts that are not
run keep the figures that the JSON file has of them, each with the time of its own run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from corpus.jsonl import read_all, replacing
from corpus.records import Record
from corpus.sample import paths
from search.dense import Vectors, load_views
from search.encoder import ModelEncoder
from search.layout import Layout, Manifest
from tests.benchmarks import building, growth, sites, whole

QUESTIONS = 200
SIZES = (100_000, 300_000, 1_000_000)
TXTAI_EVERY = 16  # txtai embeds a dozen records a second: it gets a part of them, and is no worse off for it when asked
TXTAI = Path("var/txtai/bin/python")


def main() -> None:
    parser = argparse.ArgumentParser(description="Time ours against the plain way and txtai.")
    parser.add_argument("records", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every Nth record only")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is built; it is kept")
    parser.add_argument("--parts", default=",".join(PARTS), help="which parts to run (default: %(default)s)")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="passages of the parts growth and whole")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    args = parser.parse_args()
    wanted = args.parts.split(",")
    if strange := set(wanted) - PARTS.keys():
        parser.error(f"no part is named {sorted(strange)[0]}; there are {', '.join(PARTS)}")
    args.work.mkdir(parents=True, exist_ok=True)
    figures = json.loads(args.json.read_text()) if args.json and args.json.exists() else {}
    for name in wanted:
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        found = PARTS[name](args)
        figures[name] = {"run": datetime.now(UTC).isoformat(timespec="minutes"), "machine": machine(), **found}
        print(json.dumps({name: found}), flush=True)
        if args.json:
            with replacing(args.json) as file:
                file.write(json.dumps(figures, indent=2) + "\n")


def machine() -> dict[str, Any]:
    """What it ran on, and how much else ran there: the mean number of processes that wanted a core in that minute."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    load = float(Path("/proc/loadavg").read_text().split()[0])
    cores = sum(line.startswith("processor") for line in lines)
    return {"processor": model or platform.machine(), "cores": cores, "load": load, "python": platform.python_version()}


def _build(args: argparse.Namespace) -> dict[str, Any]:
    records = [item for item in read_all(args.records) if isinstance(item, Record)][:: args.every]
    return building.measure(records, args.work)


def _ask(args: argparse.Namespace) -> dict[str, Any]:
    asked = _questions(args.work)
    ours = _json_of("tests.benchmarks.asking", "ours", args.work / "index", asked)
    plain = _json_of("tests.benchmarks.asking", "plain", _plain(args.work), asked)
    ratio = round(ours["cold"]["p50_ms"] / plain["cold"]["p50_ms"], 3)
    return {"ours": ours, "plain": plain, "p50_to_plain": ratio}


def _http(args: argparse.Namespace) -> dict[str, Any]:
    return sites.measure(args.work / "index", _plain(args.work), _questions(args.work))


def _txtai(args: argparse.Namespace) -> dict[str, Any]:
    if not TXTAI.exists():
        return {"missing": f"{TXTAI} is not there; make bench installs it"}
    part = args.work / "part.jsonl"
    with open(args.work / "plain" / "records.jsonl", encoding="utf-8") as file:
        part.write_text("".join(islice(file, 0, None, TXTAI_EVERY)), encoding="utf-8")
    model = _plain(args.work) / "model"
    script = Path(__file__).with_name("txtai_way.py")
    command = [str(TXTAI), str(script), str(part), str(model), str(_questions(args.work))]
    offline = os.environ | {"HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=offline)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _growth(args: argparse.Namespace) -> dict[str, Any]:
    layout = Layout(args.work / "index")
    encoder = ModelEncoder.load(layout.model(_manifest(layout).model.fingerprint))
    questions = encoder.encode(json.loads(_questions(args.work).read_text()))
    return {"views": growth.measure(_vectors(layout), questions, list(args.sizes), args.work)}


def _whole(args: argparse.Namespace) -> dict[str, Any]:
    _questions(args.work)
    sizes = [size for size in args.sizes if size in (min(args.sizes), max(args.sizes))]
    return {"indexes": whole.measure(args.work, sizes)}


PARTS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "build": _build, "ask": _ask, "http": _http, "txtai": _txtai, "growth": _growth, "whole": _whole,
}  # fmt: skip


def _questions(work: Path) -> Path:
    """File of as many questions: messages of the built-in corpus, each a little different."""
    messages = [item.question for item in read_all(paths()) if isinstance(item, Record) and item.question]
    path = work / "questions.json"
    path.write_text(json.dumps([f"{messages[n % len(messages)]} {n}" for n in range(QUESTIONS)]))
    return path


def _plain(work: Path) -> Path:
    """Folder that the plain way opens, with vectors of every passage; the model is the same."""
    return building.plain_index(work)


def _vectors(layout: Layout) -> Vectors:
    """The vectors of all views of the index, one after another."""
    return np.concatenate([view.vectors(view.rows) for view in load_views(_version(layout) / "dense").values()])


def _manifest(layout: Layout) -> Manifest:
    return Manifest.load(layout.version(layout.published() or ""))


def _version(layout: Layout) -> Path:
    return layout.version(layout.published() or "").root


def _json_of(module: str, *arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


if __name__ == "__main__":
    main()
