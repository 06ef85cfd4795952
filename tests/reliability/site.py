"""A running site in processes of its own, and what a test does to it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60  # a busy machine's worst


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status, body, headers, and the seconds that it took."""

    status: int
    body: str
    headers: dict[str, str]
    seconds: float

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Site:
    """The address of a running site, and the process that keeps its workers."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port

    def get(self, path: str, timeout: float = PATIENCE_S) -> Reply:
        """The answer, whatever its status. Raises OSError where there is none."""
        started = time.monotonic()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=timeout) as found:
                return Reply(found.status, found.read().decode(), dict(found.headers), time.monotonic() - started)
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, error.read().decode(), dict(error.headers), time.monotonic() - started)

    def connect(self, sent: bytes = b"") -> socket.socket:
        """An open connection on which this was sent."""
        found = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)
        found.sendall(sent)
        return found

    def workers(self) -> list[int]:
        """Process ids of the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def wait_for_new(self, gone: int, seconds: float = PATIENCE_S) -> float:
        """Seconds until this worker is gone and the site answers. Raises AssertionError if that does not come."""
        started = time.monotonic()
        while time.monotonic() < started + seconds:
            try:
                if gone not in self.workers() and self.get("/api/search?q=lip&k=1", timeout=2).status == 200:
                    return time.monotonic() - started
            except OSError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"worker {gone} was not replaced within {seconds} seconds")

    def stop(self) -> tuple[str, str]:
        """What the site said in all, on standard output and on standard error."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=PATIENCE_S)


@contextmanager
def running(index: Path, workers: int = 1, threads: int = 2, **settings: object) -> Iterator[Site]:
    """The site over an index, with these settings, until the block ends."""
    command = [sys.executable, "-m", "tests.reliability.serve", str(index), str(workers), str(threads)]
    named = {f"MEDQA_{name.upper()}": str(value) for name, value in settings.items()}
    environment = {name: value for name, value in os.environ.items() if name != "PROMETHEUS_MULTIPROC_DIR"} | named
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that its workers can be ended with it
    ) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert line.startswith("MedQA Search is ready: "), line
            yield Site(process, int(line.split()[4].rsplit(":", 1)[1]))
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate(timeout=PATIENCE_S)
