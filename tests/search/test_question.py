"""Reading a question: its vector, its stems, its weights, and what was added to it."""

from __future__ import annotations

from math import sqrt

import pytest

from search.fusion import QUESTION_WEIGHTS, TERM_WEIGHTS
from search.lay_terms import LayTerm, LayTerms
from search.question import Reader
from tests.toy_encoder import WORDS, ToyEncoder

TERMS = LayTerms("toy", [LayTerm("hot brow", "Fever", "HP:1"), LayTerm("hot brow", "Cough", "HP:2")])
READER = Reader(ToyEncoder(), TERMS)


def vector(**words: float) -> dict[str, float]:
    """What a vector says of each word."""
    return dict.fromkeys(WORDS, 0.0) | words


def embedded(text: str) -> dict[str, float]:
    return dict(zip(WORDS, READER.embed(text).tolist(), strict=False))


def test_a_question_is_its_vector_its_stems_and_its_weights() -> None:
    asked, expansions = READER.read("Is a rash a fever?")
    assert dict(zip(WORDS, asked.vector.tolist(), strict=False)) == pytest.approx(
        vector(rash=sqrt(0.5), fever=sqrt(0.5))
    )
    assert (list(asked.terms), asked.weights, expansions) == (["rash", "fever"], QUESTION_WEIGHTS, ())


def test_a_long_question_counts_to_its_end() -> None:
    assert embedded("lip " * 14 + "fever " * 14) == pytest.approx(vector(lip=sqrt(0.5), fever=sqrt(0.5)))
    assert embedded("lip " * 14 + "fever " * 14 + "fever " * 14) == pytest.approx(
        vector(lip=1 / sqrt(5), fever=2 / sqrt(5))
    )


def test_a_question_without_words_has_a_vector() -> None:
    assert READER.embed("?!").tolist() == [0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert READER.embed("").tolist() == READER.embed("?!").tolist()


def test_a_lay_term_is_searched_by_its_medical_ones_as_well() -> None:
    asked, expansions = READER.read("hot brow")
    assert [item.term for item in expansions] == ["Fever", "Cough"]
    assert list(asked.terms) == ["hot", "brow", "fever", "cough"]
    # "hot brow" is the last axis; half of the sum is the mean of both terms, made unit
    third = sqrt(0.5) / sqrt(2)
    assert asked.vector.tolist() == pytest.approx([0, 0, 0, 0, 0, third, third, 0, sqrt(0.5)])
    assert asked.weights == QUESTION_WEIGHTS  # all of it was found: as good as a title


def test_a_lay_term_counts_by_its_share_of_the_words() -> None:
    asked, _ = READER.read("rash, hot brow")
    whole = sqrt(1 + (2 / 3) ** 2)
    expected = vector(rash=1 / whole, fever=2 / 3 * sqrt(0.5) / whole, cough=2 / 3 * sqrt(0.5) / whole)
    assert dict(zip(WORDS, asked.vector.tolist(), strict=False)) == pytest.approx(expected)
    assert asked.weights == TERM_WEIGHTS


def test_a_sentence_is_not_expanded() -> None:
    asked, expansions = READER.read("Do I have a hot brow?")
    assert expansions == ()
    assert "fever" not in asked.terms
