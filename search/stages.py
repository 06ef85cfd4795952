"""How long the stages of one search take, for whoever wants to know; nobody is asked, and nothing is kept."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

STAGES = ("read", "rank", "show")  # the question is understood and embedded; ranked; its results are made ready

_seconds: ContextVar[dict[str, float] | None] = ContextVar("seconds", default=None)


def watch() -> dict[str, float]:
    """Seconds of each stage, which fill in as the searches of this thread go on."""
    found: dict[str, float] = {}
    _seconds.set(found)
    return found


@contextmanager
def stage(name: str) -> Iterator[None]:
    """What is done in the block counts as this stage."""
    seconds = _seconds.get()
    if seconds is None:
        yield
        return
    started = time.perf_counter()
    try:
        yield
    finally:
        seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - started
