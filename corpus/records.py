"""The record, one Q&A page: its fields, its JSON form, and what makes a JSON object a valid record."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

ID_FORM = re.compile(r"[A-Za-z0-9._:-]{1,200}")
SEXES = {"female": "female", "f": "female", "male": "male", "m": "male", "other": "other"}
OLDEST_BAND = 80  # everyone from here on shares one band: few people are this old, so a band of ten could name one
# A time of day behind a date, which is not kept. Other words there are none, and would be lost.
TIME = r"[T ]\D{0,3}[\d:.,]+(?: ?[AaPp]\.?[Mm]\.?)?(?: ?(?:[A-Z]++|z|[+-][\d:]++))*+"
DAY_AND_TIME = re.compile(rf"(\d{{4}}-\d\d-\d\d){TIME}", re.ASCII)
MAX_DEPTH = 50  # JSON that one reader still opens, another, called from deeper down, does not


class RecordError(ValueError):
    """A JSON object is not a record; the message says which field and why."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked, as far as it may be kept: an age band such as `40-49` or `80+`, and a sex. Never a name."""

    age: str = ""
    sex: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply, word for word as it was given. `replied` is an ISO date or empty; `extra` holds unknown fields."""

    text: str
    responder: str = ""
    specialty: str = ""
    replied: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """One Q&A page. Dates are ISO dates or empty; `extra` holds the fields this program does not know.

    Where a page states no specialty, its first answer's is the page's.
    """

    id: str
    title: str = ""
    question: str = ""
    asker: Asker | None = None
    asked: str = ""
    answers: tuple[Answer, ...] = ()
    more_info: str = ""
    topics: tuple[str, ...] = ()
    specialty: str = ""
    source: str = ""
    url: str = ""
    license: str = ""
    lang: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.answers and not self.specialty:
            object.__setattr__(self, "specialty", self.answers[0].specialty)

    @property
    def newest(self) -> str:
        """Latest date on the page, asked or replied, as an ISO date; empty where none is stated."""
        return max([self.asked, *(answer.replied for answer in self.answers)])


TEXT_FIELDS = ("title", "question", "more_info", "specialty", "source", "url", "license", "lang")
RECORD_FIELDS = {"id", "asker", "asked", "answers", "topics", *TEXT_FIELDS}
ANSWER_TEXT_FIELDS = ("text", "responder", "specialty")
ANSWER_FIELDS = {*ANSWER_TEXT_FIELDS, "replied"}


def from_json(value: object) -> Record:
    """Record made from one decoded JSON value; a null in a known field counts as absent. Raises RecordError."""
    if not isinstance(value, dict):
        raise RecordError(f"a record must be a JSON object, found {_kind(value)}")
    _check_writable(value)
    fields = {name: item for name, item in value.items() if item is not None}
    answers = tuple(_answer(item, number) for number, item in enumerate(_list(fields, "answers"), 1))
    texts = {name: _text(fields, name) for name in TEXT_FIELDS}
    if not (texts["title"].strip() or texts["question"].strip() or any(a.text.strip() for a in answers)):
        raise RecordError("title, question and answers are all empty; at least one must say something")
    topics = _list(fields, "topics")
    for topic in topics:
        if not isinstance(topic, str):
            raise RecordError(f"topics must be strings, found {_kind(topic)}")
    return Record(
        id=_id(fields),
        asker=_asker(fields.get("asker")),
        asked=_date(fields, "asked"),
        answers=answers,
        topics=tuple(topic for topic in topics if topic.strip()),
        extra={name: item for name, item in value.items() if name not in RECORD_FIELDS},
        **texts,
    )


def from_stored(value: dict[str, Any]) -> Record:
    """Record made from what `to_json` gave of one that `from_json` had made: nothing is checked again."""
    fields = {name: item for name, item in value.items() if name in RECORD_FIELDS}
    asker, topics = value.get("asker"), value.get("topics", ())
    answers = tuple(_stored_answer(item) for item in value["answers"])
    fields |= {"asker": Asker(**asker) if asker else None, "topics": tuple(topics), "answers": answers}
    return Record(**fields, extra={name: item for name, item in value.items() if name not in RECORD_FIELDS})


def to_json(record: Record) -> dict[str, Any]:
    """JSON form of a record: unknown fields as they came, empty optional fields left out."""
    value: dict[str, Any] = {"id": record.id, "title": record.title, "question": record.question}
    if record.asker:
        value["asker"] = {name: text for name, text in (("age", record.asker.age), ("sex", record.asker.sex)) if text}
    value["asked"] = record.asked
    value["answers"] = [_answer_json(answer) for answer in record.answers]
    value["topics"] = list(record.topics)
    value.update({name: getattr(record, name) for name in TEXT_FIELDS if name not in value})
    kept = {name: item for name, item in value.items() if item or name in ("title", "question", "answers")}
    return kept | record.extra


def content_hash(record: Record) -> str:
    """SHA-256 of the record's JSON form, as hex; equal exactly when nothing about the record changed."""
    text = json.dumps(to_json(record), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def age_band(age: int) -> str:
    """Band of ten years that holds this age: 43 -> `40-49`, 7 -> `00-09`, 91 -> `80+`."""
    if age >= OLDEST_BAND:
        return f"{OLDEST_BAND}+"
    start = age // 10 * 10
    return f"{start:02}-{start + 9:02}"


def _id(fields: dict[str, Any]) -> str:
    if "id" not in fields:
        raise RecordError("the field id is missing")
    found = fields["id"]
    if not isinstance(found, str) or not ID_FORM.fullmatch(found):
        raise RecordError(f"id must be 1 to 200 letters, digits or any of . _ : -, found {_short(found)}")
    return found


def _asker(value: object) -> Asker | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise RecordError(f'asker must be an object such as {{"age": "40-49", "sex": "female"}}, found {_kind(value)}')
    if unknown := sorted(set(value) - {"age", "sex"}):
        raise RecordError(f"asker has the field {_short(unknown[0])}; only age and sex may be kept of a patient")
    asker = Asker(age=_age(value.get("age")), sex=_sex(value.get("sex")))
    return asker if asker != Asker() else None


def _age(value: object) -> str:
    if value is None or value == "":
        return ""
    text = str(value).strip() if isinstance(value, str | float | int) and not isinstance(value, bool) else ""
    found = re.fullmatch(r"(\d{1,3})(?:\.0|-(\d{1,3})|\+)?", text, re.ASCII)  # 43.0: of a column with empty cells
    if found is None:
        raise RecordError(f"asker.age must be a band such as 40-49 or 80+, found {_short(value)}")
    low, high = int(found[1]), int(found[2] or found[1])
    return age_band((low + high) // 2)  # of any other range the band that holds its middle: filters know no others


def _sex(value: object) -> str:
    if value is None or value == "":
        return ""
    known = SEXES.get(value.strip().lower()) if isinstance(value, str) else None
    if known is None:
        raise RecordError(f"asker.sex must be female, male or other, found {_short(value)}")
    return known


def _answer(value: object, number: int) -> Answer:
    if not isinstance(value, dict):
        raise RecordError(f"answer {number} must be an object with a text, found {_kind(value)}")
    fields = {name: item for name, item in value.items() if item is not None}
    if "text" not in fields:
        raise RecordError(f"answer {number} has no text")
    where = f"answer {number}: "
    texts = {name: _text(fields, name, where) for name in ANSWER_TEXT_FIELDS}
    extra = {name: item for name, item in value.items() if name not in ANSWER_FIELDS}
    return Answer(replied=_date(fields, "replied", where), extra=extra, **texts)


def _stored_answer(value: dict[str, Any]) -> Answer:
    extra = {name: item for name, item in value.items() if name not in ANSWER_FIELDS}
    return Answer(**{name: item for name, item in value.items() if name in ANSWER_FIELDS}, extra=extra)


def _answer_json(answer: Answer) -> dict[str, Any]:
    value = {name: getattr(answer, name) for name in ("text", "responder", "specialty", "replied")}
    return {name: item for name, item in value.items() if item or name == "text"} | answer.extra


def _text(fields: dict[str, Any], name: str, where: str = "") -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise RecordError(f"{where}{name} must be a string, found {_kind(value)}")
    return value if value.strip() else ""  # spaces alone say nothing


def _list(fields: dict[str, Any], name: str) -> list[Any]:
    value = fields.get(name, [])
    if not isinstance(value, list):
        raise RecordError(f"{name} must be a list, found {_kind(value)}")
    return value


def _date(fields: dict[str, Any], name: str, where: str = "") -> str:
    value = _text(fields, name, where)
    if not value:
        return ""
    timed = DAY_AND_TIME.fullmatch(value.strip())
    try:
        return date.fromisoformat(timed[1] if timed else value.strip()).isoformat()
    except ValueError:
        raise RecordError(f"{where}{name} must be a date such as 2012-01-15, found {_short(value)}") from None


def _check_writable(value: object) -> None:
    if not _nested_within(value, MAX_DEPTH):
        raise RecordError(f"lists or objects are nested more than {MAX_DEPTH} deep")
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise RecordError("a text holds half of a surrogate pair, which is not a character") from None
    except ValueError:
        raise RecordError("a number is NaN, infinite or too long, which JSON cannot hold") from None


def _nested_within(value: object, levels: int) -> bool:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_nested_within(item, levels - 1) for item in items)


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
