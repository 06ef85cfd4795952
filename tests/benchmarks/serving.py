"""The site in a process of its own, for as long as a block runs."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

START_SECONDS = 60


class Site:
    """A running site: its address, and one kept connection to it."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def post(self, path: str, fields: dict[str, str], form: bool = False) -> bytes:
        """Body of the answer to these fields, sent as JSON or as a form. Raises RuntimeError unless it is a 200."""
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        body = urlencode(fields) if form else json.dumps(fields)
        self._connection.request("POST", path, body, {"Content-Type": kind})
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}: {text[:200]!r}")
        return text

    def close(self) -> None:
        self._connection.close()


@contextmanager
def served(index: Path, *options: str) -> Iterator[Site]:
    """The site on this index, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "web", "--index", str(index), "--port", str(port), *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, port)
        site = Site(port)
        yield site
        site.close()
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the site ended with exit code {process.returncode} before it was ready")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the site was not ready within {START_SECONDS} seconds")
