"""How the dense half grows: views of up to a million vectors, the first of them real, the others drawn around these.

python -m tests.benchmarks.growth VECTORS.npy QUESTIONS.npy SIZE FOLDER   prints the figures as JSON
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from search import dense
from search.dense import DenseView, Passing, Vectors
from tests.benchmarks.load import summary

NEAR = 0.4  # of the way between two other real vectors is added to a real one: cosine to the nearest about 0.9
BLOCK = 50_000
DEPTH = 100
SHARES = (0.5, 0.05, 0.001)
ROUNDS = 2


def measure(real: Vectors, questions: Vectors, sizes: list[int], folder: Path) -> list[dict[str, Any]]:
    """Figures of a view of each size, each in a process of its own."""
    np.save(folder / "real.npy", real)
    np.save(folder / "questions.npy", questions)
    found = []
    for size in sizes:
        command = [sys.executable, "-m", "tests.benchmarks.growth"]
        command += [str(folder / "real.npy"), str(folder / "questions.npy"), str(size), str(folder)]
        found.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        print(json.dumps(found[-1]), file=sys.stderr, flush=True)
    return found


def main() -> None:
    real, questions, size, folder = np.load(sys.argv[1]), np.load(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    if len(sys.argv) > 5:
        print(json.dumps(opened(folder / f"view-{size}", questions)))
        return
    vectors = drawn(real, size)
    start = time.perf_counter()
    view = DenseView.build(np.arange(size), vectors, dense._asked(vectors))
    build_s = time.perf_counter() - start
    view.save(folder / f"view-{size}")
    own = subprocess.run([sys.executable, "-m", "tests.benchmarks.growth", *sys.argv[1:], "open"], check=True,
                         capture_output=True, text=True)  # fmt: skip
    print(json.dumps({
        "passages": size, "real": min(size, len(real)), "plan": view.plan.to_json(), "build_s": round(build_s, 1),
        **json.loads(own.stdout), **recall(view, vectors, questions), "filters": filtered(view, vectors, questions),
    }))  # fmt: skip


def drawn(real: Vectors, size: int) -> Vectors:
    """The real vectors first, then unit vectors drawn around them, shape (size, dimension)."""
    chance = np.random.default_rng(7)
    made = np.empty((size, real.shape[1]), np.float32)
    made[: len(real)] = real[:size]
    for start in range(len(real), size, BLOCK):
        one, plus, minus = chance.integers(0, len(real), (3, min(BLOCK, size - start)))
        block = real[one] + NEAR * (real[plus] - real[minus])
        made[start : start + len(block)] = block / np.linalg.norm(block, axis=1, keepdims=True)
    return made


def opened(path: Path, questions: Vectors) -> dict[str, Any]:
    """Seconds to open a view, milliseconds of a search, and bytes a passage in memory after the searches."""
    before = resident()
    start = time.perf_counter()
    view = DenseView.load(path)
    open_s = time.perf_counter() - start
    first = [_timed(view, question) for question in questions]
    times = [_timed(view, question) for _ in range(ROUNDS) for question in questions]
    disk = sum(each.stat().st_size for each in path.parent.glob(f"{path.name}.*"))
    grown = {name: (value - before[name]) / len(view) for name, value in resident().items()}
    return {
        "open_s": round(open_s, 3), "first": summary(first), "search": summary(times),
        "disk_bytes_a_passage": round(disk / len(view)),
        "bytes_a_passage": {name: round(value) for name, value in grown.items()},
    }  # fmt: skip


def recall(view: DenseView, vectors: Vectors, questions: Vectors) -> dict[str, float]:
    """Shares of the 10 and the 100 nearest that are found, of real questions."""
    found = [view.search(question, DEPTH)[0] for question in questions]
    return _shares(found, [_nearest(vectors @ question) for question in questions])


def filtered(view: DenseView, vectors: Vectors, questions: Vectors) -> list[dict[str, Any]]:
    """The same under filters that let through a share of the passages, chosen by chance, and how long it takes."""
    figures = []
    for share in SHARES:
        allowed = np.random.default_rng(3).random(len(view)) < share
        passing = view.passing(allowed)
        found, right, times = [], [], []
        for question in questions[:: max(1, len(questions) // 40)]:
            start = time.perf_counter()
            found.append(view.search(question, DEPTH, passing)[0])
            times.append(time.perf_counter() - start)
            right.append(_nearest(np.where(allowed, vectors @ question, -2))[: passing.count])
            if not allowed[found[-1]].all():
                raise RuntimeError("a passage came back that the filter does not let through")
        figures.append({"share": share, **_shares(found, right), "p50_ms": summary(times)["p50_ms"]})
    return figures


def resident() -> dict[str, int]:
    """Bytes of this process in memory: its own, and those of mapped files, which it shares."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {"own": int(lines["RssAnon"].split()[0]) << 10, "mapped": int(lines["RssFile"].split()[0]) << 10}


def _timed(view: DenseView, question: Vectors, passing: Passing | None = None) -> float:
    start = time.perf_counter()
    view.search(question, DEPTH, passing)
    return time.perf_counter() - start


def _nearest(cosines: Vectors) -> np.ndarray:
    few = np.argpartition(-cosines, DEPTH)[:DEPTH]
    return few[np.argsort(-cosines[few])]


def _shares(found: list[Any], right: list[Any]) -> dict[str, float]:
    shares = {}
    for k in (10, 100):
        met = sum(len({*one[:k].tolist()} & {*other[:k].tolist()}) for one, other in zip(found, right, strict=True))
        shares[f"recall_at_{k}"] = round(met / sum(len(other[:k]) for other in right), 4)
    return shares


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", str(len(os.sched_getaffinity(0))))
    main()
