"""The words that an index knows: what its records teach, and what its lists hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.records import Answer, Record
from indexer.drug_names import drug_words, lines
from indexer.rare_words import diseases, rare_words, scowl
from indexer.vocabulary import FEW_ASKED, FEW_TOLD, LEAST_TOTAL, PER, names_in, vocabulary, word_lists, words_of
from search.errors import SearchError
from search.spelling import Spelling
from search.vocabulary import Vocabulary

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


def test_a_name_is_learnt_however_common_the_word_that_it_resembles() -> None:
    rare = [page(number, "", "stomach") for number in range(20)]
    assert "stomacha" in vocabulary([*rare, page(21, "", "This is the Stomacha sign.")], LISTS)
    assert "stomacha" not in vocabulary([*rare, page(21, "", "Stomacha signs. And a stomacha.")], LISTS)
    assert names_in(["In the Rett syndrome, Ollier disease. Then ABC and Non-Hodgkin"]) == {"rett", "ollier"}


def test_a_word_that_is_asked_for_and_told_of_on_some_pages_is_learnt() -> None:
    rare = [page(number, "", "stomach") for number in range(60)]
    both = [page(60 + number, "stomacha", "stomacha") for number in range(FEW_TOLD)]
    assert "stomacha" in vocabulary([*rare, *both], LISTS)
    assert "stomacha" not in vocabulary([*rare, *both[1:]], LISTS)


def test_a_word_is_learnt_where_nobody_uses_the_one_that_it_resembles() -> None:
    assert "stomache" in vocabulary([page(1, "", "stomache")], LISTS)


def test_rare_words_are_those_of_diseases_and_those_akin_to_words_of_medicine() -> None:
    found = rare_words(
        titles=["Bleeding varices", "Chagas disease", "Chagas heart", "a slpi of the pen"],
        medical=["meniscus", "disease"],
        used=["disease", "heart", "bleeding"],
        dictionary=["variceal", "various", "meniscal", "heartless", "diseased"],
        every=["varices"],
    )
    assert {"varices", "chagas", "variceal", "meniscal"} <= set(found)
    assert not {"various", "heartless", "diseased", "slpi"} & set(found)


def test_rare_words_come_from_lists_without_their_names_and_variants(tmp_path: Path) -> None:
    for name, words in {
        "english-words.10": "the\nHand",
        "american-words.80": "variceal",
        "english-words.95": "zyzzyva",
        "american_variant_1-words.50": "variant",
        "english-proper-names.50": "Rett",
    }.items():
        (tmp_path / name).write_text(words)
    assert scowl(tmp_path, 80) == {"the", "hand", "variceal"}
    table = tmp_path / "phenotype.hpoa"
    table.write_text("#version: 1\ndatabase_id\tdisease_name\nO:1\tRett syndrome\t\nO:1\tRett syndrome\tNOT\n")
    assert diseases(table) == ["disease_name", "Rett syndrome"]


def test_the_lists(ontology: Path) -> None:
    known = word_lists(ontology, ["zxcvb"])
    assert known["zxcvb"] == 0  # known, but nobody means it by another word
    assert known["because"] == 271_323  # a thousandth of the list's count
    assert known["metformin"] > known["abafungin"] > 0  # one that people take, one of the list of medicines alone
    assert known["fever"] > 10_000
    said = "is moderna safe on gonal f, my sats are low and the weeker the better"
    assert not Spelling(Vocabulary(known)).corrections(said)


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
