"""One writer at a time: a lease that a living process keeps, a dead one loses, and another machine's runs out."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from indexer.milvus import lease as leasing
from indexer.milvus.lease import Holder
from search.errors import HomeLost, NotThere, SearchError


class Shelf:
    """Collections by name, with their descriptions, as a Milvus keeps them."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    def collections(self) -> list[str]:
        return list(self.held)

    def described(self, collection: str) -> str:
        if collection not in self.held:
            raise NotThere(f"{collection} is not there")
        return self.held[collection]

    def claim(self, collection: str, description: str) -> bool:
        return self.held.setdefault(collection, description) == description

    def drop(self, collection: str) -> None:
        self.held.pop(collection, None)


def number(shelf: Shelf) -> int:
    """The highest number of a lease that there is."""
    return max(int(name.rpartition("_")[2]) for name in shelf.collections())


def refusal(lease: leasing.Lease) -> str:
    """What is said of a lease that is lost; nothing of one that is held."""
    try:
        lease.check()
    except SearchError as error:
        return str(error)
    return ""


def wait_for(done: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not done() and time.monotonic() < until:
        time.sleep(0.01)
    assert done()


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
    wait_for(lambda: number(shelf) >= 4)
    lease.check()
    shelf.claim = lambda collection, description: False  # type: ignore[method-assign]
    lease._thread.join(10)
    with pytest.raises(SearchError, match="another process writes now on there"):
        lease.check()
    lease.release()


def test_a_renewal_that_was_made_but_not_answered_is_gone_on_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leasing, "RENEW_S", 0.01)
    monkeypatch.setattr(leasing, "AGAIN_S", 0.01)
    shelf, unanswered = Shelf(), [2, 4, 5]
    real = shelf.claim

    def claim(collection: str, description: str) -> bool:
        made = real(collection, description)
        if unanswered and collection == f"toy_writer_{unanswered[0]}":
            unanswered.pop(0)
            raise HomeLost("it did not answer in time")
        return made

    shelf.claim = claim  # type: ignore[method-assign]
    lease = leasing.Lease(shelf, "toy", "there")
    wait_for(lambda: number(shelf) >= 8)
    lease.check()
    lease.release()
    assert (unanswered, shelf.held) == ([], {})


def test_a_lease_that_could_not_be_renewed_for_a_minute_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leasing, "LEASE_S", 1.0)
    monkeypatch.setattr(leasing, "RENEW_S", 0.01)
    monkeypatch.setattr(leasing, "AGAIN_S", 0.01)
    shelf = Shelf()
    real = shelf.claim
    lease = leasing.Lease(shelf, "toy", "there")
    lease.check()

    def lost(collection: str, description: str) -> bool:
        raise HomeLost("it cannot be reached")

    shelf.claim = lost  # type: ignore[method-assign]
    wait_for(lambda: refusal(lease) != "")
    said = "the right to write on there could not be renewed for 1 s, and another process may write now"
    assert refusal(lease) == f"{said}; run the command again"
    shelf.claim = real  # type: ignore[method-assign]
    lease._thread.join(10)
    assert said in refusal(lease)  # another may have held it meanwhile
    held = dict(shelf.held)
    lease.release()
    assert shelf.held == held


def test_a_lease_runs_out_while_its_machine_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    lease = leasing.Lease(Shelf(), "toy", "there")
    later = time.time() + leasing.LEASE_S + 1
    monkeypatch.setattr(time, "time", lambda: later)  # the monotonic clock did not go on
    assert "another process may write now" in refusal(lease)
    lease.release()


def test_whatever_goes_wrong_in_renewing_is_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leasing, "RENEW_S", 0.01)
    shelf = Shelf()

    def wrong(collection: str, description: str) -> bool:
        raise ValueError("no such\nargument")

    lease = leasing.Lease(shelf, "toy", "there")
    shelf.claim = wrong  # type: ignore[method-assign]
    lease._thread.join(10)
    said = "the right to write on there could not be renewed (ValueError: no such argument); run the command again"
    assert refusal(lease) == said
    lease.release()
