"""Fusion, by arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.fusion import (
    BESIDE_MESSAGE,
    MESSAGE_WEIGHTS,
    QUESTION_WEIGHTS,
    TERM_WEIGHTS,
    TERM_WORDS,
    TEXT_WEIGHTS,
    Evidence,
    Scores,
    Weights,
    fuse,
    weights_for,
)

WEIGHTS = Weights(title=0.5, body=0.2, words=0.2, heading=0.1)
NAN = float("nan")


def scores(*values: float) -> Scores:
    return np.array(values, np.float32)


def evidence(
    title: float,
    question: float,
    answer: float,
    words: float = 0,
    heading: float = 0,
    against: float = 0,
    named: float = 0,
) -> Evidence:
    """Evidence on a single record."""
    return Evidence(*map(scores, (title, question, answer, words, heading, against, named)))


def fused(title: float, question: float, answer: float, weights: Weights = WEIGHTS, **more: float) -> float:
    """Score of a single record."""
    return float(fuse(evidence(title, question, answer, **more), weights)[0])


def test_a_score_is_the_weighted_mean_less_what_speaks_against_it() -> None:
    assert fused(0.8, NAN, 0.6) == pytest.approx(0.5 * 0.8 + 0.2 * 0.6)
    assert fused(0.8, NAN, 0.6, words=0.5, heading=0.25) == pytest.approx(
        0.5 * 0.8 + 0.2 * 0.6 + 0.2 * 0.5 + 0.1 * 0.25
    )
    assert fused(0.8, NAN, 0.6, against=0.05) == pytest.approx(0.5 * 0.8 + 0.2 * 0.6 - 0.05)
    assert fused(0.8, NAN, 0.6, named=0.5) == pytest.approx(0.5 * 0.8 + 0.2 * 0.6 + 0.2 * 0.5)
    deaf = Weights(title=0.5, body=0.5, words=0, heading=0, against=0)
    assert fused(0.8, NAN, 0.6, deaf, against=0.05) == pytest.approx(0.7)


def test_beside_a_message_a_title_counts_less_and_the_body_more() -> None:
    title = 0.5 * BESIDE_MESSAGE
    assert fused(0.8, 0.6, 0.4) == pytest.approx(title * 0.8 + (0.7 - title) * 0.6)
    assert fused(0.8, 0.4, 0.6) == pytest.approx(title * 0.8 + (0.7 - title) * 0.6)


def test_weights_are_a_mean_whatever_their_sum() -> None:
    assert fused(0.8, 0.6, 0.4, Weights(5, 2, 2, 1), words=0.5) == pytest.approx(fused(0.8, 0.6, 0.4, words=0.5))


@pytest.mark.parametrize(
    ("title", "question", "answer", "expected"),
    [
        (NAN, 0.6, 0.4, 0.7 * 0.6),
        (NAN, NAN, 0.4, 0.7 * 0.4),
        (0.8, NAN, NAN, 0.7 * 0.8),
        (0.8, NAN, 0.4, 0.5 * 0.8 + 0.2 * 0.4),
        (0.8, 0.6, NAN, 0.3 * 0.8 + 0.4 * 0.6),
    ],
)
def test_the_view_that_is_there_stands_for_the_one_that_is_not(
    title: float, question: float, answer: float, expected: float
) -> None:
    assert fused(title, question, answer) == pytest.approx(expected)


def test_a_record_without_a_title_is_judged_by_all_its_words() -> None:
    assert fused(NAN, NAN, 0.5, words=0.4, heading=NAN) == pytest.approx(0.7 * 0.5 + 0.3 * 0.4)


def test_a_title_with_nothing_below_it_is_a_question_and_no_heading() -> None:
    bare = Weights(title=0.5, body=0.2, words=0.2, heading=0.1, alone=False)
    assert fused(0.5, NAN, NAN, bare, words=0.4, heading=1) == pytest.approx(0.7 * 0.5 + 0.3 * 0.4)
    assert fused(0.5, NAN, NAN, words=0.4, heading=1) == pytest.approx(0.7 * 0.5 + 0.2 * 0.4 + 0.1)
    assert fused(0.5, NAN, 0.5, bare, words=0.4, heading=1) == pytest.approx(0.7 * 0.5 + 0.2 * 0.4 + 0.1)
    assert fused(0.5, 0.5, NAN, bare, words=0.4, heading=1) == pytest.approx(0.7 * 0.5 + 0.2 * 0.4 + 0.1)


def test_each_record_has_its_own_score() -> None:
    two = Evidence(
        scores(0.8, NAN), scores(NAN, 0.5), scores(0.4, 0.1), scores(0, 1), scores(0, NAN), scores(0.1, 0), scores(0, 0)
    )
    assert fuse(two, WEIGHTS).tolist() == pytest.approx([0.5 * 0.8 + 0.2 * 0.4 - 0.1, 0.7 * 0.5 + 0.3 * 1])


def test_scores_stay_between_0_and_1() -> None:
    assert fused(-1, -1, -1) == 0
    assert fused(0.1, 0.1, 0.1, against=0.3) == 0
    assert fused(1.0000001, 1.0000001, 1.0000001, Weights(1, 1, 0, 0)) == 1


COSINE = st.floats(-1, 1, width=32)


SHARE = st.floats(0, 1, width=32)


@given(COSINE, COSINE, COSINE, COSINE, SHARE, SHARE)
def test_a_better_view_never_lowers_a_score(
    low: float, high: float, title: float, answer: float, worse: float, better: float
) -> None:
    low, high = sorted((low, high))
    worse, better = sorted((worse, better))
    for weights in (QUESTION_WEIGHTS, MESSAGE_WEIGHTS, TEXT_WEIGHTS, TERM_WEIGHTS):
        assert fused(title, low, answer, weights) <= fused(title, high, answer, weights)
        assert fused(low, title, answer, weights) <= fused(high, title, answer, weights)
        assert fused(title, title, answer, weights, words=worse) <= fused(title, title, answer, weights, words=better)
        assert fused(title, title, answer, weights, heading=worse) <= fused(
            title, title, answer, weights, heading=better
        )
        assert fused(title, title, answer, weights, against=better) <= fused(
            title, title, answer, weights, against=worse
        )


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


def test_a_long_text_is_a_message_where_it_tells_of_somebody_or_asks() -> None:
    text = "A rash that comes with fever spreads from the face to the body within days " * 2
    assert weights_for(text) == TEXT_WEIGHTS
    assert weights_for(text + "and my son has it") == MESSAGE_WEIGHTS
    assert weights_for(text + "is that measles?") == MESSAGE_WEIGHTS
    assert [weights_for("my " + "word " * words) for words in (24, 25)] == [QUESTION_WEIGHTS, MESSAGE_WEIGHTS]
    assert [weights_for("word " * words + "?") for words in (60, 61)] == [MESSAGE_WEIGHTS, TEXT_WEIGHTS]
    assert len({QUESTION_WEIGHTS, MESSAGE_WEIGHTS, TEXT_WEIGHTS, TERM_WEIGHTS}) == 4
