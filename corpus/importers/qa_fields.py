"""The fields of JSON Q&A exports: by which names each is known, and the record's JSON that they make."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from corpus.importers.values import iso_day, of_patient, once, one_line, tags
from corpus.records import RECORD_FIELDS, RecordError
from corpus.text import clean

Aliases = Mapping[str, tuple[str, ...]]
Taken = dict[str, tuple[str, Any]]  # per field understood: the name it has in the export, and its value

TITLE_LENGTH = 200  # characters; a longer question is a message, not a title

# Per field, the names it may have, the best first; capitals, spaces, "_" and "-" make no difference.
ALIASES: Aliases = {
    "title": ("title", "question_title", "subject", "headline"),
    "message": ("question_text", "question_body", "question_content", "question_detail", "patient", "input", "body",
                "text", "message", "content"),
    "ask": ("question", "query", "description", "instruction"),  # the title or the message: see _question
    "answers": ("answers", "answer", "answer_text", "replies", "reply", "response", "responses", "doctor", "output"),
    "responder": ("responder", "answered_by", "doctor_name", "doctor", "therapist_info"),
    "answer_specialty": ("answer_specialty", "doctor_specialty"),
    "replied": ("replied", "reply_date", "answer_date"),
    "specialty": ("specialty", "speciality", "department"),
    "topics": ("topics", "topic", "tags", "tag", "categories", "category", "keywords"),
    "asked": ("asked", "ask_date", "question_date"),
    "age": ("age", "patient_age"),
    "sex": ("sex", "gender", "patient_sex"),
    "more_info": ("more_info",),
    "url": ("url", "link", "question_url", "question_link"),
    "source": ("source",),
    "license": ("license", "licence"),
    "lang": ("lang", "language"),
}  # fmt: skip
ANSWER_ALIASES: Aliases = {
    "text": ("text", "answer", "answer_text", "body", "content", "message", "reply", "response", "output"),
    "responder": ("responder", "answered_by", "doctor", "doctor_name", "author", "name"),
    "specialty": ("specialty", "speciality", "department"),
    "replied": ("replied", "reply_date", "answer_date", "date"),
}
SAYS_SOMETHING = ("title", "message", "ask", "answers")
OF_ANSWER = {"responder": "responder", "answer_specialty": "specialty", "replied": "replied"}
PLAIN = ("specialty", "url", "source", "license", "lang")


def understood(value: Mapping[str, Any], aliases: Aliases = ALIASES) -> tuple[Taken, dict[str, Any]]:
    """The fields that are known by name and say something, and all others by their own names; null counts as absent."""
    names: dict[str, str] = {}
    for name in value:
        names.setdefault(_same(name), name)
    others = {name: item for name, item in value.items() if item is not None}
    taken: Taken = {}
    for field, known in aliases.items():
        for name in (names.get(_same(alias), "") for alias in known):
            if name in others and others[name] not in ("", []):
                taken[field] = (name, others.pop(name))
                break
    return taken, others


def says_something(taken: Taken) -> bool:
    """True when a title, question or answer was understood."""
    return bool(set(SAYS_SOMETHING) & set(taken))


def record_json(taken: Taken, others: dict[str, Any]) -> dict[str, Any]:
    """JSON form of a record, without its id; what is not understood is kept. Raises RecordError for a wrong type, and
    for what tells who a patient is."""
    beside = not taken.keys().isdisjoint(("age", "sex"))
    if said := of_patient(others, beside):
        raise RecordError(f"{said}; or rename it in the file, for example to responder where it is a doctor's")
    kept = {f"source_{name}" if name in RECORD_FIELDS and name != "asker" else name: it for name, it in others.items()}
    asked = _question(taken, kept)
    record: dict[str, Any] = kept | asked
    record["answers"] = _answers(*taken.get("answers", ("", [])))
    for field, own in OF_ANSWER.items():
        if field in taken and len(record["answers"]) == 1:
            value = _plain(field, taken)
            record["answers"][0].setdefault(own, iso_day(value) if own == "replied" else value)
        elif field in taken:
            record[field] = taken[field][1]
    record |= {field: _plain(field, taken) for field in PLAIN if field in taken}
    record |= {"asked": iso_day(_plain("asked", taken)), "more_info": clean(_plain("more_info", taken))}
    record["topics"] = _topics(taken.get("topics", ("", []))[1])
    if asker := {field: taken[field][1] for field in ("age", "sex") if field in taken}:
        record["asker"] = asker
    return record


def _question(taken: Taken, kept: dict[str, Any]) -> dict[str, str]:
    """Title and question. The line that asks is the title where there is none, or the message where there is none."""
    title, message, ask = (_plain(field, taken) for field in ("title", "message", "ask"))
    name = taken.get("ask", ("", ""))[0]
    prompt = _same(name) == "instruction" and not ask.rstrip().endswith("?")  # alike in every item of a data set
    if ask and message and (title or prompt):
        kept[f"source_{name}" if name in RECORD_FIELDS else name] = ask
    elif title or len(ask) > TITLE_LENGTH:
        message = f"{ask}\n{message}"
    else:
        title = ask
    return {"title": one_line(title), "question": clean(message)}


def _answers(name: str, value: Any) -> list[dict[str, Any]]:
    items = value if isinstance(value, list) else [value]
    answers = [_answer(name, item) for item in items if item is not None]
    return [answer for answer in answers if answer["text"]]


def _answer(name: str, item: Any) -> dict[str, Any]:
    if isinstance(item, str):
        return {"text": clean(item)}
    taken, others = understood(item, ANSWER_ALIASES) if isinstance(item, dict) else ({}, {})
    if "text" not in taken:
        known = ", ".join(ANSWER_ALIASES["text"])
        raise RecordError(f"{name}: an answer must be a text, or an object with one of: {known}")
    answer = others | {field: _plain(field, taken) for field in taken}
    answer["text"] = clean(answer["text"])
    return answer | ({"replied": iso_day(answer["replied"])} if "replied" in answer else {})


def _topics(value: Any) -> list[Any]:
    if isinstance(value, str):
        return tags(value)
    items = value if isinstance(value, list) else [value]
    return once(items) if all(isinstance(item, str) for item in items) else items


def _plain(field: str, taken: Taken) -> str:
    name, value = taken.get(field, (field, ""))
    if not isinstance(value, str):
        raise RecordError(f"{name} must be a string, found {type(value).__name__}")
    return value


@lru_cache(maxsize=4096)  # the same few names come again with each item
def _same(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).casefold()
