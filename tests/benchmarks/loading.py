"""Times what it takes to build and to copy into Milvus, beside the folder build of the same records in the same run.

python -m tests.benchmarks.loading milvus://127.0.0.1:19530 RECORDS... --name sample --json docs/scaling/loading.json
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus.jsonl import read_all
from corpus.records import Record
from indexer.build import build as build_folder
from indexer.convert import encoder_in
from indexer.copy import copy
from indexer.milvus.build import build, cache_folder
from indexer.milvus.versions import Versions
from indexer.sources import FolderSource
from search.address import MilvusAddress, models_folder, parse
from search.layout import Layout
from search.milvus.client import Client
from tests.reliability.reports import write


def measure(records: list[Record], address: MilvusAddress, work: Path) -> dict[str, Any]:
    """Seconds and rates of each way; the folder is built first, and its cached vectors are given to the other."""
    encoder = encoder_in(models_folder())
    layout = Layout(work / "index")
    shutil.copytree(models_folder(), layout.models)
    found = {"folder, embedding everything": timed(lambda: build_folder(records, layout, encoder))}
    found["folder, vectors known"] = timed(lambda: build_folder(records, layout, encoder))
    shutil.copytree(layout.cache, cache_folder(address))
    found["Milvus, vectors known"] = timed(lambda: build(records, address, encoder))
    lines: list[str] = []
    other = MilvusAddress(address.uri, f"{address.name}_copy", address.token)
    found["copy from the folder to Milvus"] = timed(lambda: lines.extend(copy(layout.root, other)))
    found["copy from Milvus to a folder"] = timed(lambda: lines.extend(copy(address, work / "back")))
    manifest = FolderSource(layout.root).manifest
    passages = sum(manifest.passages.values())
    rates = {
        what: {
            "seconds": round(seconds, 1),
            "records a second": round(len(records) / seconds, 1),
            "passages a second": round(passages / seconds, 1),
        }
        for what, seconds in found.items()
    }
    return {"records": len(records), "passages": passages, **rates, "compared": [x for x in lines if "answers" in x]}


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> int:
    """Writes the figures beside those of other names in the file."""
    parser = argparse.ArgumentParser(description="Time loading into Milvus.")
    parser.add_argument("server", help="milvus://host:port of a server for tests")
    parser.add_argument("records", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1, help="of so many records, take one")
    parser.add_argument("--name", default="records")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    records = [item for item in read_all(args.records) if isinstance(item, Record)][:: args.every]
    address = parse(f"{args.server}/loading_{secrets.token_hex(4)}")
    assert isinstance(address, MilvusAddress)
    with tempfile.TemporaryDirectory(prefix="medqa-loading-") as work:
        os.environ["MEDQA_CACHE"] = f"{work}/cache"
        try:
            figures = measure(records, address, Path(work))
        finally:
            client = Client(address)
            server = client.server
            for name in (address.name, f"{address.name}_copy"):
                versions = Versions(client, name)
                for each in versions.all():
                    versions.drop(each)
            client.close()
    known = json.loads(args.json.read_text()) if args.json and args.json.exists() else {}
    kept = {name: value for name, value in known.items() if isinstance(value, dict) and "passages" in value}
    note = "other work ran on the machine at the same time: compare what stands beside each other, not the seconds"
    write(
        {"server": server, "load average": round(os.getloadavg()[1], 1), "note": note, **kept, args.name: figures},
        args.json,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
