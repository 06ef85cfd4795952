"""A breaker, on a clock of its own: when nothing is tried for a while, and when one call tries for all."""

from __future__ import annotations

import pytest

from search.errors import HomeLost
from search.milvus import breaker
from search.milvus.breaker import FAILURES, REST_S


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_breaker_lets_one_call_through_after_its_rest(clock: Clock) -> None:
    tried = breaker.Breaker(clock)
    attempts: list[float] = []

    def attempt() -> None:
        attempts.append(clock.now)
        if clock.now < 2 * REST_S:
            tried.failed("it is gone still")
            raise HomeLost("it is gone still")

    for _ in range(FAILURES):
        tried.check(attempt)
        tried.failed("it is gone")
    with pytest.raises(HomeLost, match=r"it is gone \(not tried again for 5 s\)"):
        tried.check(attempt)
    assert attempts == []
    clock.now += REST_S
    with pytest.raises(HomeLost, match=r"^it is gone still$"):
        tried.check(attempt)
    with pytest.raises(HomeLost, match="not tried again"):
        tried.check(attempt)
    clock.now += REST_S
    tried.check(attempt)
    tried.check(attempt)
    assert attempts == [REST_S, 2 * REST_S]


def test_failures_count_in_a_row(clock: Clock) -> None:
    tried = breaker.Breaker(clock)
    for _ in range(FAILURES * 2):
        tried.failed("it is gone")
        tried.worked()
        tried.check(pytest.fail)
