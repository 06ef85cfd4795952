"""When two pages ask the same: pairs made by hand, and what stands around the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Asker, Record
from indexer.same_question import Shared, asking, content, same_question

PAIRS = [line.split("\t") for line in Path(__file__).with_name("same_pairs.tsv").read_text().splitlines()]
MESSAGE = "For two days my lip has been twitching at night; I drink coffee and worry about a stroke or a weak nerve."
LONG = Record("a", title="Lip twitching", question=MESSAGE)
BARE = Record("a", title="What causes gout?", topics=("Gout",))
WORDS = [first + last for first in ("ba", "co", "du", "fi", "ga", "lo", "mu", "pi", "re", "so") for last in
         ("banto", "delk", "furn", "gomp", "kift", "mond", "nark", "polb", "tund", "vorm")]  # fmt: skip
OTHERS = ["clinic", "garden", "window", "harbor", "market"]


def same(a: Record, b: Record) -> bool:
    first, second = asking(a), asking(b)
    return first is not None and second is not None and same_question(first, second) and same_question(second, first)


def message(words: Sequence[str]) -> Record:
    return Record("a", question=" ".join(words))


@pytest.mark.parametrize(("label", "part", "first", "second"), PAIRS)
def test_pairs_made_by_hand(label: str, part: str, first: str, second: str) -> None:
    field = {"title": "title", "message": "question"}[part]
    assert same(Record("a", **{field: first}), Record("b", **{field: second})) is (label == "same")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asker", "other", "together"),
    [
        (Asker("40-49", "female"), Asker("40-49", "female"), True),
        (Asker("40-49", "female"), None, True),
        (Asker("40-49"), Asker(sex="male"), True),
        (Asker("40-49"), Asker("50-59"), False),
        (Asker(sex="female"), Asker(sex="male"), False),
    ],
)
def test_people_who_are_known_to_differ_do_not_ask_the_same(asker: Asker, other: Asker | None, together: bool) -> None:
    assert same(replace(LONG, asker=asker), replace(LONG, asker=other)) is together


@pytest.mark.parametrize(
    ("title", "together"),
    [
        ("Is this a stroke?", True),
        ("", True),
        ("What is the treatment of lip twitching?", True),
        ("Left lip", True),
    ],
)
def test_a_message_is_known_again_under_another_title(title: str, together: bool) -> None:
    assert same(LONG, replace(LONG, title=title)) is together


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Causes of lip twitching", "Treatment of lip twitching"),
        ("Left lip", "Right lip"),
        ("My son's lip", "My daughter's lip"),
        ("A baby's lip", "An adult's lip"),
        ("My first attack", "My second attack"),
        ("Attack 1", "Attack 2"),
        ("Lip before surgery", "Lip after surgery"),
        ("Twitching never stopped", "Twitching without pain"),
    ],
)
def test_titles_that_ask_two_things_of_one_message_keep_it_apart(one: str, other: str) -> None:
    assert not same(replace(LONG, title=one), replace(LONG, title=other))


@pytest.mark.parametrize("word", ["not", "pregnant", "left", "toddler", "twice", "40", "acute", "treatment"])
def test_no_word_that_turns_what_is_asked_may_come_or_go(word: str) -> None:
    assert same(LONG, replace(LONG, question=f"{MESSAGE} Garden."))
    assert not same(LONG, replace(LONG, question=f"{MESSAGE} {word}."))


@pytest.mark.parametrize(
    ("length", "added", "together"),
    [
        (11, 1, False),
        (12, 1, True),
        (24, 1, True),
        (24, 2, False),
        (25, 2, True),
        (25, 3, False),
        (100, 4, True),
        (100, 5, False),
    ],
)
def test_of_a_long_message_some_words_may_come_or_go(length: int, added: int, together: bool) -> None:
    words = WORDS[:length]
    assert same(message(words), message([*words, *OTHERS[:added]])) is together


@pytest.mark.parametrize(("misspelt", "together"), [(3, True), (4, False)])
def test_a_few_words_of_a_long_message_may_be_misspelt(misspelt: int, together: bool) -> None:
    slips = [word[:3] + word[4:] for word in WORDS[:misspelt]]
    assert same(message(WORDS), message([*slips, *WORDS[misspelt:]])) is together


@pytest.mark.parametrize(("word", "slip", "together"), [("cough", "cuogh", True), ("gout", "gotu", False)])
def test_a_short_word_with_another_letter_is_another_word(word: str, slip: str, together: bool) -> None:
    assert same(message([*WORDS, word]), message([*WORDS, slip])) is together


def test_one_title_over_two_messages_is_two_questions() -> None:
    assert not same(
        LONG, replace(LONG, question="My lip is cold and blue in the winter wind, since I moved to a farm.")
    )
    assert not same(replace(LONG, question="It tingles."), replace(LONG, question="It bleeds."))


def test_a_bare_title_and_a_message_are_two_questions() -> None:
    assert not same(replace(LONG, question=""), LONG)


def test_bare_titles_on_pages_about_other_things_are_two_questions() -> None:
    assert same(BARE, replace(BARE, topics=("GOUT", "Joints")))
    assert same(BARE, replace(BARE, topics=()))
    assert not same(BARE, replace(BARE, topics=("Toe",)))


def test_a_page_that_asks_nothing_asks_nothing_the_same() -> None:
    assert asking(Record("a")) is None
    assert asking(Record("a", title="?!", question="please help")) is None


def test_content_is_stems_without_courtesy_and_words_that_carry_nothing() -> None:
    assert content("Hello Doctor, why don't my hands' nails grow? Thanks!") == ("whi", "dont", "hand", "nail", "grow")


def some(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(values)


RECORDS = st.builds(
    Record,
    id=st.just("a"),
    title=some("What causes gout?", "Left lip", "Right lip", "Causes of lip twitching", "Lip"),
    question=some("", "", "toe hurts", MESSAGE, MESSAGE.replace("coffee", "cofee"), MESSAGE.replace("coffee", "tea")),
    asker=st.none() | st.builds(Asker, age=some("", "40-49", "50-59"), sex=some("", "", "female", "male")),
    topics=st.lists(some("Gout", "gout", "Toe", "Lip", "Nerve"), max_size=3).map(tuple),
)


@given(st.lists(RECORDS, min_size=2, max_size=12))
def test_what_is_held_against_a_family_is_held_against_each_of_it(records: Sequence[Record]) -> None:
    first, *others = [found for record in records if (found := asking(record)) is not None]
    shared, members = Shared(first), [first]
    for other in others:
        expected = all(same_question(other, member) for member in members)
        assert shared.asked_by(other) is expected
        if expected:
            shared.add(other)
            members.append(other)
