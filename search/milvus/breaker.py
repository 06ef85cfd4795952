"""A circuit breaker: after failures in a row, calls fail at once for some seconds, and then one is let through."""

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
        self._clock, self._lock = clock, threading.Lock()
        self._failures, self._try_at, self._why = 0, 0.0, ""

    def check(self) -> None:
        """Raises HomeLost while the server rests; of those who ask after that, the first may try, for all."""
        with self._lock:
            if self._failures < FAILURES:
                return
            if (now := self._clock()) < self._try_at:
                raise HomeLost(f"{self._why} (not tried again for {self._try_at - now:.0f} s)")
            self._try_at = now + REST_S

    def failed(self, why: str) -> None:
        """A call failed because the server could not be reached, or did not answer in time."""
        with self._lock:
            self._failures, self._why = self._failures + 1, why
            self._try_at = self._clock() + REST_S

    def worked(self) -> None:
        """A call was answered."""
        with self._lock:
            self._failures = 0
