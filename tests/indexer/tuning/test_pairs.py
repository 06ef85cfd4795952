"""Pairs out of tiny records, packs and terms."""

from __future__ import annotations

import hashlib
import random

from corpus.records import Answer, Record
from indexer.measures import Pack
from indexer.ontology import Term
from indexer.tuning.pairs import PACK_TIMES, WINDOW, Pair, pack_pairs, record_pairs, term_pairs, window

STYE = Record("a:1", title="What is a stye?", answers=(Answer("A stye is a lump on the eyelid."),))
STYE_TOO = Record("b:1", title="What is a Stye ?", answers=(Answer("Styes are infected glands of the lid."),))
LIP = Record("c:1", title="Lip twitch", question="My lip jumps all day.", answers=(Answer("Sleep more."),))
BARE = Record("d:1", question="It hurts.", answers=(Answer("Where?"),))


def test_pairs_of_a_record_with_a_title_a_message_and_an_answer() -> None:
    assert list(record_pairs([LIP], random.Random(1))) == [
        Pair("Lip twitch", "Sleep more.", "lip twitch", "title-answer"),
        Pair("My lip jumps all day.", "Lip twitch\nSleep more.", "lip twitch", "message-answer"),
        Pair("My lip jumps all day.", "Lip twitch", "lip twitch", "message-title"),
    ]


def test_a_record_without_a_title_is_a_group_of_its_own() -> None:
    assert list(record_pairs([BARE], random.Random(1))) == [Pair("It hurts.", "Where?", "d:1", "message-answer")]


def test_records_of_one_title_are_one_group_and_answer_for_each_other() -> None:
    found = list(record_pairs([STYE, STYE_TOO], random.Random(1)))
    assert {pair.group for pair in found} == {"what is a stye"}
    assert [pair for pair in found if pair.kind == "same-question"] == [
        Pair(STYE.answers[0].text, f"{STYE_TOO.title}\n{STYE_TOO.answers[0].text}", "what is a stye", "same-question"),
        Pair(STYE_TOO.answers[0].text, f"{STYE.title}\n{STYE.answers[0].text}", "what is a stye", "same-question"),
    ]


def test_the_same_answer_twice_is_no_second_opinion() -> None:
    again = Record("e:1", title=STYE.title, answers=STYE.answers)
    assert {pair.kind for pair in record_pairs([STYE, again], random.Random(1))} == {"title-answer"}


def test_a_pack_gives_its_queries_with_the_records_of_the_best_grade() -> None:
    pack = Pack("toys", {"q": "lump on my lid", "r": "?"}, {"q": {"a:1": 2, "c:1": 1, "gone": 2}, "r": {"d:1": 0}}, {})
    records = {record.id: record for record in (STYE, LIP, BARE)}
    assert (
        list(pack_pairs(pack, records))
        == [Pair("lump on my lid", "What is a stye?", "what is a stye", "toys")] * PACK_TIMES
    )


def test_terms_that_nobody_has_words_for_are_left_out() -> None:
    known = Term("HP:1", "Tinnitus", ("Ringing in the ears", "Ear noise"), ("Ringing in the ears",), "Hearing sounds.")
    strange = Term("HP:2", "Otalgia", ("Ear ache",), (), "Pain.")
    found = list(term_pairs([known, strange], random.Random(3)))
    assert {pair.group for pair in found} == {"HP:1"}
    assert [pair.anchor for pair in found] == ["Ringing in the ears", "Ear noise", "Tinnitus"]
    assert {pair.positive for pair in found} <= {"Tinnitus", "Tinnitus\nHearing sounds.", "Hearing sounds."}


def test_whole_groups_are_held_out_by_the_hash_of_their_name() -> None:
    held = [name for name in map(str, range(40)) if Pair("a", "b", name, "k").held_out]
    assert held == [n for n in map(str, range(40)) if int(hashlib.sha256(n.encode()).hexdigest(), 16) % 10 == 0]
    assert held


def test_a_long_text_is_read_from_its_start_or_from_a_sentence() -> None:
    text = " ".join(f"This is sentence number {number} of the text." for number in range(60))
    found = {window(text, random.Random(seed)) for seed in range(30)}
    assert text[:WINDOW] in found
    assert len(found) > 1
    assert all(piece.startswith("This is sentence") for piece in found)
