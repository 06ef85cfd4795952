"""Work beside the caller's, where a thread is free to do it; waiting for one costs more than it gains."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Beside:
    """A few threads; safe to use from several."""

    def __init__(self, threads: int, name: str) -> None:
        self._pool, self._free = ThreadPoolExecutor(threads, name), BoundedSemaphore(threads)

    def begin(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> Future[T]:
        """What the work gives, once it is done: by one of the threads, or before this returns where all are at work."""
        if self._free.acquire(blocking=False):

            def run() -> T:
                try:
                    return work(*given, **named)
                finally:
                    self._free.release()

            return self._pool.submit(run)
        done: Future[T] = Future()
        try:
            done.set_result(work(*given, **named))
        except Exception as error:
            done.set_exception(error)
        return done

    def close(self) -> None:
        """Ends the threads once what they were given is done."""
        self._pool.shutdown()
