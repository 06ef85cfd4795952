"""Load: so many clients that ask one question after another, and how long they wait.

python -m tests.benchmarks.load PORT CLIENTS SECONDS QUESTIONS.json   prints the figures as JSON
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from pathlib import Path
from typing import Any


def main() -> None:
    port, clients, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    questions = json.loads(Path(sys.argv[4]).read_text())
    times: list[list[float]] = [[] for _ in range(clients)]
    until = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=_client, args=(port, questions[number::clients], until, times[number]))
        for number in range(clients)
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(summary([each for own in times for each in own]) | {
        "clients": clients, "per_second": round(sum(map(len, times)) / (time.perf_counter() - start), 1)
    }))  # fmt: skip


def summary(seconds: list[float]) -> dict[str, Any]:
    """p50, p95 and p99 in milliseconds, and how many there are."""
    ordered = sorted(seconds)
    points = {f"p{point}_ms": round(1000 * ordered[int(point / 100 * (len(ordered) - 1))], 2) for point in (50, 95, 99)}
    return points | {"questions": len(ordered)}


def _client(port: int, questions: list[str], until: float, times: list[float]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in range(1_000_000):
        start = time.perf_counter()
        if start > until:
            break
        # a text that nobody asked before: what is measured is not what was remembered
        body = json.dumps({"q": f"{questions[number % len(questions)]} {number}"})
        connection.request("POST", "/api/search", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"status {answer.status}")
        times.append(time.perf_counter() - start)


if __name__ == "__main__":
    main()
