"""Suggestions while typing."""

from __future__ import annotations

import pytest

from search.suggest import suggestions

TITLES = [
    "Eyelid twitching",
    "Is lip twitching a stroke?",
    "Lip",
    "Lip twitching",
    "Lipoma of the lip",
    "Tulip fever",
    "Éclair",
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
        ("", ()),
        ("  ", ()),
    ],
)
def test_every_word_typed_begins_a_word(typed: str, found: tuple[str, ...]) -> None:
    assert suggestions(TITLES, typed, 8) == found


def test_at_most_k() -> None:
    assert suggestions(TITLES, "lip", 2) == ("Lip", "Lip twitching")
    assert suggestions([], "lip", 2) == ()
