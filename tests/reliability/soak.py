"""Keeps the site busy for a long time while versions change: `python -m tests.reliability.soak --minutes 20`.

First its best throughput is measured, then it is asked at a share of that, at set times, whether or not it keeps up.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.reliability.reports import write

QUERIES = Path("tests/packs/sample/queries.jsonl")
CORPUS = Path("corpus/sample")
CLIENTS = 8  # connections; more than answers are made at a time
BEST_OVER_S = 20.0
SHARE = 0.7
SWAP_EVERY_S = 60.0
SETTLED_AFTER = 5  # minutes until memory should stand still
START_S = 60


@dataclass(slots=True)
class Sample:
    """What was seen, with the seconds since the beginning of each."""

    took: list[tuple[float, float]] = field(default_factory=list)  # when asked, seconds until answered
    failed: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[float, float]] = field(default_factory=list)  # when looked, MiB of the workers
    versions: set[str] = field(default_factory=set)


@contextmanager
def served(index: Path, workers: int) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The site as an operator starts it, and its port."""
    command = [sys.executable, "-m", "web", "--index", str(index), "--port", "0", "--workers", str(workers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process, int(process.stdout.readline().split()[4].rsplit(":", 1)[1])
        finally:
            process.terminate()
            process.wait(START_S)


def ask(connection: http.client.HTTPConnection, question: str, seen: Sample) -> None:
    """One question; what is wrong with the answer is counted."""
    body = json.dumps({"q": question, "k": 10})
    try:
        connection.request("POST", "/api/search", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
    except (OSError, http.client.HTTPException) as error:
        seen.failed[type(error).__name__] += 1
        connection.close()
        return
    if answer.status == 200:
        seen.versions.add(json.loads(text)["index"]["id"])
    else:
        seen.failed[str(answer.status)] += 1


def best(port: int, questions: Sequence[str], seconds: float) -> float:
    """Answers a second when every client asks as soon as it was answered."""
    until, counts = time.monotonic() + seconds, [0] * CLIENTS

    def client(number: int) -> None:
        connection, seen = http.client.HTTPConnection("127.0.0.1", port, timeout=30), Sample()
        while time.monotonic() < until:
            ask(connection, questions[(number * 37 + counts[number]) % len(questions)], seen)
            counts[number] += 1
        connection.close()

    _together([threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)])
    return sum(counts) / seconds


def steady(port: int, questions: Sequence[str], rate: float, minutes: float, seen: Sample) -> None:
    """Asks at this rate; an answer's time counts from when it should have been asked."""
    started, total = time.monotonic() + 0.5, int(rate * minutes * 60)

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for turn in range(number, total, CLIENTS):
            due = started + turn / rate
            time.sleep(max(0.0, due - time.monotonic()))
            ask(connection, questions[turn % len(questions)], seen)
            seen.took.append((due - started, time.monotonic() - due))
        connection.close()

    _together([threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)])


def _together(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def watch(process: subprocess.Popen[str], seen: Sample, stop: threading.Event) -> None:
    """Looks at the memory of the site's processes every few seconds."""
    started = time.monotonic()
    while not stop.wait(2.0):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        seen.memory.append((time.monotonic() - started, sum(resident(pid) for pid in children)))


def resident(pid: str) -> float:
    """MiB of memory that a process holds."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def swap(index: Path, swaps: list[float], stop: threading.Event) -> None:
    """Publishes another version every minute, as an operator does: an update, then the way back."""
    change = index.parent / "change.jsonl"
    change.write_text('{"id": "soak:1", "title": "Why do my ears ring at night?", "question": "They ring."}\n')
    while not stop.wait(SWAP_EVERY_S):
        words = ["rollback"] if len(swaps) % 2 else ["update", str(change)]
        command = [sys.executable, "-m", "indexer", *words, "--index", str(index)]
        subprocess.run(command, check=True, capture_output=True)
        swaps.append(time.monotonic())


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def by_minute(seen: Sample, minutes: int) -> list[dict[str, Any]]:
    """Median and 99th percentile of the answers, and median memory, of each whole minute."""
    rows = []
    for minute in range(minutes):
        took = [1000 * seconds for when, seconds in seen.took if minute <= when / 60 < minute + 1]
        memory = [size for when, size in seen.memory if minute <= when / 60 < minute + 1]
        if took and memory:
            row = {"minute": minute + 1, "answers": len(took), "p50_ms": round(percentile(took, 0.5), 1)}
            rows.append(row | {"p99_ms": round(percentile(took, 0.99), 1), "mib": round(statistics.median(memory), 1)})
    return rows


def main() -> int:
    """0 when no answer failed."""
    parser = argparse.ArgumentParser(description="Keep the site busy while versions change.")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the report there as well")
    args = parser.parse_args()
    questions = [json.loads(line)["text"] for line in QUERIES.read_text(encoding="utf-8").splitlines()]
    seen, swaps, stop = Sample(), list[float](), threading.Event()
    with tempfile.TemporaryDirectory(prefix="medqa-soak-") as folder:
        index = Path(folder) / "index"
        records = sorted(str(path) for path in CORPUS.glob("*.jsonl"))
        subprocess.run(
            [sys.executable, "-m", "indexer", "build", *records, "--index", str(index)], check=True, capture_output=True
        )
        with served(index, args.workers) as (process, port):
            top = best(port, questions, BEST_OVER_S)
            rate = SHARE * top
            beside = [
                threading.Thread(target=watch, args=(process, seen, stop)),
                threading.Thread(target=swap, args=(index, swaps, stop)),
            ]
            for thread in beside:
                thread.start()
            steady(port, questions, rate, args.minutes, seen)
            stop.set()
            for thread in beside:
                thread.join()
        shutil.rmtree(index)
    write(report(args.minutes, top, rate, seen, len(swaps)), args.json)
    return 1 if seen.failed else 0


def report(minutes: float, top: float, rate: float, seen: Sample, swaps: int) -> dict[str, Any]:
    """The figures of the run."""
    rows = by_minute(seen, int(minutes))
    settled = rows[min(SETTLED_AFTER, len(rows) - 1) :] if len(rows) > SETTLED_AFTER else rows[len(rows) // 2 :]
    memory, slow = [row["mib"] for row in settled], [row["p99_ms"] for row in settled]
    return {
        "minutes": minutes,
        "best_per_s": round(top, 1),
        "asked_per_s": round(rate, 1),
        "answers": len(seen.took),
        "failed": sum(seen.failed.values()),
        "failed_by_kind": dict(seen.failed),
        "swaps": swaps,
        "versions_seen": len(seen.versions),
        "settled_from_minute": settled[0]["minute"] if settled else None,
        "memory_mib": [min(memory), max(memory)] if memory else [],
        "memory_spread_percent": round(100 * (max(memory) / min(memory) - 1), 1) if memory else None,
        "p99_ms_least_and_most": [min(slow), max(slow)] if slow else [],
        "by_minute": rows,
    }


if __name__ == "__main__":
    raise SystemExit(main())
