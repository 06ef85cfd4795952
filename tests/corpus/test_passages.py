"""Cutting records into passages."""

from __future__ import annotations

import re
import time
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from corpus.passages import HEADING_TOKENS, Part, Passage, cut, part_text, windows
from corpus.records import Answer, Record
from corpus.text import sentences


class Threes:
    """Tokens as a model has them: words in pieces of three letters, and every mark for itself."""

    def spans(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in re.finditer(r"\w{1,3}|[^\w\s]", text)]


TOKENS = Threes()
TEXT = st.text("aBc1é皮 \u00a0\t\n.?。-’🍮", max_size=80)
LONG = st.lists(st.sampled_from(["a", "abcd", "abcdefghijkl. ", " b. ", "\n", "c? ", "皮。"]), max_size=60).map("".join)
PART = TEXT | LONG
RECORDS = st.builds(
    Record,
    id=st.just("x"),
    title=PART,
    question=PART,
    answers=st.lists(st.builds(Answer, text=PART), max_size=2).map(tuple),
    more_info=PART,
)


def parts(record: Record) -> list[tuple[Part, int]]:
    """Every part of the record, in reading order."""
    answers = [(Part.ANSWER, number) for number in range(len(record.answers))]
    return [(Part.TITLE, 0), (Part.QUESTION, 0), *answers, (Part.MORE_INFO, 0)]


@given(RECORDS, st.integers(4, 40))
def test_every_character_that_is_not_white_space_is_in_exactly_one_passage(record: Record, limit: int) -> None:
    found = Counter((p.part, p.answer, i) for p in cut(record, TOKENS, limit) for i in range(p.start, p.end))
    for part, answer in parts(record):
        for place, character in enumerate(part_text(record, part, answer)):
            if not character.isspace():
                assert found[(part, answer, place)] == 1
    assert set(found.values()) <= {1}


@given(RECORDS, st.integers(4, 40))
def test_no_passage_is_longer_than_the_limit_with_its_heading(record: Record, limit: int) -> None:
    assert [p for p in cut(record, TOKENS, limit) if len(TOKENS.spans(p.embedded)) > limit] == []


@given(RECORDS, st.integers(4, 40))
def test_passages_are_the_text_at_their_range_in_reading_order(record: Record, limit: int) -> None:
    found = cut(record, TOKENS, limit)
    assert [p.text for p in found] == [part_text(record, p.part, p.answer)[p.start : p.end] for p in found]
    order = {place: number for number, place in enumerate(parts(record))}
    keys = [(order[(p.part, p.answer)], p.start, p.end) for p in found]
    assert keys == sorted(keys)
    assert [p for p in found if p.text != p.text.strip() or not p.text] == []


@given(PART, st.integers(1, 40))
def test_a_sentence_that_fits_is_never_cut(text: str, room: int) -> None:
    found = windows(text, TOKENS, room)
    whole = [(start, end) for start, end in sentences(text) if len(TOKENS.spans(text[start:end])) <= room]
    assert [one for one in whole if not any(start <= one[0] and one[1] <= end for start, end in found)] == []


def test_a_record_that_fits_is_one_passage_a_part() -> None:
    record = Record(
        "x", title="Numb lip", question="It is numb.\nWhy?", answers=(Answer("One."), Answer("Two.")), more_info="More."
    )
    assert cut(record, TOKENS, 20) == [
        Passage(Part.TITLE, 0, 0, 8, "Numb lip"),
        Passage(Part.QUESTION, 0, 0, 16, "It is numb.\nWhy?", "Numb lip"),
        Passage(Part.ANSWER, 0, 0, 4, "One.", "Numb lip"),
        Passage(Part.ANSWER, 1, 0, 4, "Two.", "Numb lip"),
        Passage(Part.MORE_INFO, 0, 0, 5, "More.", "Numb lip"),
    ]


def test_the_encoder_reads_the_title_before_the_text_and_a_title_once() -> None:
    record = Record("x", title="Numb lip", question="Why?")
    assert [p.embedded for p in cut(record, TOKENS, 20)] == ["Numb lip", "Numb lip\nWhy?"]
    assert [p.embedded for p in cut(Record("x", question="Why?"), TOKENS, 20)] == ["Why?"]


def test_a_window_holds_as_many_whole_sentences_as_fit() -> None:
    text = "One two. Six ten. Red sun. A b c d e."  # 3, 3, 3 and 6 tokens
    assert [text[a:b] for a, b in windows(text, TOKENS, 6)] == ["One two. Six ten.", "Red sun.", "A b c d e."]
    assert [text[a:b] for a, b in windows(text, TOKENS, 9)] == ["One two. Six ten. Red sun.", "A b c d e."]
    assert [text[a:b] for a, b in windows(text, TOKENS, 15)] == [text]


def test_a_sentence_longer_than_a_window_is_cut_between_words() -> None:
    text = "One two six ten red sun."
    assert [text[a:b] for a, b in windows(text, TOKENS, 4)] == ["One two six ten", "red sun."]
    assert windows("aaa bbbbbb ccc", TOKENS, 2) == [(0, 3), (4, 10), (11, 14)]


def test_the_end_of_a_cut_sentence_shares_a_window_with_the_next_one() -> None:
    text = "One two six ten red. Sun."
    assert [text[a:b] for a, b in windows(text, TOKENS, 4)] == ["One two six ten", "red. Sun."]


def test_a_word_longer_than_a_window_is_cut_where_a_token_ends() -> None:
    text = "aaabbbcccddd ee"
    assert [text[a:b] for a, b in windows(text, TOKENS, 3)] == ["aaabbbccc", "ddd ee"]


def test_a_very_long_sentence_is_cut_in_no_more_time_than_its_length() -> None:
    start = time.process_time()
    assert windows("ab " * 200_000, TOKENS, 2)[-1] == (599_994, 599_999)
    assert time.process_time() - start < 10  # a copy of the rest of the sentence for each window takes a minute


def test_of_a_long_title_the_start_is_the_heading() -> None:
    title = " ".join(["abc"] * (HEADING_TOKENS + 1))
    title_passage, message = cut(Record("x", title=title, question="Why?"), TOKENS, 100)
    assert title_passage.text == title
    assert message.heading == " ".join(["abc"] * HEADING_TOKENS)


def test_a_heading_takes_at_most_half_of_a_small_limit() -> None:
    record = Record("x", title="one two six ten red sun", question="A b c. D e f.")
    assert [(p.heading, p.text) for p in cut(record, TOKENS, 8)] == [
        ("", "one two six ten red sun"),
        ("one two six ten", "A b c."),
        ("one two six ten", "D e f."),
    ]


def test_white_space_makes_no_passage() -> None:
    assert cut(Record("x", title=" \n", question="\u00a0", answers=(Answer(""),), more_info="\t"), TOKENS, 20) == []
