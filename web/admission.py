"""Who is answered now: a few requests at a time, some that wait for a moment, and beyond these a quick 503."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from web.settings import Settings

ALWAYS = ("/healthz", "/readyz", "/metrics")  # answered at once, however busy the site is
BUSY = "medqa.busy"  # in the environ of a request that is not admitted, with the reason
WAITED = "medqa.waited"  # in the environ: the seconds that the request waited for its turn
TOO_MANY, TOO_LONG = "too many requests", "the answer took too long"

Start = Callable[..., Any]
App = Callable[[dict[str, Any], Start], Iterable[bytes]]
Answer = tuple[tuple[Any, ...], Iterable[bytes]]  # what the application started its response with, and its body


class Admission:
    """A WSGI application in front of the site's: so many answers are made at once, so many requests wait."""

    def __init__(self, settings: Settings, slots: int) -> None:
        self._settings, self._slots = settings, slots
        self._lock = threading.Lock()
        self._app: App | None = None
        self._pool: ThreadPoolExecutor | None = None
        self._inside = 0  # requests that are answered or wait
        self._begun: dict[int, float] = {}  # when each answer that is being made was begun, by thread

    @property
    def threads(self) -> int:
        """Threads that the server needs so that all who may wait can, and others are told at once that they may not."""
        return self._slots + self._settings.waiting + 4

    def guard(self, app: App) -> Admission:
        """This, in front of the application; threads begin here, so after the fork."""
        self._app, self._pool = app, ThreadPoolExecutor(self._slots, "answer")
        return self

    def oldest(self) -> float:
        """Seconds since the oldest answer that is being made was begun; 0 when there is none."""
        with self._lock:
            return time.monotonic() - min(self._begun.values()) if self._begun else 0.0

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        assert self._app is not None
        why = "" if environ.get("PATH_INFO") in ALWAYS else self._enter()
        if environ.get("PATH_INFO") in ALWAYS or why:
            return self._app({**environ, BUSY: why}, start_response)
        answer = self._answer(environ)
        if isinstance(answer, str):
            return self._app({**environ, BUSY: answer}, start_response)
        started, body = answer
        start_response(*started)
        return body

    def _enter(self) -> str:
        with self._lock:
            if self._inside >= self._slots + self._settings.waiting:
                return TOO_MANY
            self._inside += 1
            return ""

    def _answer(self, environ: dict[str, Any]) -> Answer | str:
        """The answer, or why there is none in time."""
        assert self._pool is not None
        job = self._pool.submit(self._make, environ, time.monotonic())
        job.add_done_callback(self._leave)
        try:
            return job.result(timeout=self._settings.patience)
        except TimeoutError:
            if job.cancel():
                return TOO_MANY
        try:
            return job.result(timeout=self._settings.slow_after)
        except TimeoutError:
            return TOO_LONG

    def _make(self, environ: dict[str, Any], came: float) -> Answer:
        assert self._app is not None
        environ[WAITED] = time.monotonic() - came
        me, started = threading.get_ident(), list[Any]()
        with self._lock:
            self._begun[me] = time.monotonic()
        try:
            body = self._app(environ, lambda *given: started.extend(given))
        finally:
            with self._lock:
                del self._begun[me]
        return tuple(started), body

    def _leave(self, job: Future[Answer]) -> None:
        with self._lock:
            self._inside -= 1
