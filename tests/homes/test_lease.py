"""One writer at a time: a lease that a living process keeps, a dead one loses, and another machine's runs out."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from indexer.milvus import lease as leasing
from indexer.milvus.lease import Holder
from search.errors import SearchError


class Shelf:
    """Collections by name, with their descriptions, as a Milvus keeps them."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    def collections(self) -> list[str]:
        return list(self.held)

    def described(self, collection: str) -> str:
        return self.held[collection]

    def claim(self, collection: str, description: str) -> bool:
        return self.held.setdefault(collection, description) == description

    def drop(self, collection: str) -> None:
        self.held.pop(collection, None)


def test_of_two_writers_the_second_is_refused_with_the_first_one_named() -> None:
    shelf = Shelf()
    first = leasing.Lease(shelf, "toy", "there")
    with pytest.raises(SearchError, match=f"^process {os.getpid()} is writing to there; wait until it ends$"):
        leasing.Lease(shelf, "toy", "there")
    first.release()
    assert shelf.held == {}
    shelf.drop = lambda collection: None  # type: ignore[method-assign]  # a lease that cannot be given back
    leasing.Lease(shelf, "toy", "there").release()
    assert len(shelf.held) == 1
    leasing.Lease(shelf, "toy", "there").release()


def test_the_lease_of_a_dead_process_is_taken_over_at_once() -> None:
    shelf = Shelf()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        holder = replace(Holder.here(), pid=other.pid, began=leasing._began(other.pid))
        shelf.held["toy_writer_4"] = leasing.described_as(holder)
        with pytest.raises(SearchError, match=f"process {other.pid} is writing"):
            leasing.Lease(shelf, "toy", "there")
        other.kill()
        other.wait()
        leasing.Lease(shelf, "toy", "there").release()
    assert shelf.held == {}


def test_the_lease_of_another_machine_runs_out() -> None:
    shelf = Shelf()
    away = replace(Holder.here(), host="far", machine="far", until=time.time() + 30)
    shelf.held["toy_writer_4"] = leasing.described_as(away)
    with pytest.raises(SearchError, match=r"process \d+ on far \(its lease ends in \d+ s unless renewed\) is writing"):
        leasing.Lease(shelf, "toy", "there")
    shelf.held["toy_writer_4"] = leasing.described_as(replace(away, until=time.time() - 1))
    leasing.Lease(shelf, "toy", "there").release()


def test_a_lease_is_renewed_and_its_loss_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leasing, "RENEW_S", 0.01)
    shelf = Shelf()
    lease = leasing.Lease(shelf, "toy", "there")
    number = lambda: max(int(name.rpartition("_")[2]) for name in shelf.collections())  # noqa: E731
    until = time.monotonic() + 10
    while number() < 4 and time.monotonic() < until:
        time.sleep(0.01)
    assert number() >= 4
    lease.check()
    shelf.claim = lambda collection, description: False  # type: ignore[method-assign]
    lease._thread.join(10)
    with pytest.raises(SearchError, match="another process writes now on there"):
        lease.check()
    lease.release()
