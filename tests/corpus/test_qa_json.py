"""JSON exports: the names that fields may have, the shapes of items and files, and what is said of the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import CorpusError
from corpus.importers import Options
from corpus.records import Answer, Asker, Record
from tests.corpus.qa_items import items, of, read, said


def test_a_list_of_the_usual_forms(toy: Path) -> None:
    found = [item for item in read(toy / "qa.json", Options()) if isinstance(item, Record)]
    assert found == [
        Record(
            id=found[0].id,
            title="Is yawning fine?",
            question="I yawn a lot.",
            answers=(Answer("Yes & no."),),
            topics=("yawns", "sleep"),
            source="qa",
            url="https://example.org/yawn",
            extra={"views": 12},
        ),
        Record(
            id=found[1].id,
            title="Which pillow?",
            question="My pillow is flat.",
            answers=(Answer("A soft one."), Answer("Any.", "Dr. Bo Reed", "", "2020-01-02", {"votes": 4})),
            source="qa",
        ),
        Record(
            id=found[2].id,
            title="Q. Are naps fine?",
            question="I nap at noon.",
            answers=(Answer("Naps are fine."),),
            source="qa",
        ),
        Record(
            id=found[3].id,
            title="Tea or milk?",
            question="At night I drink both.",
            answers=(Answer("Either."),),
            topics=("drinks", "sleep"),
            source="qa",
        ),
        Record(
            id=found[4].id,
            question="My hair is dry.",
            answers=(Answer("Use a mild soap."),),
            source="qa",
            extra={"instruction": "You are a doctor, please answer."},
        ),
        Record(
            id="qa:ef23cd415cd1",  # they begin the SHA-1 of {"answer":"They do.","question":"Do nails grow in winter?"}
            title="Do nails grow in winter?",
            answers=(Answer("They do."),),
            source="qa",
        ),
    ]


@pytest.mark.parametrize(
    ("value", "title", "question"),
    [
        ({"question": "Short?"}, "Short?", ""),
        ({"question": "long " * 50}, "", ("long " * 50).strip()),
        ({"title": "T", "question": "Q"}, "T", "Q"),
        ({"title": "T", "text": "Q"}, "T", "Q"),
        ({"Question-Title": "T", "QUESTION_TEXT": "Q"}, "T", "Q"),
        ({"title": "T", "description": "Q"}, "T", "Q"),
        ({"title": "", "question": "Short?"}, "Short?", ""),
        ({"instruction": "Why?", "input": ""}, "Why?", ""),
        ({"instruction": "Why?", "input": "I sneeze."}, "Why?", "I sneeze."),
        ({"description": "long " * 50, "patient": "I sneeze."}, "", "long " * 50 + "\nI sneeze."),
    ],
)
def test_title_and_question(tmp_path: Path, value: dict[str, Any], title: str, question: str) -> None:
    record = of(tmp_path, value)
    assert (record.title, record.question.split()) == (title, question.split())


def test_no_text_is_lost_when_two_names_mean_one_field(tmp_path: Path) -> None:
    value = {
        "id": 7,
        "title": "T",
        "subject": "S",
        "body": "B",
        "text": "X",
        "question": "Q",
        "answer": "A",
        "reply": "R",
    }
    record = of(tmp_path, value)
    assert (record.title, record.question, record.answers) == ("T", "B", (Answer("A"),))
    assert record.extra == {"source_id": 7, "subject": "S", "text": "X", "source_question": "Q", "reply": "R"}


def test_fields_of_the_answer_and_the_asker(tmp_path: Path) -> None:
    value = {
        "question": "Q?",
        "answer": "A",
        "doctor": "Dr. Fern",
        "reply_date": "2020/1/2",
        "age": 43,
        "gender": "Female",
    }
    record = of(tmp_path, value)
    assert record.answers == (Answer("A", "Dr. Fern", "", "2020-01-02"),)
    assert record.asker == Asker("40-49", "female")


def test_fields_of_one_answer_are_kept_apart_when_there_are_several(tmp_path: Path) -> None:
    record = of(tmp_path, {"question": "Q?", "answers": ["A", None, "", "B"], "responder": "Dr. Fern"})
    assert (record.answers, record.extra) == ((Answer("A"), Answer("B")), {"responder": "Dr. Fern"})


@pytest.mark.parametrize(
    ("text", "name", "lines"),
    [
        ('[{"question": "A?"},\n\n {"question":\n "B?"}]', "qa.json", [1, 3]),
        ('{"question": "A?"}\n\n{"question": "B?"}\n', "qa.json", [1, 3]),
        ('{"question": "A?"}\r\n{"question": "B?"}', "qa.jsonl", [1, 2]),
        ('{"v": 1, "title": "All",\n"data": [{"question": "A?"},\n{"question": "B?"}], "n": [2]}', "qa.json", [2, 3]),
    ],
)
def test_shapes_of_files(tmp_path: Path, text: str, name: str, lines: list[int]) -> None:
    (tmp_path / name).write_text(f"\ufeff{text}")
    options, found = Options(), []
    for item in read(tmp_path / name, options):
        assert isinstance(item, Record), item
        found.append((item.title, options.notes.line))
    assert found == [("A?", lines[0]), ("B?", lines[1])]


def test_one_object_is_one_item(tmp_path: Path) -> None:
    assert of(tmp_path, {"title": "T?", "answers": [{"text": "A"}]}).answers == (Answer("A"),)


@pytest.mark.parametrize("name", ["name", "full-name", "surname"])
def test_a_name_beside_a_sex_is_refused(tmp_path: Path, name: str) -> None:
    value = {"question": "Q?", name: "Ada", "gender": "f"}
    [(_, reason)] = said(items(tmp_path, json.dumps(value)))
    assert reason.startswith(f"{name} would keep who a patient is; leave out what is a patient's: --without {name}; or")
    assert of(tmp_path, value | {"gender": ""}).extra == {name: "Ada", "gender": ""}


@pytest.mark.parametrize(
    "name",
    ["patientName", "asker_name", "E-mail", "email_address", "phone", "Phone No.", "mobile", "dateOfBirth", "dob",
     "Address 1", "zip", "SSN", "patient_id", "userEmail", "NHS number", "ip"],
)  # fmt: skip
def test_what_tells_who_a_patient_is_is_refused_wherever_it_stands(tmp_path: Path, name: str) -> None:
    value = {"question": "Q?", name: "Ada"}
    [(_, reason)] = said(items(tmp_path, json.dumps(value)))
    assert reason.startswith(f"{name} would keep who a patient is; leave out what is a patient's: --without")
    assert of(tmp_path, value | {name: None}).extra == {}
    [(_, reason)] = said(items(tmp_path, json.dumps({"question": "Q?", "author": {"of": {name: "Ada"}}})))
    assert reason.startswith("author would keep who a patient is")


@pytest.mark.parametrize(
    "name", ["doctor_email", "phone_calls", "emails_sent", "address_bar", "street_drugs", "zipper"]
)
def test_names_that_only_begin_or_end_like_a_patient_s_are_kept(tmp_path: Path, name: str) -> None:
    kept = {name: "x", "clinic": {name: "x", "name": "Fern", "email": ""}}
    assert of(tmp_path, {"question": "Q?"} | kept).extra == kept


def test_a_field_that_is_left_out_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "qa.json").write_text('[{"question": "Q?", "phone": "1"}, {"question": "R?"}]')
    first, second = read(tmp_path / "qa.json", Options(without=frozenset({"phone"})))
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert (first.title, first.extra, second.title) == ("Q?", {}, "R?")
    with pytest.raises(CorpusError, match="no item has the field fone, which --without names"):
        list(read(tmp_path / "qa.json", Options(without=frozenset({"phone", "fone"}))))


def test_of_very_many_fields_the_first_are_named(tmp_path: Path) -> None:
    [(_, reason)] = said(items(tmp_path, json.dumps({f"f{number}": {} for number in range(10_000)})))
    assert ", f28, f29 and 9,970 more; understood are: title" in reason


def test_an_item_that_is_not_understood_is_bad_and_says_what_would_be(tmp_path: Path) -> None:
    [(line, reason)] = said(items(tmp_path, '[{"frage": "?", "url": "x"}]'))
    assert line == 1
    assert reason.startswith(
        "no title, question or answer; the fields found are: frage, url; understood are: title, question_title, "
    )


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ('"Q?"', "an item must be an object with named fields, found str"),
        ('{"question": 3}', "question must be a string, found int"),
        (
            '{"question": "Q?", "answers": [{"votes": 3}]}',
            "answers: an answer must be a text, or an object with one of",
        ),
        (
            '{"question": "Q?", "answer": 3}',
            "answer: an answer must be a text, or an object with one of: text",
        ),
        ('{"question": "Q?", "asked": "May"}', 'asked must be a date such as 2012-01-15, found "May"'),
        ('{"question": "Q?", "age": "old"}', 'asker.age must be a band such as 40-49 or 80+, found "old"'),
        ('{"question": "Q?", "asker": {"name": "Ann"}}', 'asker has the field "name"; only age and sex may be kept'),
        (
            '{"question": "Q?", "answer": "A", "answer": "B"}',
            'the field "answer" stands twice in one object; leave one',
        ),
        ('{"question": "\\ud800"}', "a text holds half of a surrogate pair, which is not a character"),
        ('{"question": "Q?", "n": NaN}', "a number is NaN, infinite or too long, which JSON cannot hold"),
    ],
)
def test_an_item_that_is_no_record_is_bad_and_the_next_is_read(tmp_path: Path, item: str, reason: str) -> None:
    found = items(tmp_path, f'[\n{item},\n{{"question": "Next?"}}]')
    [(line, given)] = said(found)
    assert (line, given[: len(reason)]) == (2, reason)
    assert isinstance(found[1], Record)
    assert found[1].title == "Next?"


def test_the_real_icliniq_export(shared: Callable[[str], Path]) -> None:
    found = [item for item in read(shared("raw/icliniqQAs.json"), Options()) if isinstance(item, Record)]
    assert len(found) == len({record.id for record in found}) == 465
    assert (found[0].title, found[0].topics) == ("is it fine to exercise with knee pain?", ("exercises",))
    assert found[0].question.startswith("Hi doctor,\nI am a 24 year old female.")
    assert found[0].url == "https://www.icliniq.com/qa/knee-pain/is-it-fine-to-exercise-with-knee-pain"
    assert all(record.answers and record.question for record in found)
