"""What a text states of a person, and how two cases differ."""

from __future__ import annotations

import pytest

from corpus.records import Asker, Record
from search.differences import Difference, differences
from search.facts import Kind, facts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I am 44 and otherwise well.", [("age", "40-49", "I am 44")]),
        ("im a 25f", [("age", "20-29", "im a 25f"), ("sex", "female", "im a 25f")]),
        ("My 3 month old son cries", [("age", "00-09", "3 month old"), ("sex", "male", "3 month old son")]),
        ("a 60 yr old man", [("age", "60-69", "60 yr old"), ("sex", "male", "60 yr old man")]),
        ("I am 5 feet tall and 60 kg", []),
        ("I am 20 weeks pregnant", [("pregnancy", "yes", "20 weeks pregnant")]),
        ("By my dates I am six weeks pregnant", [("pregnancy", "yes", "six weeks pregnant")]),
        ("i am thirty-one weeks pregnant", [("pregnancy", "yes", "thirty-one weeks pregnant")]),
        ("i am 7 weeks pregnant, is my baby ok", [("pregnancy", "yes", "7 weeks pregnant")]),  # one that is not born
        ("I am pregnant and my baby is coughing", [("pregnancy", "unclear", "pregnant")]),
        ("im pregnant, my son has a rash", [("sex", "male", "my son"), ("pregnancy", "unclear", "pregnant")]),
        ("i am 34 and pregnant", [("age", "30-39", "i am 34"), ("pregnancy", "yes", "am 34 and pregnant")]),
        ("34, pregnant with a cough", [("pregnancy", "yes", "pregnant")]),
        ("im 16 and scared i am pregnant", [("age", "10-19", "im 16"), ("pregnancy", "unclear", "pregnant")]),
        ("am i pregnant?", [("pregnancy", "unclear", "pregnant")]),
        ("back then i was pregnant with twins", [("pregnancy", "unclear", "pregnant")]),
        ("is it safe to fly at 34 weeks", [("pregnancy", "unclear", "at 34 weeks")]),
        ("melatonin for a six-year-old", [("medicine", "melatonin", "melatonin")]),
        ("xarelto and calpol", [("medicine", "rivaroxaban", "xarelto"), ("medicine", "acetaminophen", "calpol")]),
        ("ive had this lump and my aunt had cancer", []),  # the writer's, not the aunt's
        ("I think that I am pregnant", [("pregnancy", "unclear", "pregnant")]),
        ("I somehow feel that I am pregnant", [("pregnancy", "unclear", "pregnant")]),
        ("my wife wants to leave me and i think about ending it all", []),  # it is of both
        ("My boyfriend takes tablets and does not trust me", []),
        ("i am 29 and my wife is jealous", [("age", "20-29", "i am 29")]),
        ("The pregnancy test was negative", [("pregnancy", "no", "pregnancy test was negative")]),
        ("I am not pregnant", [("pregnancy", "no", "not pregnant")]),
        ("My mother is 70 years old and I am 30", []),  # two people: nothing is told
        ("my wife and my son", []),  # two people
        ("It hurts for about two months", [("duration", "60", "for about two months")]),
        ("since 3 days", [("duration", "3", "since 3 days")]),
        ("for 3 dayſ", [("duration", "3", "for 3 dayſ")]),  # with an old long s
        ("two days ago", []),
        ("for the past few weeks", [("duration", "21", "for the past few weeks")]),
        ("I take Advil and zoloft", [("medicine", "ibuprofen", "Advil"), ("medicine", "sertraline", "zoloft")]),
        ("my left eyelid", [("side", "left eyelid", "left eyelid")]),
        (
            "the left arm and the right leg",
            [("side", "left arm", "left arm"), ("side", "right leg", "right leg")],
        ),
        ("the left knee, then the right knee", []),  # both sides
        ("pain in my right side", []),  # of what?
        ("right now it is all right", []),
        ("I left hospital", []),
        ("", []),
    ],
)
def test_what_is_stated(text: str, found: list[tuple[str, str, str]]) -> None:
    assert [(fact.kind.value, fact.value, fact.words) for fact in facts(text)] == found


