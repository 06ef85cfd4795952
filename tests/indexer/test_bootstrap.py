"""Bounds of a mean, held against the normal distribution where that is known to fit."""

from __future__ import annotations

import math

import numpy as np
import pytest

from indexer.bootstrap import interval


def test_the_bounds_of_many_values_are_those_of_the_normal_distribution() -> None:
    values = np.random.default_rng(3).integers(0, 2, 2_000).astype(float)
    low, high = interval(values)
    share = values.mean()
    error = 1.96 * math.sqrt(share * (1 - share) / len(values))
    assert low == pytest.approx(share - error, abs=0.003)
    assert high == pytest.approx(share + error, abs=0.003)


def test_values_that_do_not_differ_are_sure() -> None:
    assert interval([0.25] * 9) == (0.25, 0.25)


def test_the_same_values_give_the_same_bounds() -> None:
    values = [0.0, 1.0, 0.5, 0.25, 1.0]
    assert interval(values) == interval(values)


def test_nothing_has_no_mean() -> None:
    with pytest.raises(ValueError, match="there is no mean of nothing"):
        interval([])
