"""Which index answers: the newest published version, swapped in while the site runs. One request, one engine."""

from __future__ import annotations

import ctypes
import gc
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask, current_app, g

from search.address import Address
from search.errors import HomeLost, SearchError
from search.hits import IndexInfo
from web.engine import Engine, Opener, Published

CHECK_S = 1.0  # how often at most the site looks for a newly published version
RETRY_S = 30.0  # how long a version that was refused is left alone before it is tried again

Made = TypeVar("Made")
Starter = Callable[[Callable[[], None]], None]

log = logging.getLogger(__name__)


class NoIndexError(SearchError):
    """No version of the index is open; the message says why."""


@dataclass(slots=True)
class Opened:
    """An engine, how many requests use it now, and what was made of it for all; once `retired` it closes after the
    last of them."""

    engine: Engine
    users: int = 0
    retired: bool = False
    kept: dict[str, Any] = field(default_factory=dict)


def in_thread(job: Callable[[], None]) -> None:
    """The job runs beside the requests."""
    threading.Thread(target=job, name="look-for-index", daemon=True).start()


def at_once(job: Callable[[], None]) -> None:
    """The job is done when this returns."""
    job()


class Serving:
    """The engine that answers now; `refusal` says what stands in the way of the newest version, empty if nothing."""

    def __init__(
        self,
        index: Address,
        opener: Opener,
        published: Published,
        *,
        clock: Callable[[], float] = time.monotonic,
        start: Starter = in_thread,
        older: Opener | None = None,
    ) -> None:
        self.index, self.refusal = index, ""
        self.on_open: Callable[[IndexInfo], None] = lambda info: None
        self.on_refusal: Callable[[bool], None] = lambda refused: None
        self._older = older
        self._opener, self._published, self._clock, self._start = opener, published, clock, start
        self._lock, self._looking = threading.Lock(), threading.Lock()
        self._current: Opened | None = None
        self._served = self._refused = ""  # ids of versions
        self._look_at = self._retry_at = clock()
        self._begun = self._lost = False
        self._look(at_once)
        self._begun = True

    def take(self) -> Opened:
        """The engine for one request, to be given back with `release`. Raises NoIndexError."""
        self.look()
        with self._lock:
            if self._current is None:
                raise NoIndexError(self.refusal or "the index is being opened")
            self._current.users += 1
            return self._current

    def release(self, opened: Opened) -> None:
        """An engine that was replaced meanwhile closes after its last request."""
        with self._lock:
            opened.users -= 1
            done = opened.retired and opened.users == 0
        if done:
            _let_go(opened.engine)

    def look(self) -> None:
        """A newer version is looked for and opened beside the requests, if a second has passed since the last time."""
        self._look(self._start)

    @property
    def info(self) -> IndexInfo | None:
        """The version that answers now; None while no index is open."""
        return self._current.engine.info if self._current else None

    @property
    def has_map(self) -> bool:
        """Whether a map was made of the version that answers now."""
        return bool(self._current and self._current.engine.has_map)

    def _look(self, start: Starter) -> None:
        if self._clock() < self._look_at or not self._looking.acquire(blocking=False):
            return
        self._look_at = self._clock() + CHECK_S
        start(self._take_over)

    def _take_over(self) -> None:
        """What is published is asked for, and opened where it is another version than the one that is open."""
        try:
            if (wanted := self._wanted()) is not None:
                self._open(wanted)
        finally:
            self._looking.release()

    def _wanted(self) -> str | None:
        try:
            newest = self._published(self.index)
        except Exception as error:  # whatever is wrong with finding it, the one that is open goes on answering
            self._refuse(_why(error), lost=isinstance(error, HomeLost))
            self._fall_back()
            return None
        if newest is None:
            hint = f"build one: python -m indexer build RECORDS --index {self.index}"
            self._refuse(f"no index is published in {self.index}; {hint}")
            return None
        if newest == self._served:
            self._say("")
            return None
        left_alone = newest == self._refused and self._clock() < self._retry_at
        return None if left_alone else newest

    def _open(self, version: str) -> None:
        try:
            engine = self._opener(self.index)
        except Exception as error:  # whatever is wrong with the new version, the one that is open goes on answering
            self._refused, self._retry_at = version, self._clock() + RETRY_S
            self._refuse(f"version {version} was refused: {_why(error)}")
            self._fall_back()
        else:
            self._swap(engine)
            self._say("")

    def _swap(self, engine: Engine) -> None:
        with self._lock:
            before, self._current = self._current, Opened(engine)
            self._served = engine.info.id  # another than was wanted, where a newer one was published meanwhile
            unused = before if before and before.users == 0 else None
            if before:
                before.retired = True
        if unused:
            _let_go(unused.engine)
        self.on_open(engine.info)
        log.info("index %s is open: %d records", engine.info.id, engine.info.records)

    def _refuse(self, why: str, lost: bool = False) -> None:
        new = why != self.refusal and not (lost and self._lost)  # while a home is lost, each look says it otherwise
        if self._begun and new:  # at the beginning whoever starts the site says it
            log.warning("%s; %s", why, "the version open now stays" if self._current else "no index is open")
        self._say(why, lost)

    def _say(self, refusal: str, lost: bool = False) -> None:
        self.refusal, self._lost = refusal, lost
        self.on_refusal(bool(refusal))

    def _fall_back(self) -> None:
        """Where nothing is open, the last good version on the disk is; the newest one is tried again later."""
        if self._current or not self._older:
            return
        try:
            engine = self._older(self.index)
        except Exception as error:
            log.debug("no older version either: %s", type(error).__name__)
        else:
            self._swap(engine)


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, OSError | SearchError) else f"{type(error).__name__}: {error}"


def _let_go(engine: Engine) -> None:
    """Closes an engine, and gives the memory that it took back to the system: else it grows with every version."""
    engine.close()
    gc.collect()
    with suppress(OSError, AttributeError):  # only glibc keeps what is freed, and only it has a way to ask for it
        ctypes.CDLL(None).malloc_trim(0)


def register(app: Flask, serving: Serving) -> None:
    """Every request of the application gives its engine back when it ends."""
    app.extensions["serving"] = serving

    @app.teardown_appcontext
    def release(error: BaseException | None) -> None:
        if "opened" in g:
            serving.release(g.pop("opened"))


def engine() -> Engine:
    """The engine of this request, the same one for the whole of it. Raises NoIndexError."""
    return _opened().engine


def once(name: str, make: Callable[[Engine], Made]) -> Made:
    """What `make` gives of the engine of this request; made at the first request for it, and kept with the engine."""
    opened = _opened()
    if name not in opened.kept:
        opened.kept[name] = make(opened.engine)
    found: Made = opened.kept[name]
    return found


def _opened() -> Opened:
    if "opened" not in g:
        g.opened = current_app.extensions["serving"].take()
    opened: Opened = g.opened
    return opened