def test_every_fact_is_word_for_word_in_the_text() -> None:
    text = "i'm 31 yrs old, female, 12 weeks pregnant, on Synthroid; my RIGHT lower  leg swells since four days"
    found = facts(text)
    assert {fact.kind for fact in found} == set(Kind)
    assert all(fact.words in text for fact in found)


HERS = Record(
    "a",
    title="Left knee pain",
    question="My left knee hurts for two years. I take Tylenol.",
    asker=Asker("40-49", "female"),
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("my knee hurts", []),
        ("I am 28", [("age", "I am 28", "40-49", False)]),
        ("I am 44", [("age", "I am 44", "40-49", True)]),
        ("a man: my husband", [("sex", "my husband", "female", False)]),
        ("my right knee hurts", [("side", "right knee", "Left knee", False)]),
        ("my right calf hurts", [("side", "right calf", "Left knee", False)]),  # near enough
        ("a mole on my right cheek", []),  # nothing to do with a knee
        ("pain on my right side", []),
        ("it hurts for days", [("duration", "for days", "for two years", False)]),
        ("it has hurt for years", [("duration", "for years", "for two years", True)]),
        ("it has hurt for ages", []),
        ("it hurts for 3 weeks", [("duration", "for 3 weeks", "for two years", False)]),
        ("it hurts for 20 months", [("duration", "for 20 months", "for two years", True)]),
        ("i take paracetamol", [("medicine", "paracetamol", "Tylenol", True)]),
        ("i take ibuprofen", [("medicine", "ibuprofen", "Tylenol", False)]),
        ("i am pregnant", [("pregnancy", "am pregnant", "", False)]),
        ("i am not pregnant", []),
        ("am i pregnant?", []),
    ],
)
def test_only_what_both_state_is_compared_and_pregnancy_always(
    question: str, expected: list[tuple[str, str, str, bool]]
) -> None:
    found = [(item.kind.value, item.yours, item.theirs, item.same) for item in differences(facts(question), HERS)]
    assert found == expected


@pytest.mark.parametrize(
    ("yours", "theirs"),
    [
        ("I am pregnant, can my daughter get it?", "I am 12 weeks pregnant"),
        ("I am 12 weeks pregnant", "Am I pregnant? No period"),
        ("Could I be pregnant?", "I am pregnant"),
    ],
)
def test_a_pregnancy_that_is_spoken_of_is_not_said_to_be_unmentioned(yours: str, theirs: str) -> None:
    assert differences(facts(yours), Record("a", question=theirs)) == ()


def test_what_differs_comes_first() -> None:
    found = differences(facts("I am 44 and my right knee hurts"), HERS)
    assert found == (
        Difference(Kind.SIDE, "right knee", "Left knee", False),
        Difference(Kind.AGE, "I am 44", "40-49", True),
    )


def test_a_field_of_the_record_counts_before_its_words() -> None:
    record = Record("a", question="my 70 year old father", asker=Asker("60-69", ""))
    assert differences(facts("I am 65"), record) == (Difference(Kind.AGE, "I am 65", "60-69", True),)


def test_two_sides_of_parts_that_lie_together_and_do_not_agree_are_not_told() -> None:
    assert differences(facts("my left knee and my right calf"), HERS) == ()


def test_a_relative_is_held_against_the_one_on_the_page() -> None:
    page = Record("a", question="I am a 54 year old man and have had this mole on my right cheek for years.")
    asked = "My gran is 80, she has had a mole on her left cheek for 3 weeks, she takes warfarin"
    assert [(item.yours, item.theirs, item.same) for item in differences(facts(asked), page)] == [
        ("My gran is 80", "I am a 54 year old", False),
        ("My gran", "I am a 54 year old man", False),
        ("for 3 weeks", "for years", False),
        ("left cheek", "right cheek", False),
    ]
