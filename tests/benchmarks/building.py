"""Building timed: ours whole, in a process of its own; what an update costs; how fast the plain way embeds."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from corpus.jsonl import write
from corpus.passages import Part, part_text
from corpus.records import Record, to_json
from indexer.models import find
from search.dense import load_views
from search.layout import Layout, Manifest
from search.rows import PassageTable
from search.store import Store
from tests.benchmarks import plain

SAMPLED = 1536  # passages that the plain way embeds: enough to know its rate
CHANGED = 100  # one in so many records is changed by the update


def measure(records: Sequence[Record], work: Path) -> dict[str, Any]:
    """Seconds, rates, memory and disk for these records; leaves the index in `work`."""
    source, first, index = work / "records.jsonl", work / "first.jsonl", work / "index"
    shutil.rmtree(index, ignore_errors=True)
    shutil.rmtree(work / "plain", ignore_errors=True)
    write(records, source)
    write(records[:1], first)
    convert = _indexer("build", first, index)  # converts the model, which is done once
    build = _indexer("build", source, index)
    manifest = Manifest.load(_version(index))
    passages = sum(manifest.passages.values())
    rate = _plain_rate(index)
    changed = [replace(record, question=f"{record.question} And since Monday.") for record in records[::CHANGED]]
    write(changed, first)
    update = _indexer("update", first, index)
    again = _indexer("build", source, index)
    return {
        "records": len(records),
        "passages": passages,
        "kind": manifest.model.kind,
        "convert_s": convert["seconds"],
        "build": build | {"passages_per_s": round(passages / build["seconds"], 1)},
        "plain_passages_per_s": rate,
        "build_to_plain": round(passages / build["seconds"] / rate, 2),
        "update": update | {"records": len(changed), "to_build": round(update["seconds"] / build["seconds"], 3)},
        "rebuild_with_few_changed": again | {"to_build": round(again["seconds"] / build["seconds"], 3)},
        "disk_mb": {name: _megabytes(path) for name, path in
                    (("version", _version(index).root), ("model", index / "models"), ("cache", index / "cache"))},
        "dense": manifest.dense,
    }  # fmt: skip


def plain_index(work: Path) -> Path:
    """Folder of the plain way over the passages of the index in `work`, made if it is not there.

    Its vectors are those of the index, as embedding them the plain way would take half an hour.
    """
    folder = work / "plain"
    if not folder.exists():
        version = _version(work / "index")
        store, table = Store(version.records), PassageTable.load(version.passages)
        vectors = np.empty((len(table), Manifest.load(version).model.dimension), np.float32)
        for view in load_views(version.dense).values():
            vectors[view.rows] = view.vectors(view.rows)
        records = [json.dumps(to_json(record), ensure_ascii=False) for record in store.all()]
        plain.save(folder, find().load(), vectors, table.record, records)
    return folder


def _plain_rate(index: Path) -> float:
    """Passages a second that sentence-transformers embeds, of some from all over the corpus."""
    version = _version(index)
    store, table = Store(version.records), PassageTable.load(version.passages)
    texts = []
    for row in range(0, len(table), max(1, len(table) // SAMPLED)):
        place = table.place(row)
        [record] = store.records([place.record])
        text = part_text(record, place.part, place.answer)[place.start : place.end]
        texts.append(text if place.part is Part.TITLE else f"{record.title}\n{text}")
    model = find().load()
    model.encode(texts[:64], normalize_embeddings=True, show_progress_bar=False)
    start = time.perf_counter()
    model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    return round(len(texts) / (time.perf_counter() - start), 1)


def _indexer(command: str, source: Path, index: Path) -> dict[str, Any]:
    """Seconds and peak memory of an indexer's command in a process of its own."""
    code = (
        "import sys; from indexer.cli import main; code = main();"
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0], file=sys.stderr); sys.exit(code)"
    )
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, command, str(source), "--index", str(index)], capture_output=True, text=True
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(f"indexer {command}: {done.stderr.splitlines()[-1]}")
    return {"seconds": round(seconds, 1), "peak_mb": round(int(done.stderr.split()[-1]) / 1024)}


def _version(index: Path) -> Any:
    layout = Layout(index)
    return layout.version(layout.published() or "")


def _megabytes(folder: Path) -> float:
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6, 1)
