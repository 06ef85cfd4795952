"""What cutting and encoding on a Ray cluster costs and gains on this machine, beside the plain build in the same run.

python -m tests.benchmarks.ray_build RECORDS... --work FOLDER [--every N] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus.jsonl import read_all, replacing, write
from corpus.records import Record
from search.layout import Layout, Manifest
from tests.benchmarks.bench import machine


def main() -> None:
    parser = argparse.ArgumentParser(description="Time builds on a Ray cluster of this machine against plain ones.")
    parser.add_argument("records", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every Nth record only")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is built; it is emptied")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    args.work.mkdir(parents=True)
    source, first = args.work / "records.jsonl", args.work / "first.jsonl"
    records = [item for item in read_all(args.records) if isinstance(item, Record)][:: args.every]
    write(records, source)
    write(records[:1], first)
    built(first, args.work / "model", [])  # converts the model, which every other build takes over
    ways = {"plain": [], "ray, 1 encoder": ["--ray", "local", "--encoders", "1"],
            "ray, 2 encoders": ["--ray", "local", "--encoders", "2"]}  # fmt: skip
    found = {name: measured(name, source, args.work, options) for name, options in ways.items()}
    plain = found["plain"]["seconds"]
    figures = {
        "run": datetime.now(UTC).isoformat(timespec="minutes"), "machine": machine(), "records": len(records),
        "ways": {name: {**each, "to_plain": round(each["seconds"] / plain, 2)} for name, each in found.items()},
    }  # fmt: skip
    print(json.dumps(figures, indent=2))
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        with replacing(args.json) as file:
            file.write(json.dumps(figures, indent=2) + "\n")


def measured(name: str, source: Path, work: Path, options: list[str]) -> dict[str, Any]:
    """A build into a folder of its own, and one after it that finds everything known: the steps but for encoding."""
    index = work / name.replace(",", "").replace(" ", "-")
    index.mkdir()
    shutil.copytree(work / "model" / "models", index / "models")
    whole = built(source, index, options)
    again = built(source, index, [])
    version = Layout(index).version(Layout(index).published() or "")
    manifest = Manifest.load(version)
    passages = sum(manifest.passages.values())
    encoding = whole - again
    return {
        "seconds": round(whole, 1), "seconds_again": round(again, 1), "passages": passages,
        "records_per_s": round(manifest.records / whole, 1),
        "encoding_records_per_s": round(manifest.records / encoding, 1),
        "encoding_passages_per_s": round(passages / encoding, 1),
    }  # fmt: skip


def built(source: Path, index: Path, options: list[str]) -> float:
    """Seconds of a build in a process of its own."""
    command = [sys.executable, "-m", "indexer", "build", str(source), "--index", str(index), *options]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.splitlines()[-1])
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
