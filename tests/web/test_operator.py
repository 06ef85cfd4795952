"""The operator's page: not there by default, shut without the token, and true with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.test_pages import read

TOKEN = "correct horse battery"


@pytest.fixture
def guarded(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A visitor of a site whose operator set a token."""
    monkeypatch.setenv("MEDQA_OPERATOR_TOKEN", TOKEN)
    return client


@pytest.mark.parametrize("token", [None, "", "short"])
def test_the_page_is_not_there_without_a_token_worth_the_name(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    if token is not None:
        monkeypatch.setenv("MEDQA_OPERATOR_TOKEN", token)
    assert client.get("/operator", auth=("operator", token or "")).status_code == 404


@pytest.mark.parametrize("given", [None, ("operator", ""), ("operator", TOKEN + "x"), ("operator", "ü" * 21)])
def test_whoever_has_no_token_learns_nothing(guarded: FlaskClient, given: tuple[str, str] | None) -> None:
    response = guarded.get("/operator", auth=given)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert response.text == "The operator's token is needed here.\n"
    assert guarded.get("/operator", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_the_token_is_compared_in_constant_time(guarded: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    monkeypatch.setattr("web.operator.hmac.compare_digest", lambda a, b: compared.append((a, b)) or False)
    assert guarded.get("/operator", auth=("operator", TOKEN)).status_code == 401
    assert compared == [(TOKEN.encode(), TOKEN.encode())]


def test_the_operator_sees_the_index_its_counts_and_the_latencies(guarded: FlaskClient) -> None:
    guarded.get("/?q=lip")
    guarded.get("/?q=rash")
    response = guarded.get("/operator", headers={"Authorization": f"Bearer {TOKEN}"})
    text = read(response.text)
    assert "Version v1 Built 2026-11-22T08:00:00Z Records 5 Newest version is the one that answers" in text
    assert "Neurology 2" in text
    assert "pages.ask 2" in text
    assert "None is named." in text
    assert "lip" not in text.split("Requests of this site")[1].split("Specialties")[0]  # numbers, no questions


def test_the_last_evaluation_is_a_chart(guarded: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "packs.json"
    path.write_text(json.dumps({"rqe": {"ndcg@10": 0.625, "queries": 1200}, "machine": "x"}))
    monkeypatch.setenv("MEDQA_EVALUATION", str(path))
    page = guarded.get("/operator", auth=("operator", TOKEN)).text
    assert "rqe 0.625 1,200" in read(page)
    assert '<rect class="bar-part" width="62%" height="100%"/>' in page
    path.write_text("{")
    assert guarded.get("/operator", auth=("operator", TOKEN)).status_code == 500  # a chart that is empty would be a lie
