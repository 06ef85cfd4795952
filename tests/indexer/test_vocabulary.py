"""The words that an index knows: what its records teach, and what its lists hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.records import Answer, Record
from indexer.drug_names import drug_words, lines
from indexer.vocabulary import FEW_ASKED, LEAST_TOTAL, PER, vocabulary, word_lists, words_of
from search.errors import SearchError

LISTS = {"stomach": 1_000_000, "aches": 1_000_000}
ONE = PER // LEAST_TOTAL  # how often a word of one page is met, of a corpus that is small


def page(number: int, question: str, answer: str = "") -> Record:
    answers = (Answer(answer),) if answer else ()
    return Record(f"toy:{number}", question=question, answers=answers)


def test_words_are_told_apart_by_their_letters() -> None:
    text = "Crohn's disease: T4-cells, a@b.org, STOMACH éruption, x2 of 10mg 頭痛です it"
    assert words_of([text]) == {"crohn", "disease", "stomach", "éruption", "頭痛です"}


def test_answers_teach_at_once_and_questions_from_three_pages_on() -> None:
    pages = [page(number, "zumba quux" if number else "zumba") for number in range(FEW_ASKED)]
    assert vocabulary([*pages, page(9, "", "gluon")], LISTS) == {
        **LISTS,
        "zumba": FEW_ASKED * ONE,
        "gluon": ONE,
    }


def test_a_misspelling_that_many_make_is_not_learnt() -> None:
    assert vocabulary([page(number, "stomache aches") for number in range(9)], LISTS) == {
        "stomach": 1_000_000,
        "aches": 1_000_000 + 9 * ONE,
    }


def test_a_word_that_doctors_use_beside_the_one_it_resembles_is_learnt() -> None:
    known = vocabulary([page(1, "", "stomache stomach")], LISTS)
    assert known == {"stomach": 1_000_000 + ONE, "aches": 1_000_000, "stomache": ONE}
    rare = [page(number, "", "stomach") for number in range(20)]
    assert "stomache" not in vocabulary([*rare, page(21, "", "stomache")], LISTS)


def test_the_lists(ontology: Path) -> None:
    known = word_lists(ontology, ["zxcvb"])
    assert known["zxcvb"] == 0  # known, but nobody means it by another word
    assert known["because"] == 271_323  # a thousandth of the list's count
    assert known["metformin"] > known["abafungin"] > 0  # one that people take, one of the list of medicines alone
    assert known["fever"] > 10_000


def test_without_the_package_the_way_out_is_said(ontology: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.vocabulary.find_spec", lambda name: None)
    with pytest.raises(SearchError, match="the package symspellpy, which holds English words, is not installed; run"):
        word_lists(ontology, [])


def test_names_of_medicines_are_those_with_an_id() -> None:
    drugs = [
        {"name": "Abacavir", "drugbank_id": "DB01048"},
        {"name": "Iron sucrose 5-x", "drugbank_id": "DB09146"},
        {"name": "Nameless"},
        {"drugbank_id": "DB1"},
    ]
    assert drug_words(drugs) == ["abacavir", "sucrose"]
    assert lines(["a" * 60, "b" * 59, "c"]) == ["a" * 60 + " " + "b" * 59, "c"]
