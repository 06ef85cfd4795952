"""Spelling: what is corrected, what is left alone, and how often over our own lists of both."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.jsonl import read_all
from corpus.records import Record
from corpus.sample import paths
from search.spelling import Correction, Spelling, corrected, sound
from search.vocabulary import Vocabulary
from tests.search.real_words import real_words

HERE = Path(__file__).parent
COMMON = 1_000_000
TOY = Spelling(
    Vocabulary(
        {
            **dict.fromkeys(
                ["stomach", "symptoms", "headache", "hand", "hard", "have", "with", "back", "pain"], COMMON
            ),
            **{"lamotrigine": 30_000, "lamivudine": 10, "maria": 0},
        }
    )
)


def said(text: str) -> list[tuple[str, str]]:
    return [(item.wrong, item.right) for item in TOY.corrections(text)]


@pytest.fixture(scope="module")
def real() -> Spelling:
    """With the real lists and what the built-in corpus teaches."""
    return Spelling(real_words())


def test_a_correction_has_its_place_and_the_text_reads_on() -> None:
    text = "Stomache and headake, STOMACHE!"
    found = TOY.corrections(text)
    assert (
        found
        == (
            Correction("Stomache", "Stomach", 0, 8),
            Correction("headake", "headache", 13, 20),
            Correction("STOMACHE", "STOMACH", 22, 30),
        )[:2]
    )
    assert corrected(text, found) == "Stomach and headache, STOMACHE!"


def test_a_text_all_in_capitals_is_read_as_one_in_small_letters() -> None:
    text = "I HAVE STOMACHE PAIN"
    assert corrected(text, TOY.corrections(text)) == "I HAVE STOMACH PAIN"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("simptoms", "symptoms"),  # sounds the same
        ("stomahc", "stomach"),  # letters that changed places
        ("pain,headake;stomache", "pain,headache;stomach"),
        ("nausea/headake", "nausea/headache"),
        ("my stomache's", "my stomach's"),
        ("    Stomache and Headake", "    Stomach and Headake"),  # a sentence, whatever space stands before it
        ("lamotrigin", "lamotrigine"),
        ("my stomach at nite", "my stomach at night"),  # as one writes in a hurry
        ("with a feber, woried", "with a fever, worried"),  # fiber and worked are as near
        ("worring: my rist is iching", "worrying: my wrist is itching"),  # working and rest are nearer
    ],
)
def test_what_is_corrected(text: str, right: str) -> None:
    assert corrected(text, TOY.corrections(text)) == right


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?!",
        "stomachs",  # a plural
        "hacd",  # hand, hard, have: none stands out
        "my friend Stomacha",  # a name by its capital
        "maria",
        "STOMACHe sToMache",
        "stomach3 st0mache stomache-x x-stomache",
        "me@stomache.org http://stomache.org/headake www.headake.org",
        "stomàche Kopfschmerzen 頭痛",
        "backpain",  # two words run together
        "xyzzyx",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    assert said(text) == []


def test_another_language_is_not_corrected() -> None:
    spanish = "tengo dolor de estomago desde ayer por la noche con mucho headaches pero stomache"
    assert said("stomache " + "have " * 9) == [("stomache", "stomach")]
    assert said(spanish) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hemeroids", "hemoroids"),
        ("stomak", "stomach"),
        ("fone", "phone"),
        ("simptom", "symptom"),
        ("diaria", "diarrhea"),
        ("nee", "knee"),
    ],
)
def test_words_that_sound_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)


def test_our_own_misspellings_are_put_right(real: Spelling) -> None:
    pairs = [line.split("\t") for line in (HERE / "misspelt.tsv").read_text().splitlines()]
    right = [corrected(wrong, real.corrections(wrong)) == meant for wrong, meant in pairs]
    assert len(pairs) >= 150
    assert sum(right) / len(pairs) >= 0.9


def test_right_words_stay(real: Spelling) -> None:
    lines = (HERE / "right_words.txt").read_text().splitlines()
    words = [word for line in lines if not line.startswith("#") for word in line.split()]
    changed = {word: item.right for word in words for item in real.corrections(word)}
    assert len(words) >= 200
    assert len(changed) / len(words) <= 0.02, changed


def test_what_is_too_little_is_never_read_as_too_much() -> None:
    known = Spelling(Vocabulary({"hypertensive": COMMON, "macrocytosis": COMMON, "hypotension": COMMON}))
    assert known.meant("hypotensive") == "hypotension"
    assert known.meant("hypertensiv") == "hypertensive"
    assert known.meant("microcytosis") is None


def test_no_word_of_an_answer_of_the_built_in_corpus_is_corrected_in_small_letters(real: Spelling) -> None:
    records = [record for record in read_all(paths()) if isinstance(record, Record)]
    texts = [text.lower() for record in records for text in (record.more_info, *(a.text for a in record.answers))]
    assert len(texts) > 500
    assert [(item.wrong, item.right) for text in texts for item in real.corrections(text)] == []


def test_many_words_are_understood_as_each_by_itself() -> None:
    words = ["headake", "medicne", "docter", "hedache", "qqqqqq", "stomac", "thier", "dr"]
    known = Spelling(Vocabulary({"headache": 5000, "medicine": 9000, "doctor": 20000, "stomach": 7000, "their": 90000}))
    assert known.meant_each(words) == {word: known.meant(word) for word in words}
    assert known.meant_each(words)["medicne"] == "medicine"
    assert known.meant_each([]) == {}
