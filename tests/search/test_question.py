"""Reading a question: its vector, its stems, its weights, and what was added to it."""

from __future__ import annotations

from math import sqrt

import pytest

from search.abbreviations import Abbreviations
from search.fusion import QUESTION_WEIGHTS, TERM_WEIGHTS
from search.hits import Switches, Understood
from search.lay_terms import LayTerm, LayTerms
from search.question import Reader, Reading
from search.ranking import Asked
from search.vocabulary import Vocabulary
from tests.toy_encoder import WORDS, ToyEncoder

TERMS = LayTerms("toy", [LayTerm("hot brow", "Fever", "HP:1"), LayTerm("hot brow", "Cough", "HP:2")])
VOCABULARY = Vocabulary(dict.fromkeys([*WORDS, "fevers", "have", "days"], 1_000_000))
READER = Reader(ToyEncoder(), TERMS, VOCABULARY, Abbreviations({"tw": "lip twitching"}))
ALL_OFF = Switches(corrections=False, expansions=False)


def vector(**words: float) -> dict[str, float]:
    """What a vector says of each word."""
    return dict.fromkeys(WORDS, 0.0) | words


def asked_of(reading: Reading) -> Asked:
    """What to search by."""
    return READER.asked(reading.searched)


def parts(reading: Reading) -> tuple[Asked, Understood]:
    """What to search by, and what was made of the text."""
    return asked_of(reading), reading.understood


def test_a_question_is_its_vector_its_stems_and_its_weights() -> None:
    asked = asked_of(READER.read("Is a rash a fever?"))
    assert dict(zip(WORDS, asked.vector.tolist(), strict=False)) == pytest.approx(
        vector(rash=sqrt(0.5), fever=sqrt(0.5))
    )
    assert (list(asked.terms), asked.weights) == (["rash", "fever"], QUESTION_WEIGHTS)
    assert READER.read("Is a rash a fever?").understood == Understood("Is a rash a fever?", "Is a rash a fever?")


