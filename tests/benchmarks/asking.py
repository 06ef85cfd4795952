"""Asking through Python, one question after another, in a process that holds nothing else.

python -m tests.benchmarks.asking ours|plain FOLDER QUESTIONS.json   prints the figures as JSON
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.load import summary

WARM_UP = 10


def main() -> None:
    way, folder, questions = sys.argv[1], Path(sys.argv[2]), json.loads(Path(sys.argv[3]).read_text())
    print(json.dumps(ours(folder, questions) if way == "ours" else plain(folder, questions)))


def ours(index: Path, questions: Sequence[str]) -> dict[str, Any]:
    """A bare embedding, and a search: of questions that nobody asked before, and of the same ones again."""
    from search.encoder import ModelEncoder
    from search.hits import Question
    from search.layout import Layout, Manifest
    from search.opening import open_index

    layout = Layout(index)
    manifest = Manifest.load(layout.version(layout.published() or ""))
    encoder = ModelEncoder.load(layout.model(manifest.model.fingerprint))
    start = time.perf_counter()
    engine = open_index(index, encoder)
    opened = time.perf_counter() - start
    search: Callable[[str], object] = lambda text: engine.search(Question(text))  # noqa: E731
    for text in questions[:WARM_UP]:
        search(f"{text} once")
    bare, cold = [], []
    for text in questions:  # one beside the other, so that both meet the same other work on the machine
        bare.append(_seconds(lambda text: encoder.encode([text]), text))
        cold.append(_seconds(search, text))
    warm = [_seconds(search, text) for text in questions]
    found = {"bare_embedding": summary(bare), "cold": summary(cold), "warm": summary(warm)}
    ratio = round(found["cold"]["p50_ms"] / found["bare_embedding"]["p50_ms"], 2)
    return found | {"kind": manifest.model.kind, "open_index_s": round(opened, 3), "p50_to_bare": ratio}


def plain(folder: Path, questions: Sequence[str]) -> dict[str, Any]:
    """The plain way's search, which remembers nothing."""
    from tests.benchmarks.plain import Plain

    way = Plain(folder)
    for text in questions[:WARM_UP]:
        way.search(text)
    return {"cold": summary([_seconds(way.search, text) for text in questions])}


def _seconds(work: Callable[[str], object], text: str) -> float:
    start = time.perf_counter()
    work(text)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
