"""What makes a JSON object a record, and that a record survives its JSON form."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Answer, Asker, Record, RecordError, age_band, content_hash, from_json, from_stored, to_json

KEPT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SAYING = KEPT.filter(lambda text: bool(text.strip()))
TEXT = SAYING | st.just("")
DAY = st.dates().map(lambda day: day.isoformat()) | st.just("")
EXTRA = st.dictionaries(
    SAYING.map(lambda text: "x-" + text),
    st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.none() | KEPT,
)
ANSWERS = st.builds(Answer, TEXT, TEXT, TEXT, DAY, EXTRA)
ASKERS = st.builds(
    Asker, st.sampled_from(["", "00-09", "40-49", "80+"]), st.sampled_from(["", "female", "male", "other"])
)


@st.composite
def records(draw: st.DrawFn) -> Record:
    answers = tuple(draw(st.lists(ANSWERS, max_size=3)))
    asker = draw(st.none() | ASKERS)
    return Record(
        id=draw(st.text("Az09._:-", min_size=1, max_size=200)),
        title=draw(SAYING),
        question=draw(TEXT),
        asker=asker if asker != Asker() else None,
        asked=draw(DAY),
        answers=answers,
        more_info=draw(TEXT),
        topics=tuple(draw(st.lists(SAYING, max_size=3))),
        specialty=draw(SAYING),
        source=draw(TEXT),
        url=draw(TEXT),
        license=draw(TEXT),
        lang=draw(TEXT),
        extra=draw(EXTRA),
    )


@given(records())
def test_a_record_survives_its_json_form(record: Record) -> None:
    line = json.dumps(to_json(record), ensure_ascii=False)
    line.encode()
    assert from_json(json.loads(line)) == record


@given(records())
def test_what_was_stored_is_read_back_as_any_record_is(record: Record) -> None:
    stored = to_json(from_json(to_json(record)))
    assert from_stored(stored) == from_json(stored)


def test_every_field_is_read() -> None:
    record = from_json(
        {
            "id": "toy:1",
            "title": "Cold hands?",
            "asker": {"age": 43, "sex": "F"},
            "asked": "2020-03-01T08:30:00Z",
            "answers": [
                {"text": "Gloves.", "specialty": "Neurology", "replied": "2020-03-02", "votes": 3, "seen": None}
            ],
            "topics": ["Hands"],
            "mood": "calm",
            "moved": None,
            "question": None,
        }
    )
    assert record.asker == Asker("40-49", "female")
    assert record.asked == "2020-03-01"
    assert record.answers == (Answer("Gloves.", "", "Neurology", "2020-03-02", {"votes": 3, "seen": None}),)
    assert (record.specialty, record.topics, record.extra) == ("Neurology", ("Hands",), {"mood": "calm", "moved": None})
    assert record.newest == "2020-03-02"


@pytest.mark.parametrize(
    ("age", "band"),
    [(0, "00-09"), (7, "00-09"), (10, "10-19"), (43, "40-49"), (79, "70-79"), (80, "80+"), (101, "80+")],
)
def test_ages_become_bands(age: int, band: str) -> None:
    assert age_band(age) == band


@pytest.mark.parametrize(
    ("stated", "band"),
    [
        ("40-49", "40-49"),
        ("0-9", "00-09"),
        ("80+", "80+"),
        ("90-99", "80+"),
        ("18-24", "20-29"),  # its middle is 21
        ("40-45", "40-49"),
        ("43-43", "40-49"),  # an exact age is not kept
        ("65+", "60-69"),
        ("999-1", "80+"),
        ("43.0", "40-49"),  # as tables say it whose column has empty cells
        (43.0, "40-49"),
    ],
)
def test_every_age_range_becomes_a_band_that_can_be_filtered_by(stated: str | float, band: str) -> None:
    record = from_json({"id": "toy:1", "title": "Cold hands?", "asker": {"age": stated}})
    assert record.asker == Asker(band)
    assert band in map(age_band, range(100))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": None}, "the field id is missing"),
        ({"id": "a b"}, 'id must be 1 to 200 letters, digits or any of . _ : -, found "a b"'),
        ({"id": "x" * 201}, f'id must be 1 to 200 letters, digits or any of . _ : -, found "{"x" * 56}...'),
        ({"title": " "}, "title, question and answers are all empty; at least one must say something"),
        ({"title": 3}, "title must be a string, found a number"),
        ({"topics": "hands"}, "topics must be a list, found a string"),
        ({"topics": [1]}, "topics must be strings, found a number"),
        ({"asked": "2020-03-01 or so"}, 'asked must be a date such as 2012-01-15, found "2020-03-01 or so"'),
        ({"asked": "1/2/2020"}, 'asked must be a date such as 2012-01-15, found "1/2/2020"'),
        ({"answers": [{"body": "x"}]}, "answer 1 has no text"),
        (
            {"answers": [{"text": "x", "replied": "?"}]},
            'answer 1: replied must be a date such as 2012-01-15, found "?"',
        ),
        ({"asker": {"name": "Ann"}}, 'asker has the field "name"; only age and sex may be kept of a patient'),
        ({"asker": {"age": "old"}}, 'asker.age must be a band such as 40-49 or 80+, found "old"'),
        ({"asker": {"age": 0.5}}, "asker.age must be a band such as 40-49 or 80+, found 0.5"),
        ({"asker": {"sex": "x"}}, 'asker.sex must be female, male or other, found "x"'),
        ({"mood": "\ud800"}, "a text holds half of a surrogate pair, which is not a character"),
        ({"mood": float("nan")}, "a number is NaN, infinite or too long, which JSON cannot hold"),
        ({"mood": float("inf")}, "a number is NaN, infinite or too long, which JSON cannot hold"),
    ],
)
def test_what_is_wrong_is_said(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(RecordError) as error:
        from_json({"id": "toy:1", "title": "Cold hands?"} | change)
    assert str(error.value) == reason


def nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels - 1):
        value = [value]
    return value


@pytest.mark.parametrize("levels", [50, 100_000])
def test_deep_nesting_is_said(levels: int) -> None:
    with pytest.raises(RecordError, match="lists or objects are nested more than 50 deep"):
        from_json({"id": "toy:1", "title": "Cold hands?", "mood": nested(levels)})


def test_nesting_that_every_reader_opens_is_kept() -> None:
    assert from_json({"id": "toy:1", "title": "Cold hands?", "mood": nested(49)}).extra == {"mood": nested(49)}


def test_a_number_as_long_as_python_reads_is_kept() -> None:
    record = from_json(json.loads('{"id": "a", "title": "b", "votes": ' + "9" * 4000 + "}"))
    assert json.dumps(to_json(record)) == '{"id": "a", "title": "b", "question": "", "answers": [], "votes": ' + (
        "9" * 4000 + "}"
    )


def test_topics_that_say_nothing_are_left_out() -> None:
    assert from_json({"id": "a", "title": "Lip?", "topics": ["", "Lip", " "]}).topics == ("Lip",)


def test_a_text_of_spaces_alone_is_empty() -> None:
    answer = {"text": "Gloves.", "specialty": "Neurology", "replied": " "}
    record = from_json({"id": "a", "title": " ", "specialty": "\t", "asked": "\n", "answers": [answer]})
    assert record == Record(id="a", answers=(Answer("Gloves.", specialty="Neurology"),))
    assert record.specialty == "Neurology"


def test_the_hash_changes_with_the_record_alone() -> None:
    one = from_json({"id": "a", "title": "b", "x": 1, "y": 2})
    assert content_hash(one) == content_hash(from_json({"y": 2, "x": 1, "title": "b", "id": "a"}))
    assert content_hash(one) != content_hash(from_json({"id": "a", "title": "b", "x": 1, "y": 3}))
