"""Which weights a text gets."""

from __future__ import annotations

import pytest

from search.fusion import (
    MESSAGE_WEIGHTS,
    MESSAGE_WORDS,
    QUESTION_WEIGHTS,
    TERM_WEIGHTS,
    TEXT_WEIGHTS,
    Weights,
    weights_for,
)

STORY = "since last week my left knee hurts when climbing stairs"


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("ringing in the ears", TERM_WEIGHTS),
        ("Why do ears ring?", QUESTION_WEIGHTS),
        (STORY, QUESTION_WEIGHTS),
        (f"{STORY} " * 3, MESSAGE_WEIGHTS),
        ("The knee is the largest joint of the body. " * 4, TEXT_WEIGHTS),
        ("word " * (MESSAGE_WORDS - 1) + "I've", QUESTION_WEIGHTS),
        ("word " * MESSAGE_WORDS + "I've", MESSAGE_WEIGHTS),
    ],
)
def test_a_story_a_question_and_a_term_are_weighed_differently(text: str, weights: Weights) -> None:
    assert weights_for(text) == weights
