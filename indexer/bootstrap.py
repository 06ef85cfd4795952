"""How sure a mean over queries is: the bootstrap (Efron 1979), paired where two systems answered the same queries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
CONFIDENCE = 95  # percent of the resampled means that lie in an interval
SEED = 1


def interval(values: Sequence[float] | NDArray[np.float64]) -> tuple[float, float]:
    """Bounds of the mean of some values, one a query: between them lies CONFIDENCE percent of resampled means.

    Of the differences of two systems on the same queries, an interval without 0 says that chance does not explain them.
    Raises ValueError without values.
    """
    array = np.asarray(values, np.float64)
    if not len(array):
        raise ValueError("there is no mean of nothing")
    drawn = np.random.default_rng(SEED).integers(0, len(array), (RESAMPLES, len(array)))
    outside = (100 - CONFIDENCE) / 2
    low, high = np.percentile(array[drawn].mean(axis=1), [outside, 100 - outside])
    return round(float(low), 4), round(float(high), 4)
