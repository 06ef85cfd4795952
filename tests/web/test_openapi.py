"""The OpenAPI document is true: every answer fits its schema, every address and parameter is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from tests.web.toy import Shelf
from web import create_app, params
from web.openapi import document
from web.serving import at_once
from web.settings import Settings

DOCUMENT = document()


def validator(name: str) -> Draft202012Validator:
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def named(path: str, status: int, method: str = "get") -> str:
    """Name of the schema that the document promises."""
    [content] = DOCUMENT["paths"][path][method]["responses"][str(status)]["content"].values()
    return str(content["schema"]["$ref"].rsplit("/", 1)[1])


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_every_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][name])


@pytest.mark.parametrize(
    ("path", "address", "status"),
    [
        ("/api/search", "/api/search?q=lip", 200),
        ("/api/search", "/api/search?q=carburetor", 200),
        ("/api/search", "/api/search?q=chest pain", 200),
        ("/api/search", "/api/search", 400),
        ("/api/records/{record_id}", "/api/records/toy:lip-1", 200),
        ("/api/records/{record_id}", "/api/records/toy:lip-2", 200),
        ("/api/records/{record_id}", "/api/records/nih:rash_2", 200),
        ("/api/records/{record_id}", "/api/records/none", 404),
        ("/api/records/{record_id}/similar", "/api/records/toy:lip-1/similar", 200),
        ("/api/records/{record_id}/related", "/api/records/toy:lip-1/related", 200),
        ("/api/suggest", "/api/suggest?q=w", 200),
        ("/api/specialties", "/api/specialties", 200),
        ("/api/search", "/api/search?q=lip&explain=1&sort=newest", 200),
        ("/api/counts", "/api/counts?specialty=Neurology", 200),
        ("/api/map", "/api/map", 200),
        ("/healthz", "/healthz", 200),
        ("/readyz", "/readyz", 200),
    ],
)
def test_every_answer_fits_its_schema(client: FlaskClient, path: str, address: str, status: int) -> None:
    response = client.get(address)
    assert response.status_code == status
    validator(named(path, status)).validate(response.json)


def test_an_answer_without_an_index_fits_too(empty_client: FlaskClient) -> None:
    validator(named("/readyz", 503)).validate(empty_client.get("/readyz").json)


def test_an_answer_where_too_many_come_fits_too(shelf: Shelf) -> None:
    settings = Settings(rate_limit="1 per minute")
    app = create_app(Path("toy"), opener=shelf.open, published=shelf.published, start=at_once, settings=settings)
    visitor = app.test_client()
    assert visitor.get("/api/specialties").status_code == 200
    response = visitor.get("/api/specialties")
    assert response.status_code == 429
    validator(named("/api/specialties", 429)).validate(response.json)
    for path, operations in DOCUMENT["paths"].items():
        assert {"429" in operation["responses"] for operation in operations.values()} == {path.startswith("/api/")}


def test_a_schema_refuses_what_is_missing_or_unknown(client: FlaskClient) -> None:
    answer: dict[str, Any] = client.get("/api/search?q=lip").get_json()
    assert not validator("SearchResults").is_valid(answer | {"surprise": 1})
    assert not validator("SearchResults").is_valid({name: answer[name] for name in answer if name != "urgent"})


def test_every_address_for_programs_is_described(app: Flask) -> None:
    rules = {rule.rule.replace("<", "{").replace(">", "}") for rule in app.url_map.iter_rules()}
    pages = {"/", "/qa/{record_id}", "/about", "/docs", "/static/{path:filename}", "/operator"}
    pages |= {"/browse", "/topics", "/topics/{path:name}", "/specialties/{path:name}", "/newest", "/map"}
    pages |= {"/widget", "/embed", "/opensearch.xml"}
    assert set(DOCUMENT["paths"]) == rules - pages


def test_every_parameter_of_the_search_is_described() -> None:
    described = [item["name"] for item in DOCUMENT["paths"]["/api/search"]["get"]["parameters"]]
    assert sorted(described) == sorted(params.NAMES)
    assert sorted(DOCUMENT["components"]["schemas"]["SearchRequest"]["properties"]) == sorted(params.NAMES)


def test_the_example_of_the_document_is_answered(client: FlaskClient) -> None:
    body = DOCUMENT["paths"]["/api/search"]["post"]["requestBody"]["content"]["application/json"]["example"]
    validator("SearchRequest").validate(body)
    assert client.post("/api/search", json=body).status_code == 200


def test_the_document_is_served_and_shown(client: FlaskClient) -> None:
    assert client.get("/api/openapi.json").json == DOCUMENT
    page = client.get("/docs").text
    for path, operations in DOCUMENT["paths"].items():
        assert f"<code>{path}</code>" in page
        for operation in operations.values():
            assert f'id="{operation["operationId"]}"' in page
    for name in DOCUMENT["components"]["schemas"]:
        assert f'id="schema-{name}"' in page
    assert "whole number, 1 to 100, default 10" in page
    assert "string, up to 20,000 characters" in page
