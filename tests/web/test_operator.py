"""The operator's page: not there by default, shut without the token, and true with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.test_pages import read
from tests.web.toy import Shelf
from web import create_app
from web.serving import at_once
from web.settings import Settings

TOKEN = "correct horse battery"


def guarded(shelf: Shelf, evaluation: str = "") -> FlaskClient:
    """A visitor of a site whose operator set a token."""
    settings = Settings(operator_token=TOKEN, evaluation=evaluation)
    app = create_app(Path("toy"), opener=shelf.open, published=shelf.published, start=at_once, settings=settings)
    return app.test_client()


def test_the_page_is_not_there_without_a_token(client: FlaskClient) -> None:
    assert client.get("/operator", auth=("operator", "")).status_code == 404


@pytest.mark.parametrize("given", [None, ("operator", ""), ("operator", TOKEN + "x"), ("operator", "ü" * 21)])
def test_whoever_has_no_token_learns_nothing(shelf: Shelf, given: tuple[str, str] | None) -> None:
    response = guarded(shelf).get("/operator", auth=given)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert "v1" not in response.text


def test_the_operator_sees_the_index_its_counts_and_the_latencies(shelf: Shelf) -> None:
    client = guarded(shelf)
    client.get("/?q=lip")
    client.get("/?q=rash")
    response = client.get("/operator", headers={"Authorization": f"Bearer {TOKEN}"})
    text = read(response.text)
    assert "Version v1 Built 2026-11-22T08:00:00Z Records 5 Newest version is the one that answers" in text
    assert "Neurology 2" in text
    assert "pages.ask 2" in text
    assert "None is named." in text
    assert "lip" not in text.split("Requests of this site")[1].split("Specialties")[0]  # numbers, no questions


def test_the_last_evaluation_is_a_chart(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "packs.json"
    path.write_text(json.dumps({"rqe": {"ndcg@10": 0.625, "queries": 1200}, "machine": "x"}))
    client = guarded(shelf, str(path))
    page = client.get("/operator", auth=("operator", TOKEN)).text
    assert "rqe 0.625 1,200" in read(page)
    assert '<rect class="bar-part" width="62%" height="100%"/>' in page
    path.write_text("{")
    assert client.get("/operator", auth=("operator", TOKEN)).status_code == 500  # a chart that is empty would be a lie
