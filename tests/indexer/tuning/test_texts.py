"""Texts of no pair: what they are made of, and that nothing held out is among them."""

from __future__ import annotations

import random

from corpus.records import Answer, Record
from corpus.text import sentences
from indexer.ontology import Term
from indexer.tuning.pairs import Pair, group_of, held_out
from indexer.tuning.texts import KEYWORDS, texts_alone

RECORDS = [
    Record(
        f"t:{number}",
        title=f"Why does joint {number} hurt?",
        question=f"It is joint {number}. I am worried.",
        answers=(Answer(f"First of {number}. Second of {number}. Third of {number}. Fourth of {number}."),),
    )
    for number in range(60)
]
QUESTIONS = [f"What helps number {number} at night? My son has it too. I am afraid." for number in range(60)]
PAIRS = [Pair(question, "an answer", question, "k") for question in QUESTIONS]


def found(seed: int = 1) -> list[str]:
    terms = [
        Term("HP:1", "Tinnitus", ("ringing in the ears",), ("ringing in the ears",), "Sounds that no one else hears.")
    ]
    return texts_alone(RECORDS, PAIRS, terms, random.Random(seed))


def test_each_sentence_of_an_answer_is_in_one_text_and_in_order() -> None:
    texts = found()
    for record in RECORDS:
        if not held_out(group_of(record)):
            number = record.id.removeprefix("t:")
            pieces = [text for text in texts if text.endswith(f" of {number}.")]
            assert " ".join(pieces) == record.answers[0].text
            assert record.title in texts
            assert record.question in texts


def test_nothing_that_is_held_out_is_among_them() -> None:
    texts = " ".join(found())
    kept = [record for record in RECORDS if held_out(group_of(record))]
    assert kept
    for record in kept:
        assert record.title not in texts
        assert f"First of {record.id.removeprefix('t:')}." not in texts
    away = [pair for pair in PAIRS if pair.held_out]
    assert away
    assert not any(f"What helps number {QUESTIONS.index(pair.anchor)} at night" in texts for pair in away)


def test_questions_come_whole_as_keywords_and_mixed_with_another() -> None:
    texts = found()
    question = next(pair.anchor for pair in PAIRS if not pair.held_out)
    at = texts.index(question)
    keywords, mixed = texts[at + 1].split(), texts[at + 2]
    assert KEYWORDS[0] <= len(keywords) <= KEYWORDS[1]
    assert [word for word in question.split() if word in keywords] == keywords
    assert any(question[start:end] in mixed for start, end in sentences(question))


def test_names_of_terms_are_among_them_each_once_and_the_same_for_a_seed() -> None:
    texts = found()
    assert {"Tinnitus", "ringing in the ears", "Sounds that no one else hears."} <= set(texts)
    assert len(texts) == len(set(texts))
    assert texts == found()
    assert texts != found(2)