def test_a_question_without_words_has_a_vector() -> None:
    assert asked_of(READER.read("?!")).vector.tolist() == [0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert asked_of(READER.read("")).vector.tolist() == asked_of(READER.read("?!")).vector.tolist()


def test_a_lay_term_is_searched_by_its_medical_ones_as_well() -> None:
    asked, understood = parts(READER.read("hot brow"))
    assert [item["to"] for item in understood.expansions] == ["Fever", "Cough"]
    assert list(asked.terms) == ["hot", "brow", "fever", "cough"]
    # "hot brow" is the last axis; half of the sum is the mean of both terms, made unit
    third = sqrt(0.5) / sqrt(2)
    assert asked.vector.tolist() == pytest.approx([0, 0, 0, 0, 0, third, third, 0, sqrt(0.5)])
    assert asked.weights == QUESTION_WEIGHTS  # all of it was found: as good as a title


def test_the_commoner_spelling_is_embedded_and_a_page_may_have_either() -> None:
    words = Vocabulary({"rash": 9, "anemia": 9, "anaemia": 1})
    reader = Reader(ToyEncoder(), TERMS, words, Abbreviations({}))
    reading = reader.read("Is a rash anaemia?")
    assert list(asked_of(reading).terms) == ["rash", "anemia", "anaemia"]
    assert [(list(same.said), list(same.meant)) for same in asked_of(reading).same] == [(["anemia"], ["anaemia"])]
    assert asked_of(reading).vector.tolist() == asked_of(reader.read("Is a rash anemia?")).vector.tolist()
    assert reading.understood.used == "Is a rash anaemia?; anemia"
    assert reading.understood.expansions == ({"from": "anaemia", "to": "anemia", "source": "other spelling"},)
    assert list(asked_of(reader.read("Is a rash anaemia?", Switches(expansions=False))).terms) == ["rash", "anaemia"]
    assert list(asked_of(reader.read("Is a rash anaemia?", as_typed=frozenset({"anaemia"}))).terms) == [
        "rash",
        "anaemia",
    ]


def test_the_commoner_name_of_a_medicine_is_searched_as_well() -> None:
    words = Vocabulary({"rash": 9, "tylenol": 2, "acetaminophen": 9, "paracetamol": 5})
    reader = Reader(ToyEncoder(), TERMS, words, Abbreviations({}))
    asked, understood = parts(reader.read("Is Tylenol for a rash?"))
    assert list(asked.terms) == ["tylenol", "rash", "acetaminophen"]
    assert [(list(same.said), list(same.meant)) for same in asked.same] == [(["tylenol"], ["acetaminophen"])]
    assert understood.expansions == ({"from": "Tylenol", "to": "acetaminophen", "source": "list of medicines"},)
    assert reader.read("Tylenol is acetaminophen?").understood.expansions == ()
    assert reader.read("Is acetaminophen for a rash?").understood.expansions == ()
    assert reader.read("Is tylenol for a rash?", Switches(expansions=False)).understood.expansions == ()
    assert reader.read("Is tylenol for it?", as_typed=frozenset({"tylenol"})).understood.expansions == ()
    british = Reader(ToyEncoder(), TERMS, Vocabulary({"acetaminophen": 3, "paracetamol": 5}), Abbreviations({}))
    assert [item["to"] for item in british.read("Is tylenol bad?").understood.expansions] == ["paracetamol"]


def test_a_lay_term_counts_by_its_share_of_the_words() -> None:
    asked = asked_of(READER.read("rash, hot brow"))
    whole = sqrt(1 + (2 / 3) ** 2)
    expected = vector(rash=1 / whole, fever=2 / 3 * sqrt(0.5) / whole, cough=2 / 3 * sqrt(0.5) / whole)
    assert dict(zip(WORDS, asked.vector.tolist(), strict=False)) == pytest.approx(expected)
    assert asked.weights == TERM_WEIGHTS


def test_a_bare_term_is_a_name_and_so_is_what_all_of_it_stands_for() -> None:
    assert list(asked_of(READER.read("hot brow")).names) == [["hot", "brow"], ["fever"], ["cough"]]
    assert list(asked_of(READER.read("rash, hot brow")).names) == [["rash", "hot", "brow"]]
    assert list(asked_of(READER.read("tw")).names) == [["tw"], ["lip", "twitch"]]
    assert list(asked_of(READER.read("Is a rash a fever?")).names) == []
    assert list(asked_of(READER.read("?!")).names) == list(asked_of(READER.read("the")).names) == []


def test_a_sentence_is_not_expanded() -> None:
    asked, understood = parts(READER.read("Do I have a hot brow?"))
    assert understood.expansions == ()
    assert "fever" not in asked.terms


def test_a_misspelt_word_is_searched_for_as_it_was_meant() -> None:
    asked, understood = parts(READER.read("Is a rash a fevver?"))
    assert understood.used == "Is a rash a fever?"
    assert understood.corrections == ({"from": "fevver", "to": "fever", "start": 12, "end": 18},)
    assert list(asked.terms) == ["rash", "fever"]
    assert asked.vector.tolist() == asked_of(READER.read("Is a rash a fever?")).vector.tolist()


def test_an_abbreviation_is_looked_up_in_a_sentence_too() -> None:
    asked, understood = parts(READER.read("Is tw a fever?"))
    assert understood.expansions == ({"from": "tw", "to": "lip twitching", "source": "list of abbreviations"},)
    assert understood.used == "Is tw a fever?; lip twitching"
    assert list(asked.terms) == ["tw", "fever", "lip", "twitch"]
    assert list(asked.same) == [(["tw"], ["lip", "twitch"])]
    assert list(asked_of(READER.read("Is a twitch tw?")).same) == [(["tw"], ["lip"])]  # it says the other word itself
    assert list(asked_of(READER.read("hot brow")).same) == []  # a page on fevers is no page on hot brows


def test_nothing_is_made_of_a_question_where_the_switches_are_off() -> None:
    for text in ("Is tw a fevver?", "hot brow"):
        assert READER.read(text, ALL_OFF).understood == Understood(text, text)
