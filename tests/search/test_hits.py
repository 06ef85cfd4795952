"""What a question must be, and what the match words mean."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from search.errors import BadQuestion
from search.filters import Filters
from search.fusion import KINDS, MESSAGE_WEIGHTS, QUESTION_WEIGHTS, TERM_WEIGHTS, TEXT_WEIGHTS, Weights
from search.hits import MAX_K, MAX_OFFSET, MAX_QUESTION_CHARS, Match, Question
from search.match import (
    ALONE,
    ANSWERED,
    ASKED,
    AT_LEAST,
    CALIBRATION,
    CURVES,
    FORMS,
    MOST_OF_NAME,
    RELATED,
    SAME_QUESTION,
    Calibration,
    curves_of,
    forms_of,
    match_of,
    only_names,
    probabilities,
)


@pytest.mark.parametrize(
    ("text", "k", "offset", "parameter", "message"),
    [
        ("", 10, 0, "q", "the question is empty"),
        (" \n\t", 10, 0, "q", "the question is empty"),
        ("x" * (MAX_QUESTION_CHARS + 1), 10, 0, "q", "the question has 20,001 characters; the limit is 20,000"),
        ("x\ud800", 10, 0, "q", "q holds half of a surrogate pair, which is not a character"),
        ("x", 0, 0, "k", "k must be from 1 to 100, found 0"),
        ("x", MAX_K + 1, 0, "k", "k must be from 1 to 100, found 101"),
        ("x", 10, -1, "offset", "offset must be from 0 to 1,000, found -1"),
        ("x", 10, MAX_OFFSET + 1, "offset", "offset must be from 0 to 1,000, found 1001"),
    ],
)
def test_a_question_that_cannot_be_asked(text: str, k: int, offset: int, parameter: str, message: str) -> None:
    with pytest.raises(BadQuestion) as caught:
        Question(text, k, offset)
    assert (caught.value.parameter, str(caught.value)) == (parameter, message)


def test_the_limits_themselves_may_be_asked() -> None:
    assert Question("x" * MAX_QUESTION_CHARS, MAX_K, MAX_OFFSET).k == 100
    assert Question("x", 1, 0).filters == Filters()


def test_match_words_change_at_their_probabilities() -> None:
    bounds = (1.0, SAME_QUESTION, SAME_QUESTION - 1e-9, RELATED, RELATED - 1e-9, 0.0)
    assert [match_of(probability) for probability in bounds] == [
        Match.SAME,
        Match.SAME,
        Match.RELATED,
        Match.RELATED,
        Match.TOPIC,
        Match.TOPIC,
    ]
    assert [str(match) for match in Match] == ["same question", "related", "same topic"]


def test_a_curve_is_logistic() -> None:
    curve = Calibration(offset=-5.0, slope=10.0)
    assert curve.probabilities(np.array([0.5, 0.6])) == pytest.approx([0.5, 1 / (1 + math.e**-1)])


def test_each_kind_of_question_has_a_curve_that_rises_for_each_form_of_page() -> None:
    written = json.loads(CALIBRATION.read_text())
    assert set(written) == set(KINDS) == {"question", "message", "text", "term"}
    for kind in written.values():
        assert set(kind) == set(FORMS)
        for curve in (Calibration(**values) for values in kind.values()):
            low, high = curve.probabilities(np.array([0.2, 1.0]))
            assert low < RELATED < 0.5 < high


def test_weights_of_no_kind_have_the_curves_of_short_questions() -> None:
    assert set(CURVES) == {QUESTION_WEIGHTS, MESSAGE_WEIGHTS, TEXT_WEIGHTS, TERM_WEIGHTS}
    assert curves_of(Weights(title=1.0, body=0.0, words=0.0, heading=0.0)) is curves_of(QUESTION_WEIGHTS)


def test_a_page_has_the_form_of_what_it_holds_and_the_curve_of_that_form() -> None:
    nan = math.nan
    forms = forms_of(np.array([nan, nan, 0.4, 0.4]), np.array([nan, 0.5, nan, 0.5]))
    assert forms.tolist() == [ALONE, ANSWERED, ASKED, ASKED]
    curves = {ALONE: Calibration(-9, 0), ANSWERED: Calibration(0, 0), ASKED: Calibration(0, 10)}
    scores, far = np.array([0.5, 0.5, 0.0, 0.5]), np.array([nan, 0.5, 0.5, 0.5], np.float32)
    expected = [1 / (1 + math.e**9), 0.5, 0.5, 1 / (1 + math.e**-5)]
    assert probabilities(scores, forms, far, curves).tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("lump in my breast", True),
        ("I found a lump in my breast and I'm 28", True),
        ("gout", True),
        ("lump in my breast?", False),
        ("is gout inherited", False),
        ("does gout run in families", False),
        ("gout, what can I eat", False),
        ("a lump in my left breast since Monday", False),
    ],
)
def test_a_question_that_only_names_something(text: str, names: bool) -> None:
    assert only_names(text) == names


def test_who_tells_a_case_does_not_ask_what_a_name_does_unless_the_title_says_just_that() -> None:
    curves, scores = dict.fromkeys(FORMS, Calibration(9, 0)), np.full(4, 0.5)
    forms, titles = np.array([ALONE, ANSWERED, ASKED, ASKED]), np.array([0.5, 0.5, 0.5, 0.94], np.float32)
    found = probabilities(scores, forms, titles, curves, names=True)
    assert RELATED < found[2] == MOST_OF_NAME < SAME_QUESTION < AT_LEAST == found[3] < found[0] == found[1]


def test_a_title_that_is_the_question_makes_it_the_same_question() -> None:
    curves = {ALONE: Calibration(-9, 0), ASKED: Calibration(9, 0)}
    forms, titles = np.array([ALONE, ALONE, ASKED]), np.array([0.92, 0.94, 0.94], np.float32)
    found = probabilities(np.array([0.5, 0.5, 0.5]), forms, titles, curves)
    assert found[0] < RELATED < SAME_QUESTION < AT_LEAST == found[1] < found[2]
