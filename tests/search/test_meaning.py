"""Words that mean the same, on vectors that a reader can work out, and why a result is one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.records import Answer, Record
from search.errors import IndexRefused
from search.explain import explained
from search.hits import Hit, IndexInfo, Match, Results, Snippet, Understood, Why
from search.meaning import NEAR, WordVectors, asked_words, common_words

WORDS = ["belly", "exhausted", "stomach", "sun", "tired", "twitch"]
ANGLES = {"belly": 0, "stomach": 20, "exhausted": 90, "tired": 115, "sun": 60, "twitch": 180}  # degrees
VECTORS = WordVectors(WORDS, np.array([[np.cos(np.radians(ANGLES[w])), np.sin(np.radians(ANGLES[w]))] for w in WORDS]))
EMPTY = WordVectors((), np.empty((0, 2), np.float32))


def results(used: str, hit: Hit) -> Results:
    return Results(Understood(used, used), (hit,), 1, (), False, 1.0, IndexInfo("v", "2026-01-01T00:00:00Z", 1))


def hit(question: str, answer: str, title: str = "") -> Hit:
    record = Record("a", title=title, question=question, answers=(Answer(answer),))
    views = (("title", 0.4), ("question", 0.7), ("answer", 0.5))
    return Hit(record, 0.5, 0.5, Match.RELATED, Snippet(question), Snippet(answer), views=views)


def test_a_word_is_near_another_from_the_cosine_on() -> None:
    # cos 20° = .94 and cos 25° = .91 are above NEAR, cos 55° = .57 and cos 60° = .5 are not
    assert np.cos(np.radians(25)) > NEAR > np.cos(np.radians(30 + 15))
    assert VECTORS.near(["stomach", "exhausted", "sun"], ["belly", "tired"]) == {
        "stomach": "belly",
        "exhausted": "tired",
    }
    assert VECTORS.near(["unknown"], ["belly"]) == {}
    assert VECTORS.near(["belly"], []) == EMPTY.near(["belly"], ["stomach"]) == {}


def test_a_word_is_not_near_itself_in_another_form() -> None:
    twins = WordVectors(["twitch", "twitching"], np.array([[1.0, 0.0], [1.0, 0.0]]))
    assert twins.near(["twitching"], ["twitch"]) == {}


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    VECTORS.save(tmp_path / "words")
    loaded = WordVectors.load(tmp_path / "words")
    assert len(loaded) == len(WORDS)
    assert loaded.near(["stomach"], ["belly"]) == {"stomach": "belly"}
    assert len(WordVectors.load(tmp_path / "none")) == 0


def test_words_and_vectors_that_differ_are_refused(tmp_path: Path) -> None:
    VECTORS.save(tmp_path / "words")
    (tmp_path / "words/words.txt").write_text("belly\n", encoding="utf-8")
    with pytest.raises(IndexRefused, match="the word vectors differ: 1 words, 6 vectors"):
        WordVectors.load(tmp_path / "words")
    (tmp_path / "words/vectors.npy").write_bytes(b"")
    with pytest.raises(IndexRefused, match="cannot be read as word vectors"):
        WordVectors.load(tmp_path / "words")


def test_the_words_of_several_records_have_vectors() -> None:
    records = [
        Record("a", title="The belly hurts"),
        Record("b", title="Belly of an ox hurts"),
        Record("c", title="Sun"),
    ]
    assert common_words(records) == ["belly", "hurts"]


def test_words_that_tell_who_and_when_are_no_reason() -> None:
    assert asked_words("I am 28 years old, my belly and bellies feel bad today") == {"belli": "belly", "bad": "bad"}


def test_a_result_says_what_it_shares_and_what_it_lacks() -> None:
    found = explained(results("tired belly twitch fever", hit("My stomach hurts.", "A twitch.")), VECTORS)
    assert found.hits[0].why == Why(
        views=(("question", 0.7), ("answer", 0.5), ("title", 0.4)),
        words=("twitch",),
        near=(("stomach", "belly"),),
        missing=("tired", "fever"),
    )
    assert found.hits[0].question_snippet.near == ((3, 10),)
    assert found.hits[0].answer_snippet.near == ()


def test_a_word_with_a_digit_is_one() -> None:
    [found] = explained(results("hba1c and b12", hit("My HbA1c is high.", "")), EMPTY).hits
    assert found.why is not None
    assert (found.why.words, found.why.missing) == (("hba1c",), ("b12",))


def test_only_what_was_typed_is_lacking_and_not_where_the_page_says_it_in_full() -> None:
    opened = ({"from": "ckd", "to": "chronic kidney disease"}, {"from": "inr", "to": "clotting test"})
    asked = results("ckd inr; chronic kidney disease; clotting test", hit("Chronic kidney disease.", ""))
    [found] = explained(replace(asked, query=replace(asked.query, expansions=opened)), EMPTY).hits
    assert found.why is not None
    assert (found.why.words, found.why.missing) == (("chronic", "kidney", "disease"), ("inr",))


def test_a_medicine_is_met_by_its_other_names() -> None:
    [found] = explained(results("zoloft and tylenol", hit("Sertraline, not zoloft; aspirin.", "")), EMPTY).hits
    assert found.why is not None
    assert (found.why.near, found.why.missing) == ((("sertraline", "zoloft"),), ("tylenol",))
    assert found.question_snippet.near == ((0, 10),)


@pytest.mark.parametrize(
    ("question", "text", "same"),
    [
        ("tired belly twitch", "I am exhausted, my stomach and belly twitch.", ((0, 44),)),  # tired, belly, twitch
        ("tired belly twitch", "My belly aches and burns and itches.", ()),  # one of the three
        ("tired belly", "Exhausted stomach. The sun shines on blue water.", ((0, 18),)),
        ("tired", "Exhausted people in fields of yellow wheat.", ()),  # one in five words
        ("", "Exhausted.", ()),
    ],
)
def test_a_sentence_says_the_same_where_half_of_it_was_asked(
    question: str, text: str, same: tuple[tuple[int, int], ...]
) -> None:
    [found] = explained(results(question, hit(text, "")), VECTORS).hits
    assert found.question_snippet.same == same


def test_without_vectors_words_alone_count() -> None:
    [found] = explained(results("tired belly", hit("Exhausted belly.", "")), EMPTY).hits
    assert found.why == Why((("question", 0.7), ("answer", 0.5), ("title", 0.4)), ("belly",), (), ("tired",))
