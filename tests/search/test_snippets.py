"""Snippets: word for word, in their place, with the words that match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.hits import Snippet
from search.lexical import stems
from search.snippets import FULL, LONGEST, best_snippet, highlights, telling

PIECES = (
    "lip",
    "Rash",
    "twitching",
    "fever.",
    "Why?",
    "\n",
    " ",
    "  ",
    "\u00a0",
    "naïve",
    "皮膚。",
    "🍮",
    "Dr.",
    "word " * 30,
    "But",
    "0.",
    "5 mg",
    "Do not:\n- ",
)
TEXT = st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join)


def snippet(text: str, question: str, within: tuple[int, int] | None = None, below: str | None = None) -> Snippet:
    """The snippet where every word of the question weighs the same."""
    return best_snippet(text, dict.fromkeys(telling(question), 1.0), within, below=below)


@given(TEXT, st.sampled_from(("lip rash", "fever", "naive twitch", "", "皮膚")), st.data())
def test_a_snippet_is_the_text_at_its_place(text: str, question: str, data: st.DataObject) -> None:
    within = None
    if data.draw(st.booleans()):
        within = tuple(sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text))))))
    found = snippet(text, question, within)
    assert text[found.start : found.end] == found.text
    assert found.text == found.text.strip()
    assert len(found.text) <= LONGEST
    wanted = telling(question)
    assert [stems(found.text[a:b])[0] in wanted for a, b in found.highlights] == [True] * len(found.highlights)
    first, last = within or (0, len(text))
    assert bool(found.text) == bool(text[first:last].strip())
    if found.text:
        assert max(0, first - LONGEST) <= found.start < found.end <= last
        assert first < found.end


def test_the_sentence_that_shares_most_with_the_question() -> None:
    text = "The rash itches day and night. " * 9 + "My lip twitches when I sleep. Thank you."
    assert snippet(text, "Why does my lip twitch?") == Snippet(
        text="My lip twitches when I sleep. Thank you.", highlights=((3, 6), (7, 15)), start=279, end=319
    )


def test_rarer_words_weigh_more() -> None:
    text = "The common and usual sign is here.\n" + "So is the rare one, in this.\n"
    assert best_snippet(text, {"common": 1.0, "usual": 1.0, "rare": 1.0}).start == 0
    assert best_snippet(text, {"common": 0.1, "usual": 0.1, "rare": 5.0}).start == 35


def test_of_equal_sentences_the_first() -> None:
    text = "A rash is on my arm. " * 30
    assert snippet(text, "rash").start == 0
    assert snippet(text, "nothing of it").start == 0


def test_a_greeting_says_nothing_by_itself() -> None:
    text = "Hello friend. " + "x " * 150 + "is what I write here about."
    assert snippet(text, "friend").start == 14
    assert snippet("Hello friend.", "friend") == Snippet("Hello friend.", ((6, 12),), start=0, end=13)


def test_what_everybody_writes_is_no_reason() -> None:
    assert telling("Doctor, maybe I want 2 of vitamin D3?") == {"vitamin", "d3"}
    assert telling("whats wrong with my toe, hows that treated") == {"wrong", "toe", "treat"}


REST = " It is so for most of the people who come here with it, and nobody needs to do anything about that." * 3


def test_in_an_answer_the_words_of_its_heading_choose_no_sentence() -> None:
    text = f"You get it by blood and from needles.{REST} Hepatitis is of the liver.{REST}"
    assert snippet(text, "do needles give hepatitis", below="Hepatitis").text.startswith("You get it by blood")
    text = f"Liver trouble it is.{REST} Hepatitis comes by needles.{REST}"
    assert snippet(text, "do needles give hepatitis", below="Hepatitis").text.startswith("Hepatitis comes")


def test_of_like_sentences_of_an_answer_the_earlier() -> None:
    text = f"A cream helps the rash of most people well.{REST} If the rash spreads, call.{REST}"
    assert snippet(text, "rash").text.startswith("If the rash spreads")
    assert snippet(text, "rash", below="").text.startswith("A cream helps the rash")


def test_who_asks_back_answers_nothing() -> None:
    text = f"Do you have a rash or a fever?{REST} Creams help with a rash on the arm.{REST}"
    assert snippet(text, "rash fever", below="").text.startswith("Creams help")
    assert snippet(text, "rash fever").text.startswith("Do you have a rash")


def test_an_answer_without_full_stops_may_end_in_a_question() -> None:
    text = "the rash may come of the soap " + "or of the heat " * 20 + "or is it stress? good luck i hope it helped"
    assert snippet(text, "rash fever", below="").start == 0


@pytest.mark.parametrize(("second", "shown"), [(LONGEST - 14, True), (LONGEST - 13, False)])
def test_hardly_anything_is_shown_with_the_long_sentence_after_it(second: int, shown: bool) -> None:
    whole = "Rash, it says.\n" + "y" * (second - 1)
    assert snippet(whole, "rash").text == (whole if shown else "Rash, it says.")


def test_a_short_sentence_is_shown_with_those_that_follow_it() -> None:
    text = "It is a rash of mine. " + "It was not there last week, no. " * 9
    assert snippet(text, "rash").text == text[: 21 + 1 + 32 * 6].strip()
    assert 21 + 1 + 32 * 6 - 1 <= FULL < 21 + 1 + 32 * 7 - 1


def test_a_sentence_is_shown_whole_up_to_the_longest() -> None:
    whole = "rash " + "x" * (LONGEST - 6) + "."
    assert snippet(whole, "rash").text == whole


def test_a_longer_sentence_is_cut_between_words() -> None:
    text = "rash " + "abcdefg " * 100
    assert snippet(text, "rash").text == "rash " + " ".join(["abcdefg"] * 59)
    assert len("rash ") + 59 * len("abcdefg ") <= LONGEST < len("rash ") + 60 * len("abcdefg ") - 1


def test_a_word_without_an_end_is_cut() -> None:
    assert snippet("x" * 1000, "rash").text == "x" * LONGEST


def test_only_sentences_of_the_range_are_looked_at() -> None:
    text = "A rash is a rash. A cough is a cough. A rash and a rash."
    assert snippet(text, "rash", (18, 37)).start == 18
    assert snippet(text, "rash", (20, 56)).start == 38
    assert snippet(text, "rash", (20, 25)) == Snippet("cough", start=20, end=25)
    assert snippet(text, "rash", (0, 0)) == Snippet()


SO = "So it goes on for most people, and nobody needs to do anything at all about it. "  # 80 characters


@pytest.mark.parametrize(
    ("before", "shown", "after"),
    [
        (SO * 4, "Never take with this:\n- wine\n- ibuprofen, not even once", ""),  # an item, with the line above it
        (SO * 4, "Until you are seen, leave out:\nibuprofen and the like", ""),
        (SO * 4, "Leave it. But ibuprofen would harm you, so ask.", ""),  # what it turns
        (SO * 4, "It may stay.\nonly if ibuprofen harmed you, ask somebody", ""),
        ("Do not take:\n" + "- " + "x" * 460 + "\n", "- ibuprofen or the like of it", ""),  # too far above
        (SO * 4, "Ibuprofen is safe for most. " + SO * 2 + "However, never with a bad kidney.", ""),  # what turns it
        (SO * 4, "Ibuprofen is safe for most. " + (SO * 2).strip(), "\nHowever, " + "x" * 300),  # longer than LONGEST
        (SO * 4, "Ibuprofen is safe for most. " + (SO * 2).strip(), "\n" + SO),
        (SO * 4, "If it hurts. Then ibuprofen will do.", ""),
        (SO * 4, "You may take 0. 5 mg ibuprofen at most.", ""),  # a number that is written in two
        (SO * 4, "Ibuprofen, at most 0. 5 mg of it." + " " + SO.strip(), ""),
        (SO * 4, "Ibuprofen is for these:\n" + "y" * 300, ""),  # what it announces
        (SO * 4, "Ibuprofen is safe for most.", "\nNot with these:\n- wine\n- " + "y" * 460),  # not half a list
        (SO * 4, "Ibuprofen is safe for most.\nNot with these:\n- wine\n- beer", ""),
        (SO * 4, "Never take ibuprofen with:" + "\n- an item of the list, one of many" * 12, ""),
    ],
)
def test_what_turns_the_meaning_of_a_sentence_is_shown_with_it(before: str, shown: str, after: str) -> None:
    text = before + shown + after
    assert snippet(text, "ibuprofen").text == shown


def test_what_a_passage_begins_with_hangs_on_what_stands_before_it() -> None:
    for said, begins in (("Do not take:\n- ibuprofen or the like", 13), ("Take 0. 5 mg of ibuprofen.", 8)):
        text = SO * 8 + said
        assert snippet(text, "ibuprofen", (len(SO) * 8 + begins, len(text))).text == said
        assert snippet(text, "ibuprofen", (len(SO) * 8, len(text))).text == said


@pytest.mark.parametrize("text", ["", " \n"])
def test_no_text_no_snippet(text: str) -> None:
    assert snippet(text, "rash") == Snippet()


def test_function_words_tell_nothing_and_negations_do() -> None:
    assert telling("Why don't MY rashes itch, I've not slept?") == {"rash", "itch", "slept"} | telling("not")
    assert telling("without") == {"without"}
    assert telling("I dont, cant and havent slept, isnt it") == telling("I don't, can't and haven't slept, isn't it")


def test_highlights_are_the_words_whose_stem_is_asked_for() -> None:
    text = "Rashes, RASH; brash – naïvely: über-rash"
    assert [text[a:b] for a, b in highlights(text, {"rash", "naiv"})] == ["Rashes", "RASH", "naïvely", "rash"]
    assert highlights(text, set()) == ()
