"""British and American spelling: which words change, into what, and where none may."""

from __future__ import annotations

import tomllib

import pytest

from search.respelling import SOURCE, TABLE, respelt
from search.vocabulary import Vocabulary
from tests.search.real_words import real_words

AMERICAN = Vocabulary({"anemia": 900, "anaemia": 90, "tumor": 500, "them": 9000, "edema": 30, "fiber": 8, "fibre": 7})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What is anaemia?", "What is anemia?"),
        ("Anaemia, or a TUMOUR", "Anemia, or a Tumor"),
        ("anemia in them", "anemia in them"),  # the commoner one already; no "haem" in "them"
        ("oedema and oedemas", "edema and oedemas"),  # of the second nobody knows another
        ("", ""),
    ],
)
def test_words_are_spelt_as_the_index_spells_them(text: str, expected: str) -> None:
    assert respelt(text, AMERICAN)[0] == expected


def test_an_index_that_has_the_british_word_more_often_keeps_to_it() -> None:
    british = Vocabulary({"anemia": 90, "anaemia": 900})
    assert respelt("is anemia or anaemia bad", british)[0] == "is anaemia or anaemia bad"


def test_what_was_changed_is_said_once_with_its_share() -> None:
    text, changed = respelt("anaemia and Anaemia", AMERICAN)
    assert text == "anemia and Anemia"
    assert [(item.phrase, item.term, item.source) for item in changed] == [("anaemia", "anemia", SOURCE)]
    assert respelt("Anaemia", AMERICAN, {"anaemia"}) == ("Anaemia", ())


def test_the_table_changes_no_word_of_another_meaning() -> None:
    """Of the words that are met most, none becomes another one."""
    words = real_words()
    common = "shoe toes does heroes poem canoe them chemist remedy member fever fetch celebrate feces"
    assert respelt(common, words) == (common, ())
    parts = tomllib.loads(TABLE.read_text(encoding="utf-8"))["parts"]
    assert all(british != american for british, american in parts.items())
