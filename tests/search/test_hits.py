"""What a question must be, and what the match words mean."""

from __future__ import annotations

import math

import pytest

from search.errors import BadQuestion
from search.hits import MAX_K, MAX_OFFSET, MAX_QUESTION_CHARS, Filters, Match, Question
from search.match import RELATED, SAME_QUESTION, Calibration, match_of, probability_of


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


def test_an_empty_filter_is_a_filter() -> None:
    assert not Filters()
    assert Filters(specialties=frozenset())
    assert Filters(before="2020-01-01")


def test_match_words_change_at_their_probabilities(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a curve that says 1 / (1 + e^-(10 s - 5)), a score for each of the two bounds, and a little less."""
    monkeypatch.setattr("search.match.CURVE", Calibration(offset=-5.0, slope=10.0))
    same, related = ((5 + math.log(p / (1 - p))) / 10 for p in (SAME_QUESTION, RELATED))
    assert [match_of(score) for score in (1.0, same + 1e-9, same - 1e-6, related + 1e-9, related - 1e-6, 0.0)] == [
        Match.SAME,
        Match.SAME,
        Match.RELATED,
        Match.RELATED,
        Match.TOPIC,
        Match.TOPIC,
    ]
    assert probability_of(0.5) == 0.5
    assert probability_of(0.6) == pytest.approx(1 / (1 + math.e**-1))
    assert [str(match) for match in Match] == ["same question", "related", "same topic"]
