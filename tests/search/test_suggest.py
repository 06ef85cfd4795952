"""Suggestions while typing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engine import Engine
from search.suggest import MOST_WORDS, Titles

TITLES = [
    "Eyelid twitching",
    "Is lip twitching a stroke?",
    "Lip",
    "Lip twitching",
    "Lipoma of the lip",
    "Tulip fever",
    "Éclair",
    "X-ray of a hand",
    "Tulip fever",
    "",
]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lip", ("Lip", "Lip twitching", "Lipoma of the lip", "Is lip twitching a stroke?")),
        ("LIP  tw", ("Lip twitching", "Is lip twitching a stroke?")),
        ("twitching lip", ("Lip twitching", "Is lip twitching a stroke?")),
        ("lipo", ("Lipoma of the lip",)),
        ("ulip", ()),
        ("é", ("Éclair",)),
        ("x-r", ("X-ray of a hand",)),
        ('^"lip* twi', ("Lip twitching", "Is lip twitching a stroke?")),
        ("NOT lip", ()),
        ("?!", ()),
        ("\ud800\0", ()),
        ("", ()),
        ("  ", ()),
    ],
)
def test_every_word_typed_begins_a_word(typed: str, found: tuple[str, ...]) -> None:
    assert Titles.of(TITLES).suggest(typed, 8) == found


def test_a_text_longer_than_a_title_is_none() -> None:
    titles = Titles.of([" ".join(["lip"] * MOST_WORDS)])
    assert titles.suggest("lip " * MOST_WORDS, 8) != ()
    assert titles.suggest("lip " * (MOST_WORDS + 1), 8) == ()


def test_at_most_k() -> None:
    assert Titles.of(TITLES).suggest("lip", 2) == ("Lip", "Lip twitching")
    assert Titles.of([]).suggest("lip", 2) == ()


WORD = st.sampled_from(("a", "ab", "abc", "b", "ba", "É", "x-y"))
TEXT = st.lists(WORD, max_size=4).map(" ".join)


@given(st.lists(TEXT), TEXT, st.integers(1, 5))
def test_they_are_those_that_a_look_at_every_title_finds(titles: list[str], typed: str, k: int) -> None:
    words = typed.casefold().replace("-", " ").split()

    def said(title: str) -> str:
        return f" {title.casefold().replace('-', ' ')}"

    fitting = [title for title in {*titles} - {""} if words and all(f" {word}" in said(title) for word in words)]
    first = sorted(fitting, key=lambda title: (not said(title).startswith(" " + " ".join(words)), len(title), title))
    assert Titles.of(titles).suggest(typed, k) == tuple(first[:k])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lip twiching", ("Is lip twitching a stroke?",)),
        ("Eyelid twiching", ("Eyelid twitching",)),
        ("numb twiching", ()),  # no title has both words
        ("qzxw", ()),
        ("twiching " * (MOST_WORDS + 1), ()),
    ],
)
def test_where_no_title_goes_on_so_misspelt_words_are_corrected(
    engine: Engine, typed: str, found: tuple[str, ...]
) -> None:
    assert engine.suggest(typed) == found
