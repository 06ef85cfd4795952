"""Measuring on held-out pairs, by hand-made vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.tuning.held_out import AT_MOST, Figures, better, gain, measure, sample
from indexer.tuning.pairs import Pair
from search.dense import Vectors

# A text is a number, its vector points that many degrees round the circle: nearness is the difference of degrees.


def encode(texts: Sequence[str]) -> Vectors:
    angles = np.radians([float(text) for text in texts])
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_ranks_are_among_the_positives_of_other_groups() -> None:
    pairs = [
        Pair("0", "5", "a", "k"),  # nearest is 5: rank 1
        Pair("20", "40", "b", "k"),  # 5 and 25 are nearer than 40: rank 3
        Pair("26", "90", "c", "k"),  # 40 and 5 are nearer, its group's 25 does not count: rank 3
        Pair("80", "25", "c", "k"),  # its group's 90 does not count, 40 is nearer: rank 2
    ]
    assert measure({"k": pairs}, encode) == {"k": Figures(4, 0.25, round((1 + 1 / 3 + 1 / 3 + 1 / 2) / 4, 4))}


def test_a_model_that_gives_no_numbers_finds_nothing() -> None:
    pairs = [Pair("0", "5", "a", "k", ("90",)), Pair("20", "25", "b", "k")]
    assert measure({"k": pairs}, encode)["k"].hit == 1.0
    assert measure({"k": pairs}, lambda texts: np.full((len(texts), 2), np.nan, np.float32))["k"].hit == 0.0


def test_better_means_a_gain_in_the_mean_and_no_fall_beyond_chance() -> None:
    before = {"a": Figures(9, 0.5, 0.5), "b": Figures(9, 0.5, 0.5)}
    assert better(before, {"a": Figures(9, 0.6, 0.6), "b": Figures(9, 0.5, 0.496)})
    assert not better(before, {"a": Figures(9, 0.6, 0.6), "b": Figures(9, 0.5, 0.49)})
    assert not better(before, before)
    assert gain(before, {"a": Figures(9, 0.6, 0.75), "b": Figures(9, 0.5, 0.25)}) == 0.0


def test_the_sample_holds_held_out_pairs_only_each_once_and_not_too_many() -> None:
    pairs = [Pair("a", "b", str(number), "k") for number in range(60 * AT_MOST)]
    found = sample(pairs + pairs, 1)["k"]
    assert len(found) == len(set(found)) == AT_MOST
    assert all(pair.held_out for pair in found)
