"""gunicorn, started from Python: each worker opens the index after the fork, and no log line holds a question."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from web import METRICS_FOLDER, SITE_NAME
from web.admission import Admission
from web.serving import Serving
from web.settings import Settings
from web.worker import Worker

LONGEST_ADDRESS = 8190  # bytes, the most that gunicorn allows; longer questions go into a body
MOST_FIELDS = 64  # header lines of a request
MOST_TEXT = 4000  # bytes of a refusal that go through the pipe at once

log = logging.getLogger(__name__)


class Discreet(Logger):  # type: ignore[misc]
    """A log that names errors in the server but never quotes the request: its address may hold a question."""

    def setup(self, cfg: Any) -> None:
        """Its lines look like all others."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """The kind of error is logged."""
        kind = sys.exc_info()[0]
        self.error_log.error("%s in the server", kind.__name__ if kind else "error")


class Server(BaseApplication):  # type: ignore[misc]
    """The workers around one listening socket."""

    def __init__(
        self,
        make_app: Callable[[], Flask],
        listener: socket.socket,
        workers: int,
        threads: int,
        settings: Settings,
        notes: Sequence[str],
    ) -> None:
        self.make_app, self.listener, self.workers, self.settings = make_app, listener, workers, settings
        self.notes = notes
        self.admission = Admission(settings, threads)
        self.refusals, self.refuse = os.pipe()
        os.set_blocking(self.refusals, False)
        super().__init__()

    def load_config(self) -> None:
        """The settings of gunicorn are set."""
        settings = {
            "bind": f"fd://{os.dup(self.listener.fileno())}",  # gunicorn closes the number it is given
            "worker_class": Worker,
            "workers": self.workers,
            "threads": self.admission.threads,
            "timeout": self.settings.hung_after,
            "child_exit": self.ended,
            "logger_class": Discreet,
            "loglevel": "error",
            "accesslog": None,
            "limit_request_line": LONGEST_ADDRESS,
            "limit_request_fields": MOST_FIELDS,
            "control_socket_disable": True,
            "post_worker_init": self.started,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Admission:
        """The application; called in each worker, after the fork."""
        app = self.make_app()
        self.serving: Serving = app.extensions["serving"]
        return self.admission.guard(app)

    def started(self, worker: Any) -> None:
        """The first worker says where the site is, and one that has no index at the start stops them all."""
        worker.tmp.notify()  # gunicorn never replaces a worker that stands still before its first sign of life
        serving = self.serving
        if serving.info is None and worker.age <= self.workers:
            os.write(self.refuse, f"{serving.refusal}\n".encode()[-MOST_TEXT:])
            os.kill(worker.ppid, signal.SIGTERM)
        elif serving.refusal:
            log.warning("%s; %s", serving.refusal, f"{serving.info.id} answers" if serving.info else "no index is open")
        if serving.info and worker.age == 1:
            for note in self.notes:
                log.warning("%s", note)
            print(f"{SITE_NAME} is ready: {address(self.listener)} ({serving.info.records:,} records)", flush=True)

    @staticmethod
    def ended(arbiter: Any, worker: Any) -> None:
        """The gauges of a worker that ended count no more."""
        if METRICS_FOLDER in os.environ:
            from prometheus_client.multiprocess import mark_process_dead  # looks for the folder when it is imported

            mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]

    def refusal(self) -> str:
        """What the first worker without an index said; empty if all have one."""
        try:
            return os.read(self.refusals, MOST_TEXT).decode(errors="replace").split("\n")[0]
        except BlockingIOError:
            return ""


def serve(
    make_app: Callable[[], Flask],
    listener: socket.socket,
    workers: int = 1,
    threads: int = 4,
    settings: Settings = Settings(),
    notes: Sequence[str] = (),
) -> str:
    """Why the site could not start; empty once it was told to stop. The notes are logged once an index is open."""
    parent, folder = os.getpid(), tempfile.mkdtemp(prefix="medqa-metrics-")
    if workers > 1:
        os.environ.setdefault(METRICS_FOLDER, folder)
    server, failed = Server(make_app, listener, workers, threads, settings, notes), ""
    try:
        server.run()
    except SystemExit as stop:
        if os.getpid() != parent:  # a worker ends here too
            raise
        if stop.code:
            failed = "the site could not start; the lines above say why"
    finally:
        if os.getpid() == parent:
            shutil.rmtree(folder)
    return server.refusal() or failed


def address(listener: socket.socket) -> str:
    """The address at which a browser on this machine finds the site."""
    host, port = listener.getsockname()[:2]
    host = "localhost" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    return f"http://{host}:{port}"
