"""JSON Schemas of what the interface takes and returns, by name."""

from __future__ import annotations

from typing import Any

from search.filters import NAMED
from search.hits import MAX_K, MAX_OFFSET, MAX_QUESTION_CHARS, Match
from search.present import MOST_MEMBERS
from web.params import MOST_AS_TYPED, MOST_CHOSEN

Schema = dict[str, Any]


def text(description: str = "", **more: Any) -> Schema:
    """Schema of a string."""
    return {"type": "string"} | ({"description": description} if description else {}) | more


def number(description: str = "", **more: Any) -> Schema:
    """Schema of a number that is not below 0."""
    return {"type": "number", "minimum": 0} | ({"description": description} if description else {}) | more


def whole(description: str = "", **more: Any) -> Schema:
    """Schema of a whole number that is not below 0."""
    return {"type": "integer", "minimum": 0} | ({"description": description} if description else {}) | more


def array(items: Schema, description: str = "", **more: Any) -> Schema:
    """Schema of a list."""
    return {"type": "array", "items": items} | ({"description": description} if description else {}) | more


def record_of(properties: dict[str, Schema], optional: tuple[str, ...] = (), closed: bool = True) -> Schema:
    """Schema of an object whose properties are all required but those in `optional`."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": not closed}


def ref(name: str) -> Schema:
    """Reference to a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def name_in(schema: Schema) -> str:
    """Name of the schema that this one, or the items of this list, refer to; empty if none."""
    target: str = schema.get("$ref") or schema.get("items", {}).get("$ref", "")
    return target.rsplit("/", 1)[-1]


def in_words(schema: Schema) -> str:
    """The schema in a few words: `whole number, 1 to 100, default 10`."""
    kinds = {"integer": "whole number", "array": "list", "boolean": "true or false"}
    kind = schema.get("type", "")
    words = [kinds.get(kind, kind), " or ".join(f'"{item}"' for item in schema.get("enum", ()) if item)]
    if "maximum" in schema:
        words.append(f"{schema.get('minimum', 0)} to {schema['maximum']:,}")
    if "maxLength" in schema:
        words.append(f"up to {schema['maxLength']:,} characters")
    if "default" in schema:
        words.append(f"default {schema['default']}")
    return ", ".join(word for word in words if word)


def some(description: str, most: int = MOST_CHOSEN) -> Schema:
    """Schema of a string or a list of so many strings at most."""
    return {"description": description, "oneOf": [{"type": "string"}, array({"type": "string"}, maxItems=most)]}


def or_null(schema: Schema, description: str) -> Schema:
    """Schema of a value that may be null."""
    return {"description": description, "oneOf": [{"type": "null"}, schema]}


def switch(description: str, default: int = 1) -> Schema:
    """Schema of a switch: 0 or 1, or a boolean."""
    return {"description": description, "oneOf": [whole(maximum=1, default=default), {"type": "boolean"}]}


