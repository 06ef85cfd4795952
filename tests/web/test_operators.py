"""The operators' pages open for their token alone, and one client cannot ask without end."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from search.errors import SearchError
from tests.web.toy import Shelf, ToyEngine
from web import create_app, security
from web.serving import at_once
from web.settings import Settings

TOKEN = "a-token-of-some-length"


def site(settings: Settings, shelf: Shelf | None = None) -> FlaskClient:
    """A visitor of the toy site with these settings, to which an operators' page is added."""
    shelf = shelf or Shelf(ToyEngine())
    app = create_app(Path("toy"), opener=shelf.open, published=shelf.published, start=at_once, settings=settings)
    return add_page(app).test_client()


def add_page(app: Flask) -> Flask:
    page = Blueprint("inner", __name__)
    page.before_request(security.require_operator)
    page.add_url_rule("/inner", view_func=lambda: "inside", methods=["GET", "POST"])
    app.register_blueprint(page)
    return app


@pytest.fixture
def operators() -> FlaskClient:
    """A visitor of a site with a token."""
    return site(Settings(operator_token=TOKEN))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(token: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"anyone:{token}".encode()).decode()}


@pytest.mark.parametrize("form", [bearer, basic])
def test_the_token_opens(operators: FlaskClient, form: object) -> None:
    answer = operators.get("/inner", headers=form(TOKEN))  # type: ignore[operator]
    assert (answer.status_code, answer.text) == (200, "inside")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer(""),
        bearer(TOKEN[:-1]),
        bearer(TOKEN + "x"),
        basic("wrong"),
        {"Authorization": "Basic !!"},
        {"Authorization": f"Digest {TOKEN}"},
        {"Authorization": "Bearer \xff"},
        {"X-Token": TOKEN},
    ],
)
def test_nothing_else_opens(operators: FlaskClient, headers: dict[str, str]) -> None:
    answer = operators.get("/inner", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Pages of the operators"'
    assert "inside" not in answer.text
    assert TOKEN not in answer.text


def test_without_a_token_there_is_no_such_page() -> None:
    visitor = site(Settings())
    assert visitor.get("/inner").status_code == 404
    assert visitor.get("/inner", headers=bearer("")).status_code == 404


def test_guessing_ends_soon_and_the_right_token_waits_too(operators: FlaskClient) -> None:
    statuses = [operators.get("/inner", headers=bearer("wrong")).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    refused = operators.get("/inner", headers=bearer(TOKEN))
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    other = operators.get("/inner", headers=bearer(TOKEN), environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),  # a program
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://example.org"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_another_sites_page_cannot_change_anything(
    operators: FlaskClient, headers: dict[str, str], status: int
) -> None:
    assert operators.post("/inner", headers=headers | basic(TOKEN)).status_code == status
    assert operators.get("/inner", headers=headers | basic(TOKEN)).status_code == 200


def test_tokens_are_compared_as_a_whole() -> None:
    assert security.same_token("é\ud800", "é\ud800")
    assert not security.same_token("", "a")
    assert not security.same_token("a" * 10_000, "a")


def asked(visitor: FlaskClient, address: str = "192.0.2.1", path: str = "/api/search?q=lip", **headers: str) -> int:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    with visitor.get(path, headers=named, environ_overrides={"REMOTE_ADDR": address}) as response:
        return response.status_code


def test_a_client_that_asks_too_often_is_told_when_to_come_back() -> None:
    visitor = site(Settings(rate_limit="3 per minute"))
    assert [asked(visitor) for _ in range(4)] == [200, 200, 200, 429]
    refused = visitor.get("/api/suggest?q=a", environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    assert (refused.status_code, refused.content_type) == (429, "application/problem+json")
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    assert len(refused.headers.getlist("Retry-After")) == 1
    assert asked(visitor, "192.0.2.2") == 200
    assert [asked(visitor, path=path) for path in ("/healthz", "/readyz", "/metrics", "/static/site.css")] == [200] * 4


def test_nobody_else_is_told_when_to_come_back() -> None:
    answered = site(Settings(rate_limit="3 per minute")).get("/api/search?q=lip")
    assert (answered.status_code, answered.headers["X-RateLimit-Remaining"]) == (200, "2")
    assert "Retry-After" not in answered.headers
    lost = site(Settings(rate_limit="3 per minute"), Shelf()).get("/api/search?q=lip")
    assert (lost.status_code, lost.headers["Retry-After"]) == (503, "5")


def test_an_address_of_the_next_generation_counts_with_its_network() -> None:
    visitor = site(Settings(rate_limit="1 per minute"))
    assert [asked(visitor, f"2001:db8:0:1::{number}") for number in (1, 2)] == [200, 429]
    assert asked(visitor, "2001:db8:0:2::1") == 200


def test_without_a_proxy_nobody_can_say_that_he_is_another() -> None:
    visitor = site(Settings(rate_limit="1 per minute"))
    assert [asked(visitor, X_Forwarded_For=f"198.51.100.{number}") for number in (1, 2)] == [200, 429]


def test_behind_a_proxy_the_address_that_it_saw_counts_and_not_what_the_client_says() -> None:
    visitor = site(Settings(rate_limit="1 per minute", trusted_proxies=1))
    assert asked(visitor, "127.0.0.1", X_Forwarded_For="10.0.0.1, 198.51.100.1") == 200
    assert asked(visitor, "127.0.0.1", X_Forwarded_For="10.0.0.2, 198.51.100.1") == 429
    assert asked(visitor, "127.0.0.1", X_Forwarded_For="198.51.100.2") == 200


def test_without_a_limit_there_is_none() -> None:
    visitor = site(Settings())
    assert {asked(visitor, path="/api/specialties") for _ in range(200)} == {200}


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"MEDQA_OPERATOR_TOKEN": "short"}, "MEDQA_OPERATOR_TOKEN must have at least 16 characters"),
        ({"MEDQA_OPERATOR_TOKEN_FILE": "/nowhere"}, "MEDQA_OPERATOR_TOKEN_FILE: /nowhere cannot be read"),
        ({"MEDQA_RATE_LIMIT": "often"}, 'MEDQA_RATE_LIMIT must be such as "120 per minute", found "often"'),
        ({"MEDQA_TRUSTED_PROXIES": "-1"}, "MEDQA_TRUSTED_PROXIES must be a whole number from 0, found -1"),
        ({"MEDQA_WAITING": "many"}, "MEDQA_WAITING must be a whole number from 0, found many"),
        ({"MEDQA_HUNG_AFTER": "0"}, "MEDQA_HUNG_AFTER must be at least 1 second"),
        ({"MEDQA_HUNG_AFTER": "15"}, "MEDQA_HUNG_AFTER must be more than MEDQA_PATIENCE and MEDQA_SLOW_AFTER together"),
        ({"MEDQA_LOG": "xml"}, "MEDQA_LOG must be text or json, found xml"),
    ],
)
def test_a_setting_that_cannot_be_is_named(environment: dict[str, str], message: str) -> None:
    with pytest.raises(SearchError, match=message):
        Settings.read(environment)


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    environment = {
        "MEDQA_OPERATOR_TOKEN_FILE": str(tmp_path / "token"),
        "MEDQA_RATE_LIMIT": "120 per minute",
        "MEDQA_TRUSTED_PROXIES": "2",
        "MEDQA_LOG": "json",
        "MEDQA_PATIENCE": " ",
    }
    assert Settings.read(environment) == Settings(
        operator_token=TOKEN, rate_limit="120 per minute", trusted_proxies=2, log="json"
    )
    assert Settings.read({}) == Settings()
