"""How values read on a page."""

from __future__ import annotations

import pytest

from corpus.records import Answer, Asker, Record
from search.hits import Match, Snippet
from web import words


def test_dates_read_day_month_year() -> None:
    assert [words.human_date(day) for day in ("2012-01-15", "1999-12-03")] == ["15 January 2012", "3 December 1999"]


@pytest.mark.parametrize(
    ("asker", "expected"),
    [
        (Asker("40-49", "female"), "Female, 40–49 years"),
        (Asker("00-09", "male"), "Male, 0–9 years"),
        (Asker("80+", ""), "80 years or older"),
        (Asker("", "other"), "Other"),
        (Asker("50", ""), "50 years"),
        (None, ""),
    ],
)
def test_who_asked(asker: Asker | None, expected: str) -> None:
    assert words.asker_words(asker) == expected


def test_the_match_words_are_said_in_other_words() -> None:
    assert [words.match_meaning(match) for match in Match] == [
        "asks what you ask",
        "close to what you ask",
        "further off; it may be about something else",
    ]
    assert words.match_meaning(Match.SAME, to_page=True) == "asks what this page asks"


def test_a_record_without_a_title_is_headed_by_its_message() -> None:
    assert words.headline(Record("a", title="Lip?", question="My lip")) == "Lip?"
    assert words.headline(Record("a", question="My lip\ntwitches")) == "My lip twitches"
    assert words.headline(Record("a", answers=(Answer("Sleep more."),))) == "Sleep more."
    assert words.headline(Record("a", title=" ", answers=(Answer(""), Answer("Sleep.")))) == "Sleep."
    assert words.headline(Record("a", question="twitching " * 20)) == " ".join(["twitching"] * 9) + "…"


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ({}, [("my lip twitches", "")]),
        ({"highlights": ((3, 6),)}, [("my ", ""), ("lip", "word"), (" twitches", "")]),
        ({"highlights": ((0, 2), (7, 15))}, [("my", "word"), (" lip ", ""), ("twitches", "word")]),
        ({"highlights": ((3, 6), (0, 4))}, [("my lip", "word"), (" twitches", "")]),  # out of order, overlapping
        ({"highlights": ((0, 15),)}, [("my lip twitches", "word")]),
        ({"near": ((3, 6),)}, [("my ", ""), ("lip", "near"), (" twitches", "")]),
        (
            {"highlights": ((3, 6),), "near": ((7, 15),), "same": ((0, 15),)},
            [("my ", "same"), ("lip", "same word"), (" ", "same"), ("twitches", "near same")],
        ),
    ],
)
def test_a_snippet_in_pieces(marks: dict[str, tuple[tuple[int, int], ...]], expected: list[tuple[str, str]]) -> None:
    found = words.marked(Snippet("my lip twitches", **marks))  # type: ignore[arg-type]
    assert [(text, " ".join(sorted(kinds))) for text, kinds in found] == expected


def test_paragraphs_are_kept() -> None:
    assert words.paragraphs("  One.\n two \n \n\n  Three.\n") == ["One.\ntwo", "Three."]
    assert words.paragraphs(" \n ") == []


def test_short_lines_above_others_head_an_explanation() -> None:
    text = "First words.\nPossible Causes\n1. Fatigue: rest.\n2. Caffeine.\n\nConclusion\nHarmless.\n\nGood luck"
    assert list(words.sections(text)) == [
        ("paragraph", "First words."),
        ("heading", "Possible Causes"),
        ("paragraph", "1. Fatigue: rest.\n2. Caffeine."),
        ("heading", "Conclusion"),
        ("paragraph", "Harmless."),
        ("paragraph", "Good luck"),
    ]


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://example.org/a", True),
        ("HTTP://example.org", True),
        ("tel:112", False),
        ("javascript:alert(1)", False),
        ("//example.org", False),
        (" https://example.org", False),
        ("", False),
    ],
)
def test_which_addresses_become_links(url: str, linked: bool) -> None:
    assert words.web_address(url) == (url if linked else "")


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("112", "tel:112"),
        ("0808 2000 247", "tel:08082000247"),
        ("1-800-222-1222", "tel:18002221222"),
        ("+44 (0)20", "tel:+44020"),
        ("112 or 999", ""),
        ("your local emergency number", ""),
    ],
)
def test_which_numbers_can_be_called(number: str, address: str) -> None:
    assert words.phone_address(number) == address


def test_numbers_in_words() -> None:
    assert [words.pages_words(1), words.pages_words(16407)] == ["1 page", "16,407 pages"]
    assert [words.replies_words(1), words.replies_words(0)] == ["1 reply", "0 replies"]
    assert [words.times_words(1), words.times_words(2)] == ["1 time", "2 times"]
    assert [words.percent(0.714), words.percent(1)] == ["71%", "100%"]
    assert [words.sentence("k is wrong"), words.sentence("Why?")] == ["K is wrong.", "Why?"]


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("my lip twitches", False),
        ("", False),
        ("39.5?", False),
        ("Ich habe Fieber, très fort", True),
        ("我胸口痛，左手麻", True),
        ("болит голова после ibuprofen", True),
    ],
)
def test_a_question_in_another_alphabet_is_foreign(text: str, foreign: bool) -> None:
    assert words.is_foreign(text) is foreign