DATE = text("ISO date; empty if the record states none.", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
ID = text("Id of a record.", pattern=r"^[A-Za-z0-9._:-]{1,200}$")
SPAN = array(whole(), "Start and end of a range, the end excluded.", minItems=2, maxItems=2)

INDEX = {
    "id": text("Id of the published version."),
    "built": text("When it was built, UTC.", format="date-time"),
    "records": whole("How many records it holds."),
}
QUERY = {
    "text": text("The question as it was asked."),
    "used": text("The text that was searched for."),
    "corrections": array(ref("Correction"), "Spelling that was corrected."),
    "expansions": array(ref("Expansion"), "Terms that were added."),
}
CORRECTION = {
    "from": text("The word as it was typed."),
    "to": text("The word that was searched for."),
    "start": whole("Where it begins in `text`, in Unicode characters."),
    "end": whole("Where it ends."),
}
EXPANSION = {
    "from": text("What in the question led to it."),
    "to": text("The term that was also searched for."),
    "source": text("Who says that they mean the same."),
}
SNIPPET = {
    "text": text("An extract, word for word; empty if there is none."),
    "highlights": array(SPAN, "Where words of the question stand in `text`, in Unicode characters."),
    "near": array(SPAN, "With explain=1: where words stand that mean nearly what one of the question means."),
    "same": array(SPAN, "With explain=1: sentences close to what the question says."),
    "part": text("Where it is from.", enum=["", "title", "question", "answer", "more_info"]),
    "answer": whole("Which answer it is from, counted from 0."),
    "start": whole("Where it begins in that part."),
    "end": whole("Where it ends in that part."),
}
RESULT = {
    "id": ID,
    "title": text(),
    "score": number("How near it is; higher is nearer.", maximum=1),
    "probability": number(
        "How probable it is that the page asks and answers the same; the match word is this in words.", maximum=1
    ),
    "match": text("How near it is, in words.", enum=[match.value for match in Match]),
    "question_snippet": ref("Snippet"),
    "answer_snippet": ref("Snippet"),
    "specialty": text("The specialty that the record states."),
    "specialty_inferred": or_null(ref("Inferred"), "What a record that states none probably belongs to, or null."),
    "responder": text("Who gave the answer that the extract is from."),
    "asked": DATE,
    "replied": DATE,
    "answers": whole("How many replies the record has."),
    "source": text("Where the record is from."),
    "url": text("Its address there."),
    "license": text("On which terms it may be used."),
    "family": or_null(ref("Family"), "The records that ask the same question, itself among them, or null."),
    "why": or_null(ref("Why"), "With explain=1: why it is a result; else null."),
}
WHY = {
    "views": array(
        record_of({"view": text(enum=["title", "question", "answer"]), "cosine": {"type": "number"}}),
        "How near each part of the page is in meaning, nearest first.",
    ),
    "words": array(text(), "Words of the question that stand on the page."),
    "near": array(
        record_of({"word": text(), "asked": text()}), "Words of the extracts that mean nearly what was asked."
    ),
    "missing": array(text(), "Words of the question that do not stand on the page."),
}
SHARE = {
    "name": text(),
    "share": number(maximum=1),
    "inferred": {"type": "boolean", "description": "True if its records do not state it."},
}
ACTION = {"label": text("Whom to call."), "number": text("A number, or words where no country is set.")}
URGENT = {
    "kind": text("Which rule was met, or `likeness` where none was: docs/safety.md lists them."),
    "title": text("What it may be."),
    "text": text("What to do first."),
    "actions": array(ref("Action"), "Whom to call, the most useful first."),
    "matched": array(SPAN, "Ranges of the question that led to it; none for `likeness`."),
    "also": array(text(), "Less pressing kinds that the question describes too, or that `likeness` took it for."),
}
INFERRED = {"name": text("A department."), "confidence": number("How surely.", maximum=1)}
REPLY = {"responder": text(), "specialty": text(), "replied": DATE}
MEMBER = {
    "id": ID,
    "title": text(),
    "source": text(),
    "asked": DATE,
    "answers": array(record_of(REPLY), "Who answered it, without the texts."),
}
FAMILY = {
    "id": text("Id of its first record."),
    "size": whole("How many records ask the same.", minimum=2),
    "records": array(
        ref("Member"),
        f"The first {MOST_MEMBERS} of them by id, whatever the filters, and always the result itself; where `size` "
        "says that there are more, the page /qa/<id> names all.",
        maxItems=MOST_MEMBERS,
    ),
}
RESULTS = {
    "query": ref("Query"),
    "results": array(ref("Result"), "Best first; equal scores by id."),
    "total": whole("How many records were ranked; with fold=1, how many questions."),
    "specialties": array(ref("Share"), "Who usually answers this: shares of the first 10 results, by probability."),
    "urgent": or_null(ref("Urgent"), "A notice to show first, or null. Null never means that nothing is urgent."),
    "no_close_match": {"type": "boolean", "description": "True if not one result is close to the question."},
    "degraded": array(text(), "What could not be done as it should, in sentences; pages may be missing."),
    "unmatched_filters": array(
        record_of({"filter": text("specialty or source."), "value": text()}), "Chosen values that no record has."
    ),
    "took_ms": number("Milliseconds the search took."),
    "index": ref("Index"),
}  # fmt: skip
ANSWER = {"text": text(), "responder": text(), "specialty": text(), "replied": DATE}
RECORD = {
    "id": ID,
    "title": text(),
    "question": text("The patient's own message."),
    "asker": record_of({"age": text("A band such as 40-49."), "sex": text()}, optional=("age", "sex")),
    "asked": DATE,
    "answers": array(ref("Answer")),
    "more_info": text("A longer explanation."),
    "topics": array(text()),
    **{name: text() for name in ("specialty", "source", "url", "license", "lang")},
}
SEARCH = {
    "q": text("The question, in whole sentences or a few words.", minLength=1, maxLength=MAX_QUESTION_CHARS),
    "k": whole("How many results.", minimum=1, maximum=MAX_K, default=10),
    "offset": whole("How many results to leave out first.", maximum=MAX_OFFSET, default=0),
    "fold": switch("1 (or true): of records that ask the same, only the best; 0: every record.", default=0),
    "sort": text(
        "fit: nearest first; newest: of the close ones the newest first.", enum=["fit", "newest"], default="fit"
    ),
    "explain": switch(
        "1 (or true): also why each is a result, and what in its extracts means what was asked.", default=0
    ),
    "specialty": some("Only these specialties; an empty list lets nothing pass."),
    "sex": some("Only questions of people of this sex: female, male or other."),
    "age": some("Only questions of people of this age: a number such as 43, or a band such as 40-49 or 80+."),
    "source": some("Only these sources; an empty list lets nothing pass."),
    "after": text("Only pages whose newest date is this day or later: 2012-01-15, or a year."),
    "before": text("Only pages whose newest date is this day or earlier."),
    "corrections": switch("1 (or true) corrects the spelling, 0 (or false) does not."),
    "expansions": switch("1 adds the medical terms for abbreviations, everyday names and bare lay terms, 0 does not."),
    "as_typed": some("Words of the question of which nothing is made: neither corrected nor expanded.", MOST_AS_TYPED),
}
PROBLEM = {
    "type": text(),
    "title": text("The usual phrase for the status."),
    "status": whole(),
    "detail": text("What was wrong."),
    "parameter": text("Which parameter was wrong."),
    "urgent": ref("Urgent"),  # a notice to show first, though the question could not be answered
}
COUNTED = array(record_of({"name": text(), "count": whole()}))
COUNTS = dict.fromkeys(NAMED.values(), COUNTED)
MAP = {
    "made": {"type": "boolean", "description": "False where the index was built without a map."},
    "specialties": array(text(), "Names, the first empty: of records without one."),
    "ids": array(text(), "Every record; the next three are in the same order."),
    "x": array(whole(maximum=1000), "Its place, in thousandths."),
    "y": array(whole(maximum=1000)),
    "specialty": array(whole(), "Number of its stated, else inferred, specialty."),
}
TOPIC = {"topic": text(), "specialty": text(), "count": whole("How many of the neighbors carry it.")}

SCHEMAS: dict[str, Schema] = {
    "SearchRequest": record_of(SEARCH, optional=tuple(name for name in SEARCH if name != "q")),
    "SuggestRequest": record_of({"q": text("What was typed so far."), "k": whole(minimum=1, maximum=MAX_K)}, ("k",)),
    "SearchResults": record_of(RESULTS),
    "Query": record_of(QUERY),
    "Correction": record_of(CORRECTION),
    "Expansion": record_of(EXPANSION),
    "Result": record_of(RESULT),
    "Snippet": record_of(SNIPPET),
    "Why": record_of(WHY),
    "Inferred": record_of(INFERRED),
    "Family": record_of(FAMILY),
    "Member": record_of(MEMBER),
    "Share": record_of(SHARE),
    "Urgent": record_of(URGENT),
    "Action": record_of(ACTION),
    "Index": record_of(INDEX),
    "Record": record_of(RECORD, optional=tuple(RECORD)[3:5] + tuple(RECORD)[6:], closed=False),
    "Answer": record_of(ANSWER, optional=("responder", "specialty", "replied"), closed=False),
    "Related": record_of({"id": ID, "related": array(record_of(TOPIC))}),
    "Suggestions": record_of({"suggestions": array(text())}),
    "Specialties": record_of({"specialties": array(record_of({"name": text(), "count": whole()}))}),
    "Counts": record_of(COUNTS),
    "Map": record_of(MAP),
    "Alive": record_of({"status": text(enum=["alive"])}),
    "Ready": record_of({"status": text(enum=["ready"]), "index": ref("Index"), "detail": text()}),
    "Problem": record_of(PROBLEM, optional=("parameter", "urgent")),
}
