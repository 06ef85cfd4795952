"""Every address of the site: what it answers, in which form, and that none is forgotten here."""

from __future__ import annotations

import subprocess
import sys

import pytest
from flask import Flask
from flask.testing import FlaskClient

HTML = "text/html; charset=utf-8"
JSON = "application/json"
ADDRESSES = {
    "/": HTML,
    "/qa/<record_id>": HTML,
    "/about": HTML,
    "/docs": HTML,
    "/browse": HTML,
    "/topics": HTML,
    "/topics/<path:name>": HTML,
    "/specialties/<path:name>": HTML,
    "/newest": HTML,
    "/map": HTML,
    "/widget": HTML,
    "/embed": HTML,
    "/opensearch.xml": "application/opensearchdescription+xml; charset=utf-8",
    "/api/search": JSON,
    "/api/records/<record_id>": JSON,
    "/api/records/<record_id>/similar": JSON,
    "/api/records/<record_id>/related": JSON,
    "/api/suggest": JSON,
    "/api/specialties": JSON,
    "/api/counts": JSON,
    "/api/map": JSON,
    "/api/openapi.json": JSON,
    "/healthz": JSON,
    "/readyz": JSON,
    "/metrics": "text/plain; version=1.0.0; charset=utf-8",
}


def filled(address: str) -> str:
    """The address with a record, a topic and a specialty that there are."""
    named = "Neurology" if "specialties" in address else "Stress"
    return address.replace("<record_id>", "toy:lip-1").replace("<path:name>", named)


def test_every_address_is_in_the_list(app: Flask) -> None:
    others = {"/static/<path:filename>", "/operator"}  # the operator's page has tests of its own
    assert {rule.rule for rule in app.url_map.iter_rules()} - others == set(ADDRESSES)


@pytest.mark.parametrize(("address", "kind"), ADDRESSES.items())
def test_every_address_answers_in_its_form(client: FlaskClient, address: str, kind: str) -> None:
    response = client.get(filled(address), query_string={"q": "lip"} if "search" in address else {})
    assert (response.status_code, response.content_type) == (200, kind)


@pytest.mark.parametrize(("address", "kind"), ADDRESSES.items())
def test_no_address_takes_what_it_does_not_know(client: FlaskClient, address: str, kind: str) -> None:
    response = client.delete(filled(address))
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "alive"}
    index = {"id": "v1", "built": "2026-11-22T08:00:00Z", "records": 5}
    assert client.get("/readyz").json == {"status": "ready", "index": index, "detail": ""}


def test_static_files_are_kept_for_a_year_under_an_address_of_their_content(client: FlaskClient) -> None:
    page = client.get("/").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert address.startswith("/static/site.css?v=")
    with client.get(address) as response:
        assert (response.status_code, response.content_type) == (200, "text/css; charset=utf-8")
        assert response.cache_control.max_age == 365 * 24 * 3600
    for other in ("/static/site.css", "/static/site.css?v=another", "/static/gone.css?v=another"):
        with client.get(other) as response:
            assert response.headers["Cache-Control"] == "no-cache"  # a later program has other files at this address


def test_importing_the_package_loads_neither_the_framework_nor_an_engine() -> None:
    code = "import web, sys; print([name for name in ('flask', 'gunicorn', 'search', 'faiss') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
