"""Fusion, by arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.fusion import (
    BM25_HALF,
    QUESTION_WEIGHTS,
    TERM_WEIGHTS,
    TERM_WORDS,
    Evidence,
    Scores,
    Weights,
    fuse,
    weights_for,
)

WEIGHTS = Weights(title=0.5, body=0.3, bm25=0.2)
NAN = float("nan")


def scores(*values: float) -> Scores:
    return np.array(values, np.float32)


def fused(title: float, question: float, answer: float, bm25: float, weights: Weights = WEIGHTS) -> float:
    """Score of a single record."""
    return float(fuse(Evidence(scores(title), scores(question), scores(answer), scores(bm25)), weights)[0])


def test_a_score_is_the_weighted_mean() -> None:
    assert fused(0.8, 0.6, 0.4, BM25_HALF) == pytest.approx(0.5 * 0.8 + 0.3 * 0.6 + 0.2 * 0.5)
    assert fused(0.8, 0.4, 0.6, 3 * BM25_HALF) == pytest.approx(0.5 * 0.8 + 0.3 * 0.6 + 0.2 * 0.75)
    assert fused(0.8, 0.6, 0.4, 0) == pytest.approx(0.5 * 0.8 + 0.3 * 0.6)


def test_weights_are_a_mean_whatever_their_sum() -> None:
    assert fused(0.8, 0.6, 0.4, BM25_HALF, Weights(5, 3, 2)) == pytest.approx(fused(0.8, 0.6, 0.4, BM25_HALF))


@pytest.mark.parametrize(
    ("title", "question", "answer", "expected"),
    [
        (NAN, 0.6, 0.4, 0.5 * 0.6 + 0.3 * 0.6),
        (NAN, NAN, 0.4, 0.5 * 0.4 + 0.3 * 0.4),
        (0.8, NAN, NAN, 0.5 * 0.8 + 0.3 * 0.8),
        (0.8, NAN, 0.4, 0.5 * 0.8 + 0.3 * 0.4),
        (0.8, 0.6, NAN, 0.5 * 0.8 + 0.3 * 0.6),
    ],
)
def test_the_view_that_is_there_stands_for_the_one_that_is_not(
    title: float, question: float, answer: float, expected: float
) -> None:
    assert fused(title, question, answer, 0) == pytest.approx(expected)


def test_each_record_has_its_own_score() -> None:
    evidence = Evidence(scores(0.8, NAN), scores(NAN, 0.5), scores(0.4, 0.1), scores(0, BM25_HALF))
    assert fuse(evidence, WEIGHTS).tolist() == pytest.approx([0.5 * 0.8 + 0.3 * 0.4, 0.8 * 0.5 + 0.2 * 0.5])


def test_scores_stay_between_0_and_1() -> None:
    assert fused(-1, -1, -1, 0) == 0
    assert fused(1.0000001, 1.0000001, 1.0000001, 0, Weights(1, 1, 0)) == 1


COSINE = st.floats(-1, 1, width=32)


@given(COSINE, COSINE, COSINE, COSINE, st.floats(0, 50, width=32))
def test_a_better_view_never_lowers_a_score(low: float, high: float, title: float, answer: float, bm25: float) -> None:
    low, high = sorted((low, high))
    for weights in (QUESTION_WEIGHTS, TERM_WEIGHTS):
        assert fused(title, low, answer, bm25, weights) <= fused(title, high, answer, bm25, weights)
        assert fused(low, title, answer, bm25, weights) <= fused(high, title, answer, bm25, weights)
        assert fused(title, title, answer, bm25, weights) <= fused(title, title, answer, bm25 + 1, weights)


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("ringing in the ears", TERM_WEIGHTS),
        ("Fever", TERM_WEIGHTS),
        ("rash_on_the_arm", TERM_WEIGHTS),
        (" ".join(["word"] * TERM_WORDS), TERM_WEIGHTS),
        (" ".join(["word"] * (TERM_WORDS + 1)), QUESTION_WEIGHTS),
        ("ringing in the ears?", QUESTION_WEIGHTS),
        ("why this ringing", QUESTION_WEIGHTS),
        ("MY ears ring", QUESTION_WEIGHTS),
        ("I've ringing ears", QUESTION_WEIGHTS),
        ("mysterious whooping", TERM_WEIGHTS),
        ("", TERM_WEIGHTS),
    ],
)
def test_a_few_words_that_neither_ask_nor_tell_are_a_term(text: str, weights: Weights) -> None:
    assert weights_for(text) == weights
    assert QUESTION_WEIGHTS != TERM_WEIGHTS
