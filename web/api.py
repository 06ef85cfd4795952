"""The JSON interface under /api/: read the parameters, ask the engine, render."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import UnsupportedMediaType

from corpus.jsonl import once_each
from corpus.records import RecordError, to_json
from search import present
from search.errors import BadQuestion
from search.hits import MAX_K
from web import metrics, openapi, params
from web.serving import engine, once

SUGGESTIONS = 8

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.get("/search")
def search() -> Response:
    """The pages nearest to the question `q`, best first."""
    return _search(params.of_query(request.args))


@blueprint.post("/search")
def search_post() -> Response:
    """The same for a JSON body, so that a question need not stand in an address."""
    _no_parameters()
    return _search(params.of_json(_body()))


@blueprint.get("/records/<record_id>")
def record(record_id: str) -> Response:
    """A whole record, unknown fields included."""
    _no_parameters()
    return jsonify(to_json(engine().record(record_id)))


@blueprint.get("/records/<record_id>/similar")
def similar(record_id: str) -> Response:
    """The records most like this one, without itself."""
    return jsonify(present.results_json(engine().similar(record_id, _k())))


@blueprint.get("/records/<record_id>/related")
def related(record_id: str) -> Response:
    """The topics of the record's neighbors with the specialty of each."""
    return jsonify(present.related_json(record_id, engine().related(record_id, _k())))


@blueprint.get("/suggest")
def suggest() -> Response:
    """Titles of the corpus that go on from what was typed."""
    return _suggest(params.of_query(request.args, ("q", "k")))


@blueprint.post("/suggest")
def suggest_post() -> Response:
    """The same for a JSON body, so that what is typed does not stand in an address."""
    _no_parameters()
    return _suggest(params.of_json(_body(), ("q", "k")))


def _suggest(values: params.Values) -> Response:
    prefix, k = params.single(values, "q"), _limited(params.whole(values, "k", SUGGESTIONS))
    return jsonify({"suggestions": list(engine().suggest(prefix, k)) if prefix else []})


@blueprint.get("/specialties")
def specialties() -> Response:
    """The specialties of the whole index with their counts."""
    _no_parameters()
    return jsonify(present.specialties_json(engine().facets))


@blueprint.get("/counts")
def counts() -> Response:
    """What each value of each filter would leave under the other filters, counted over the whole index."""
    values = params.of_query(request.args, params.FILTERS)
    return jsonify(present.counts_json(engine().counts(params.filters(values))))


@blueprint.get("/map")
def corpus_map() -> Response:
    """Every record with its place on the map."""
    _no_parameters()
    text = once("map", lambda found: jsonify(present.map_json(found.map())).get_data())
    return Response(text, content_type="application/json")


@blueprint.get("/openapi.json")
def description() -> Response:
    """The OpenAPI document of this interface."""
    return jsonify(openapi.document())


def _search(values: params.Values) -> Response:
    results = engine().search(params.question(values))
    metrics.count(results)
    return jsonify(present.results_json(results))


def _body() -> Any:
    if not request.is_json:
        raise UnsupportedMediaType(f"the body must be application/json, found {request.mimetype or 'no content type'}")
    try:
        return json.loads(request.get_data(), object_pairs_hook=once_each)
    except RecordError as error:
        raise BadQuestion("body", f"the body is not clear: {error}") from None
    except (ValueError, RecursionError) as error:
        raise BadQuestion("body", f"the body is not JSON: {_place(error)}") from None


def _place(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.removesuffix(' at')} at line {error.lineno} column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return "it is nested too deeply" if isinstance(error, RecursionError) else "a number has too many digits"


def _k() -> int:
    return _limited(params.whole(params.of_query(request.args, ("k",)), "k", 10))


def _limited(k: int) -> int:
    if not 1 <= k <= MAX_K:
        raise BadQuestion("k", f"k must be from 1 to {MAX_K}, found {k}")
    return k


def _no_parameters() -> None:
    params.of_query(request.args, names=())
