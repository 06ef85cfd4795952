"""The OpenAPI 3.1 document of the JSON interface; /docs is made from it."""

from __future__ import annotations

from typing import Any

from search.hits import MAX_K
from web import API_VERSION, MAX_BODY, SITE_NAME
from web.params import FILTERS, LISTS
from web.schemas import ID, SCHEMAS, SEARCH, Schema, ref, text, whole

ABOUT = (
    "Finds the medical questions and answers nearest to a question in everyday words. Answers were written for other "
    "people; they are not a diagnosis. Questions are not logged. Errors are problem details (RFC 9457). An address may "
    "have up to 8,190 bytes; a longer question goes into the body of a POST."
)
PROBLEMS = {
    400: "A parameter is wrong, and named.",
    404: "There is no such record.",
    413: f"The body is larger than {MAX_BODY // 1024} KiB.",
    415: "The body is not application/json.",
    429: "Too many requests came from your network, where the site limits them.",
    503: "No index is open yet, or the site is busy; `Retry-After` says when to ask again.",
}
SEARCH_POST = "Search, with the question in the body, so that it does not stand in an address."
SUGGEST_POST = "The same, with what was typed in the body, so that it does not stand in an address."
EXAMPLE = {"q": "my lower lip keeps twitching at night", "k": 3, "specialty": ["Neurology"], "after": "2010"}


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": SITE_NAME, "version": API_VERSION, "description": ABOUT},
        "paths": {path: dict(operations) for path, *operations in PATHS},
        "components": {"schemas": SCHEMAS},
    }


def _parameter(name: str, schema: Schema, place: str = "query", required: bool = False) -> dict[str, Any]:
    shown = {key: value for key, value in schema.items() if key != "description"}
    if name in LISTS:
        [_, shown] = shown["oneOf"]  # a query string gives even one as a list
    found = {"name": name, "in": place, "required": required, "description": schema["description"], "schema": shown}
    return found | ({"explode": True} if name in LISTS else {})


def _json(name: str, media: str = "application/json") -> dict[str, Any]:
    return {media: {"schema": ref(name)}}


def _operation(
    name: str, summary: str, answer: str, problems: tuple[int, ...] = (), parameters: tuple[dict[str, Any], ...] = ()
) -> dict[str, Any]:
    responses: dict[str, Any] = {"200": {"description": "Done.", "content": _json(answer)}}
    responses |= {str(status): _problem(status) for status in problems}
    return {"operationId": name, "summary": summary, "parameters": list(parameters), "responses": responses}


def _problem(status: int) -> dict[str, Any]:
    return {"description": PROBLEMS[status], "content": _json("Problem", "application/problem+json")}


def _post(name: str, summary: str, answer: str, body: str, example: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": ref(body), "example": example}}
    operation = _operation(name, summary, answer, (400, 413, 415, 429, 503))
    return operation | {"requestBody": {"required": True, "content": content}}


def _text_answer(name: str, summary: str) -> dict[str, Any]:
    content = {"text/plain": {"schema": text()}}
    responses = {"200": {"description": "Done.", "content": content}}
    return {"operationId": name, "summary": summary, "parameters": [], "responses": responses}


def _object_answer(name: str, summary: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object"}}}
    responses = {"200": {"description": "Done.", "content": content}, "429": _problem(429)}
    return {"operationId": name, "summary": summary, "parameters": [], "responses": responses}


SEARCHED = tuple(_parameter(name, schema, required=name == "q") for name, schema in SEARCH.items())
FILTERED = tuple(_parameter(name, SEARCH[name]) for name in FILTERS)
RECORD_ID = _parameter("record_id", ID, "path", required=True)
K = _parameter("k", whole("How many.", minimum=1, maximum=MAX_K, default=10))
SUGGEST_K = _parameter("k", whole("How many.", minimum=1, maximum=MAX_K, default=8))
PREFIX = _parameter("q", text("What was typed so far."))
RECORD = "/api/records/{record_id}"
AT_RECORD = (400, 404, 429, 503)

PATHS: tuple[tuple[Any, ...], ...] = (
    (
        "/api/search",
        ("get", _operation("search", "Search.", "SearchResults", (400, 429, 503), SEARCHED)),
        ("post", _post("searchPost", SEARCH_POST, "SearchResults", "SearchRequest", EXAMPLE)),
    ),
    (RECORD, ("get", _operation("record", "A whole record.", "Record", AT_RECORD, (RECORD_ID,)))),
    (
        f"{RECORD}/similar",
        ("get", _operation("similar", "The records most like it.", "SearchResults", AT_RECORD, (RECORD_ID, K))),
    ),
    (
        f"{RECORD}/related",
        ("get", _operation("related", "Topics of the records like it.", "Related", AT_RECORD, (RECORD_ID, K))),
    ),
    (
        "/api/suggest",
        ("get", _operation("suggest", "Titles that go on so.", "Suggestions", (400, 429, 503), (PREFIX, SUGGEST_K))),
        ("post", _post("suggestPost", SUGGEST_POST, "Suggestions", "SuggestRequest", {"q": "my lip", "k": 5})),
    ),
    ("/api/specialties", ("get", _operation("specialties", "All specialties.", "Specialties", (400, 429, 503)))),
    (
        "/api/counts",
        ("get", _operation("counts", "What each filter would leave.", "Counts", (400, 429, 503), FILTERED)),
    ),
    ("/api/map", ("get", _operation("map", "Where every record lies on the map.", "Map", (400, 429, 503)))),
    ("/api/openapi.json", ("get", _object_answer("openapi", "This document."))),
    ("/healthz", ("get", _operation("alive", "Whether the process answers.", "Alive"))),
    ("/readyz", ("get", _operation("ready", "Whether an index is open.", "Ready", (503,)))),
    ("/metrics", ("get", _text_answer("metrics", "Counters for Prometheus."))),
)
