"""`make bench`: building and asking against the plain way (sentence-transformers and a flat index), in one run.

python -m tests.benchmarks.bench RECORDS... [--every N] [--json FILE]
python -m tests.benchmarks.bench --asking INDEX [--json FILE]      only asking, of an index that is there
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from corpus.jsonl import read_all, replacing, write
from corpus.passages import cut
from corpus.records import Record
from corpus.sample import paths
from indexer.models import BASE_MODEL, find
from search.encoder import OpenVinoEncoder
from search.engine import open_index
from search.hits import Question
from search.layout import Layout, Manifest
from tests.benchmarks.serving import served

QUESTIONS = 200  # asked of each way of asking
WARM_UP = 10


def main() -> None:
    parser = argparse.ArgumentParser(description="Time building and asking against the plain way.")
    parser.add_argument("records", nargs="*", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every Nth record only")
    parser.add_argument("--asking", type=Path, metavar="INDEX", help="time only asking, of this index")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    args = parser.parse_args()
    if bool(args.records) == bool(args.asking):
        parser.error("give either RECORDS or --asking INDEX")
    if args.asking:
        figures = measure_asking(args.asking)
    else:
        records = [item for item in read_all(args.records) if isinstance(item, Record)][:: args.every]
        with tempfile.TemporaryDirectory() as folder:
            figures = measure(records, Path(folder))
    print(json.dumps(figures, indent=2))
    if args.json:
        with replacing(args.json) as file:
            file.write(json.dumps(figures, indent=2) + "\n")


def measure_asking(index: Path) -> dict[str, Any]:
    """Milliseconds and ratios of asking this index."""
    manifest = _manifest(index)
    encoder = OpenVinoEncoder.load(Layout(index).model(manifest.model.fingerprint))
    model = find(BASE_MODEL).load()
    ask = _ask(index, encoder, lambda text: model.encode([text], normalize_embeddings=True))
    return {"records": manifest.records, "passages": sum(manifest.passages.values()), "ask": ask}


def measure(records: Sequence[Record], folder: Path) -> dict[str, Any]:
    """Seconds, milliseconds and ratios for these records; `folder` is for files that nobody keeps."""
    source, index = folder / "records.jsonl", folder / "index"
    write(records, source)
    prepare = folder / "first.jsonl"
    write(records[:1], prepare)
    _build(prepare, index)  # converts the model, which is done once and is not what is timed
    first = _build(source, index)
    again = _build(source, index)
    encoder = OpenVinoEncoder.load(Layout(index).model(_manifest(index).model.fingerprint))
    texts = [passage.embedded for record in records for passage in cut(record, encoder, encoder.card.max_tokens - 2)]
    model = find(BASE_MODEL).load()
    plain = _seconds(lambda: model.encode(texts, normalize_embeddings=True, show_progress_bar=False))
    return {
        "machine": {"processor": platform.processor() or platform.machine(), "python": platform.python_version()},
        "records": len(records),
        "passages": len(texts),
        "build": {
            "plain_encode_s": round(plain, 1),
            "build_s": first["seconds"],
            "rebuild_unchanged_s": again["seconds"],
            "peak_memory_mb": first["peak_mb"],
            "build_to_plain": round(first["seconds"] / plain, 2),
            "rebuild_to_build": round(again["seconds"] / first["seconds"], 3),
        },
        "ask": _ask(index, encoder, lambda text: model.encode([text], normalize_embeddings=True)),
    }


def _ask(index: Path, encoder: OpenVinoEncoder, plain: Callable[[str], object]) -> dict[str, Any]:
    messages = [item.question for item in read_all(paths()) if isinstance(item, Record) and item.question]
    texts = (messages * (QUESTIONS // len(messages) + 1))[:QUESTIONS]
    engine = open_index(index)
    ways: dict[str, Callable[[str], object]] = {
        "plain_embedding": plain,
        "bare_embedding": lambda text: encoder.encode([text]),
        "engine": lambda text: engine.search(Question(text)),
    }
    with served(index) as site:
        ways["http_json"] = lambda text: site.post("/api/search", {"q": text})
        ways["http_page"] = lambda text: site.post("/", {"q": text}, form=True)
        found = {name: _latency(way, texts) for name, way in ways.items()}
    bare = found["bare_embedding"]["p50_ms"]
    return found | {"p50_to_bare": {name: round(value["p50_ms"] / bare, 2) for name, value in found.items()}}


def _latency(way: Callable[[str], object], texts: Sequence[str]) -> dict[str, float]:
    for text in texts[:WARM_UP]:
        way(text)
    times = sorted(1000 * _seconds(lambda text=text: way(text)) for text in texts)  # type: ignore[misc]
    return {"p50_ms": round(statistics.median(times), 2), "p95_ms": round(times[int(0.95 * len(times))], 2)}


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _build(source: Path, index: Path) -> dict[str, float]:
    """Seconds and peak memory of a build in a process of its own."""
    code = (
        "import resource, sys; from indexer.cli import main; code = main();"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-c", code, "build", str(source), "--index", str(index)]
    start = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    return {"seconds": round(seconds, 1), "peak_mb": round(int(done.stderr.split()[-1]) / 1024)}


def _manifest(index: Path) -> Manifest:
    layout = Layout(index)
    return Manifest.load(layout.version(layout.published() or ""))


if __name__ == "__main__":
    main()
