"""One writer at a time on an index in Milvus: a lease, renewed while its holder works.

Milvus knows no locks, but it makes a collection once: of several who ask for one of the same name and other words in
its description, one gets it. So a lease is an empty collection `<index>_writer_<n>`, whose description says who holds
it until when; to renew it, or to take over one that has run out, is to make the next number.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from search.errors import NotThere, SearchError

LEASE_S = 60.0  # of a writer on another machine that is not heard of any more; clocks may differ by less than that
RENEW_S = 20.0
AGAIN_S = 5.0  # after a renewal that failed: there is time for one more before the lease runs out

_at_work: set[str] = set()  # tokens of the leases that this process holds


class Shelf(Protocol):
    """Where leases stand: collections, each with a description."""

    def collections(self) -> list[str]:
        """The names of all collections."""
        ...

    def described(self, collection: str) -> str:
        """The description of a collection. Raises NotThere."""
        ...

    def claim(self, collection: str, description: str) -> bool:
        """Whether the collection was made now, for this description; False where another one holds the name."""
        ...

    def drop(self, collection: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Holder:
    """A writer: its machine, process and when that began, and until when it holds the lease (seconds since 1970)."""

    host: str
    machine: str
    pid: int
    began: str
    until: float
    token: str = ""

    @classmethod
    def here(cls, token: str = "") -> Holder:
        """This process, with a lease from now on; `token` tells it from others of this process."""
        return cls(socket.gethostname(), _machine(), os.getpid(), _began(os.getpid()), time.time() + LEASE_S, token)

    @classmethod
    def read(cls, description: str) -> Holder | None:
        """The holder that a description names; None for a description that is none."""
        try:
            return cls(**json.loads(description))
        except (ValueError, TypeError):
            return None

    def at_work(self) -> bool:
        """Whether it still holds the lease: on this machine while the process lives, on another until it runs out."""
        if self.machine == _machine():
            alive = bool(self.began) and _began(self.pid) == self.began
            return alive and (self.pid != os.getpid() or self.token in _at_work)  # else it could not be given back
        return time.time() < self.until


class Lease:
    """The right to write, taken when this returns. Raises SearchError where another writer has it."""

    def __init__(self, shelf: Shelf, index: str, where: object) -> None:
        self._shelf, self._index, self._where = shelf, index, where
        self._lost, self._token = "", secrets.token_hex(8)
        self._number = self._take()
        _at_work.add(self._token)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raises SearchError where another writer has taken over, or may have, as nothing was renewed for a minute."""
        if self._lost:
            raise SearchError(self._lost)
        if self._ran_out():
            raise SearchError(self._run_out())

    def release(self) -> None:
        """Another writer may begin."""
        self._ended.set()
        self._thread.join()
        _at_work.discard(self._token)
        if not self._lost and not self._ran_out():  # else the number may be another writer's
            self._shelf.drop(_name(self._index, self._number))

    def _take(self) -> int:
        found = self._others()
        number, self._ends = max(found, default=0) + 1, _ends()
        if not self._next(number):
            raise SearchError(f"another process has just begun to write to {self._where}; wait until it ends")
        try:
            self._others(number)  # one may have begun, and renewed its lease, since they were looked at
        except SearchError:
            self._shelf.drop(_name(self._index, number))
            raise
        for other in found:
            self._shelf.drop(_name(self._index, other))
        return number

    def _others(self, own: int = 0) -> set[int]:
        """Numbers of the leases of others, which have run out. Raises SearchError where one has not."""
        form = re.compile(rf"{re.escape(self._index)}_writer_(\d+)")
        numbers = {int(found[1]) for name in self._shelf.collections() if (found := form.fullmatch(name))} - {own}
        for number in sorted(numbers):
            holder = self._holder(number)
            if holder is not None and holder.at_work():
                raise SearchError(f"{_said(holder)} is writing to {self._where}; wait until it ends")
        return numbers

    def _holder(self, number: int) -> Holder | None:
        try:
            return Holder.read(self._shelf.described(_name(self._index, number)))
        except NotThere:  # it was given back just now
            return None

    def _next(self, number: int) -> bool:
        return self._shelf.claim(_name(self._index, number), described_as(Holder.here(self._token)))

    def _renew(self) -> None:
        wait = RENEW_S
        while not self._lost and not self._ended.wait(wait):
            try:
                self._lost = self._renewed()
                wait = RENEW_S
            except SearchError:  # lost for a moment: the work itself says so, if it stays so
                wait = AGAIN_S
            except Exception as error:
                why = f"{type(error).__name__}: {' '.join(str(error).split())[:120]}"
                self._lost = f"the right to write on {self._where} could not be renewed ({why}); run the command again"

    def _renewed(self) -> str:
        """Makes the next number; what to say where the lease is lost, else nothing."""
        ends = _ends()
        while not self._next(self._number + 1):
            holder = self._holder(self._number + 1)
            if holder is None or holder.token != self._token:
                return f"another process writes now on {self._where}; wait until it ends, then run the command again"
            self._forget_one()  # an earlier try made it, though no answer came
        if self._ran_out():  # whoever took over may have ended since, and left the number free
            return self._run_out()
        self._ends = ends
        self._forget_one()
        return ""

    def _forget_one(self) -> None:
        """Goes on to the next number, which stands, and drops the one before it."""
        self._number += 1
        self._shelf.drop(_name(self._index, self._number - 1))

    def _ran_out(self) -> bool:
        """Whether others may take it over: by either clock, as one stops while a machine sleeps, and one can be set."""
        return time.monotonic() > self._ends[0] or time.time() > self._ends[1]

    def _run_out(self) -> str:
        return (
            f"the right to write on {self._where} could not be renewed for {LEASE_S:.0f} s, "
            "and another process may write now; run the command again"
        )


@contextmanager
def leased(make: Callable[[], Lease]) -> Iterator[Lease]:
    """A lease for the time of a block; what goes wrong in it is not hidden by what goes wrong in giving it back."""
    lease = make()
    try:
        yield lease
    except BaseException:
        with suppress(SearchError):  # it ends with the process
            lease.release()
        raise
    lease.release()


def described_as(holder: Holder) -> str:
    """The description of a lease of this holder."""
    return json.dumps(asdict(holder))


def _ends() -> tuple[float, float]:
    """When a lease that is taken now runs out: on the monotonic clock, and in seconds since 1970."""
    return time.monotonic() + LEASE_S, time.time() + LEASE_S


def _name(index: str, number: int) -> str:
    return f"{index}_writer_{number}"


def _said(holder: Holder) -> str:
    if holder.machine == _machine():
        return f"process {holder.pid}"
    left = max(1, round(holder.until - time.time()))
    return f"process {holder.pid} on {holder.host} (its lease ends in {left} s unless renewed)"


def _machine() -> str:
    """What tells this machine, since it was started, and the numbers of its processes from those of others."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{socket.gethostname()} {boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return f"{socket.gethostname()} {os.getpid()}"  # nobody can tell whether it lives: its lease must run out


def _began(pid: int) -> str:
    """When a process was started, in ticks since the machine was; empty where there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]
