"""Who is answered now, without a server: some at a time, some that wait, and beyond these a reason why not."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from web.admission import BUSY, TOO_LONG, TOO_MANY, WAITED, Admission, Start
from web.settings import Settings

SOON_S = 30  # more than anything here takes on a busy machine


class Site:
    """A site behind an admission. Each of its answers says why it is none, and `/slow` is made once it may end."""

    def __init__(self, **settings: float) -> None:
        self.begun, self.end = threading.Semaphore(0), threading.Event()
        self.admission = Admission(Settings(**settings), slots=1).guard(self._answer)  # type: ignore[arg-type]
        self._clients = ThreadPoolExecutor(8)

    def _answer(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        busy = environ.get(BUSY, "")
        if environ["PATH_INFO"] == "/broken":
            raise ValueError("broken")
        if environ["PATH_INFO"] == "/slow" and not busy:
            self.begun.release()
            assert self.end.wait(SOON_S)
            assert environ[WAITED] >= 0
        start_response("200 OK", [])
        return [busy.encode()]

    def ask(self, path: str) -> str:
        started: list[object] = []
        said = b"".join(self.admission({"PATH_INFO": path}, lambda *given: started.extend(given))).decode()
        assert started == ["200 OK", []]
        return said

    def ask_beside(self, path: str) -> Future[str]:
        return self._clients.submit(self.ask, path)

    def inside(self, count: int) -> None:
        """Returns once so many are answered or wait."""
        started = time.monotonic()
        while self.admission._inside != count:
            assert time.monotonic() - started < SOON_S
            time.sleep(0.001)


def test_so_many_are_answered_so_many_wait_and_the_next_is_told_at_once() -> None:
    site = Site(waiting=1, patience=SOON_S)
    assert site.admission.threads == 1 + 1 + 4
    first = site.ask_beside("/slow")
    assert site.begun.acquire(timeout=SOON_S)
    second = site.ask_beside("/slow")
    site.inside(2)
    assert site.ask("/slow") == TOO_MANY
    assert [site.ask(path) for path in ("/healthz", "/readyz", "/metrics")] == ["", "", ""]
    assert not site.begun.acquire(timeout=0)  # the second still waits
    site.end.set()
    assert (first.result(SOON_S), second.result(SOON_S)) == ("", "")
    site.inside(0)
    assert site.ask("/slow") == ""


def test_who_waits_too_long_is_told_so_and_takes_no_place() -> None:
    site = Site(waiting=1, patience=0.05, slow_after=SOON_S)
    first = site.ask_beside("/slow")
    assert site.begun.acquire(timeout=SOON_S)
    assert site.ask("/slow") == TOO_MANY
    site.inside(1)
    site.end.set()
    assert first.result(SOON_S) == ""


def test_an_answer_that_takes_too_long_keeps_its_place_until_it_is_made() -> None:
    site = Site(waiting=0, patience=0.01, slow_after=0.01)
    assert site.admission.oldest() == 0
    assert site.ask("/slow") == TOO_LONG
    assert site.ask("/slow") == TOO_MANY
    assert 0.02 <= site.admission.oldest() < SOON_S
    site.end.set()
    site.inside(0)
    assert site.admission.oldest() == 0


def test_a_site_that_fails_gives_its_place_back() -> None:
    site = Site(waiting=0)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"):
            site.ask("/broken")
        site.inside(0)
    assert site.admission.oldest() == 0
