"""How the whole grows: indexes of up to a million passages as they are built and asked, the first records real ones.

python -m tests.benchmarks.whole WORK PASSAGES   builds one in WORK and prints its figures as JSON

The other records are mixed from real ones: the words of two titles, the sentences of two texts. Their vectors are drawn
around real ones, since embedding them would take hours and say nothing of how a search grows. All else is as it is.
"""

from __future__ import annotations

import gc
import json
import os
import random
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.jsonl import read_all
from corpus.records import Answer, Record, content_hash
from corpus.text import sentences
from indexer.build import build
from indexer.cuts import passages_of
from search.dense import Vectors, load_views
from search.encoder import ModelEncoder
from search.layout import Layout, Manifest
from tests.benchmarks.growth import NEAR, resident
from tests.benchmarks.load import summary

TYPED = ("d", "di", "diab", "diabetes", "what", "what are the sym", "treatments for heart", "x")
ROUNDS = 2


class DrawnEncoder:
    """Vectors of real texts are those of the model; others are drawn around them, the same for the same text."""

    def __init__(self, model: ModelEncoder, texts: frozenset[str], vectors: Vectors) -> None:
        self.card, self._model, self._texts, self._vectors = model.card, model, texts, vectors

    def spans(self, text: str) -> list[tuple[int, int]]:
        return self._model.spans(text)

    def words(self) -> list[str]:
        return self._model.words()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The real ones go through the model, which takes long only for those that no cache holds."""
        rows = np.empty((len(texts), self.card.dimension), np.float32)
        if real := [place for place, text in enumerate(texts) if text in self._texts]:
            rows[real] = self._model.encode([texts[place] for place in real])
        if other := [place for place, text in enumerate(texts) if text not in self._texts]:
            numbers = np.array([_three(texts[place], len(self._vectors)) for place in other])
            one, plus, minus = (self._vectors[numbers[:, column]] for column in range(3))
            drawn = one + NEAR * (plus - minus)
            rows[other] = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        return rows


def measure(work: Path, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Figures of an index of each size, built and asked in processes of their own."""
    found = []
    for size in sizes:
        command = [sys.executable, "-m", "tests.benchmarks.whole", str(work), str(size)]
        found.append(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout))
        print(json.dumps(found[-1]), file=sys.stderr, flush=True)
    return found


def main() -> None:
    work, passages = Path(sys.argv[1]), int(sys.argv[2])
    if len(sys.argv) > 3:
        print(json.dumps(opened(work / f"whole-{passages}", json.loads((work / "questions.json").read_text()))))
        return
    built = made(work, passages)
    command = [sys.executable, "-m", "tests.benchmarks.whole", *sys.argv[1:], "open"]
    own = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    print(json.dumps(built | json.loads(own.stdout)))


def made(work: Path, passages: int) -> dict[str, Any]:
    """An index of about so many passages beside that of the real records in `work`, with the caches of that one.

    One that is there already, made from the same records by the same model and formats, is taken as it is.
    """
    real, whole = Layout(work / "index"), Layout(work / f"whole-{passages}")
    manifest = Manifest.load(real.version(real.published() or ""))
    figures, made_from = whole.root / "built.json", [manifest.format, manifest.corpus, manifest.model.fingerprint]
    if figures.exists() and (known := json.loads(figures.read_text()))["made_from"] == made_from:
        return {name: value for name, value in known.items() if name != "made_from"}
    shutil.rmtree(whole.root, ignore_errors=True)
    shutil.copytree(real.models, whole.models)
    shutil.copytree(real.cache, whole.cache)
    records = [item for item in read_all([work / "records.jsonl"]) if isinstance(item, Record)]
    model = ModelEncoder.load(real.model(manifest.model.fingerprint), streams=2)
    cuts = passages_of(records, [content_hash(record) for record in records], model, whole.cache)
    texts = frozenset(passage.embedded for _, passage in cuts)
    vectors = np.concatenate([view.vectors(view.rows) for view in load_views(real.version(manifest.id).dense).values()])
    wanted = round(passages * len(records) / sum(manifest.passages.values()))
    start = time.perf_counter()
    done = build([*records, *mixed(records, wanted - len(records))], whole, DrawnEncoder(model, texts, vectors))
    found = {
        "records": wanted,
        "real": len(records),
        "passages": sum(done.manifest.passages.values()),
        "build_s": round(time.perf_counter() - start, 1),
        "dense": done.manifest.dense,
    }
    figures.write_text(json.dumps(found | {"made_from": made_from}))
    return found


def mixed(records: Sequence[Record], count: int) -> Iterator[Record]:
    """So many records, each of two real ones."""
    chance = random.Random(5)
    for number in range(count):
        one, other = chance.sample(records, 2)
        title = _woven(one.title.split(), other.title.split(), chance)
        body = [_said(record) for record in (one, other)]
        text = _woven(*body, chance)[: max(map(len, body))]
        yield Record(id=f"mixed:{number:07}", title=" ".join(title)[:300], answers=(Answer(" ".join(text)),))


def opened(index: Path, questions: Sequence[str]) -> dict[str, Any]:
    """Seconds to open an index, milliseconds of a search and of a suggestion, and memory after them."""
    from search.hits import Question
    from search.opening import open_index

    layout = Layout(index)
    encoder = ModelEncoder.load(layout.model(Manifest.load(layout.version(layout.published() or "")).model.fingerprint))
    opening, before = [], resident()
    for found in ("in memory", "on disk"):
        if found == "on disk":
            forget(layout.root)  # which goes only where nothing is mapped
        start = time.perf_counter()
        engine = open_index(index, encoder)
        opening.append(round(time.perf_counter() - start, 3))
        after = resident()
        if found == "in memory":
            engine.close()
            del engine
            gc.collect()
    cold = [_timed(lambda text: engine.search(Question(f"{text} once")), text) for text in questions]
    bare, asked = [], []
    for text in questions:
        bare.append(_timed(lambda text: encoder.encode([text]), text))
        asked.append(_timed(lambda text: engine.search(Question(text)), text))
    typed = [_timed(engine.suggest, text) for _ in range(ROUNDS) for text in TYPED]
    passages = sum(engine.manifest.passages.values())
    return {
        "open_s": opening[0], "open_from_disk_s": opening[1],
        "bare_embedding": summary(bare), "cold": summary(cold), "search": summary(asked),
        "suggest": summary(typed),
        "opened_mb": {name: round((value - before[name]) / 1e6) for name, value in after.items()},
        "bytes_a_passage": {name: round((value - before[name]) / passages) for name, value in resident().items()},
    }  # fmt: skip


def forget(folder: Path) -> None:
    """What the system holds of the files in a folder in memory it does not hold any longer, as after a restart."""
    os.sync()
    for path in folder.rglob("*"):
        if path.is_file():
            with open(path, "rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _said(record: Record) -> list[str]:
    text = " ".join(answer.text for answer in record.answers)
    return [text[start:end] for start, end in sentences(text)]


def _woven(one: Sequence[str], other: Sequence[str], chance: random.Random) -> list[str]:
    """The pieces of two lists in turn, each list's own in a random order."""
    ours, theirs = (chance.sample(list(pieces), len(pieces)) for pieces in (one, other))
    return [piece for pair in zip(ours, theirs, strict=False) for piece in pair]


def _three(text: str, count: int) -> tuple[int, ...]:
    """Three numbers below `count` that a text stands for."""
    return tuple(zlib.crc32(f"{number} {text}".encode()) % count for number in range(3))


def _timed(work: Any, text: str) -> float:
    start = time.perf_counter()
    work(text)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
