"""The site and the plain way's under load: start, memory, and how long clients wait."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CLIENTS = (1, 8, 32)
SECONDS = 8.0
WARM_UP_S = 4.0
START_S = 120.0


def measure(index: Path, plain: Path, questions: Path) -> dict[str, Any]:
    """Figures of both sites, one after the other, and our throughput to the plain way's."""
    site = ["-m", "web", "--index", str(index), "--port"]
    other = ["-m", "gunicorn", "-k", "gthread", "--threads", "4", "--log-level", "error"]
    found = {
        "ours": _site(lambda port: [*site, str(port)], "/readyz", questions),
        "plain": _site(
            lambda port: [*other, "-b", f"127.0.0.1:{port}", f"tests.benchmarks.plain:create('{plain}')"],
            "/",
            questions,
        ),
    }
    ratios = [
        round(own["per_second"] / its["per_second"], 2)
        for own, its in zip(found["ours"]["load"], found["plain"]["load"], strict=True)
    ]
    return found | {"throughput_to_plain": dict(zip(map(str, CLIENTS), ratios, strict=True))}


def _site(command: Any, ready: str, questions: Path) -> dict[str, Any]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, port, ready)
        ready_s = time.perf_counter() - start
        at_start = _memory(process.pid)
        _load(port, 8, WARM_UP_S, questions)
        loads = [_load(port, clients, SECONDS, questions) for clients in CLIENTS]
        return {"ready_s": round(ready_s, 2), "memory_mb": {"at_start": at_start, "after": _memory(process.pid)},
                "load": loads}  # fmt: skip
    finally:
        process.terminate()
        process.wait(timeout=60)


def _load(port: int, clients: int, seconds: float, questions: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.load", str(port), str(clients), str(seconds), str(questions)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def _wait(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the site ended with exit code {process.returncode} before it was ready")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status in (200, 404):  # the plain way has no page
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"the site was not ready within {START_S} seconds")


def _memory(pid: int) -> dict[str, int]:
    """Megabytes of the worker: of its own, and of mapped files, which workers share; the master is left out."""
    workers = _children(pid) or [pid]
    largest = max((_status(each) for each in workers), key=lambda found: found["own"] + found["mapped"])
    return largest | {"resident": largest["own"] + largest["mapped"]}


def _children(pid: int) -> Sequence[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(each) for each in text.split()]


def _status(pid: int) -> dict[str, int]:
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {"own": int(lines["RssAnon"].split()[0]) >> 10, "mapped": int(lines["RssFile"].split()[0]) >> 10}
