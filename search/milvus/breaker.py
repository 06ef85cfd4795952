"""A circuit breaker: after failures in a row, calls fail at once for some seconds, and then one tries for all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from search.errors import HomeLost

FAILURES = 3  # in a row
REST_S = 5.0  # how long nothing is tried then


class Breaker:
    """Counts the failures in a row of calls to one server. Safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock, self._trying = clock, threading.Lock(), threading.Lock()
        self._failures, self._try_at, self._why = 0, 0.0, ""

    def check(self, attempt: Callable[[], object]) -> None:
        """Raises HomeLost while the server rests. After that whoever asks first makes an attempt, a small call that
        raises HomeLost where it is lost still; the others wait for what comes of it."""
        if self._failures < FAILURES:
            return
        with self._trying:
            if self._failures < FAILURES:
                return
            if (left := self._try_at - self._clock()) > 0:
                raise HomeLost(f"{self._why} (not tried again for {left:.0f} s)")
            attempt()
            self.worked()

    def failed(self, why: str) -> None:
        """A call failed because the server could not be reached, or did not answer in time."""
        with self._lock:
            self._failures, self._why = self._failures + 1, why
            self._try_at = self._clock() + REST_S

    def worked(self) -> None:
        """A call was answered."""
        if self._failures:
            with self._lock:
                self._failures = 0
