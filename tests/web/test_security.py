"""Headers on every answer, what may be cached, and that nothing a record or a visitor wrote becomes markup."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import Clock
from tests.web.toy import Shelf, ToyEngine
from tests.web.toy_records import TOY
from web.security import OF_VERSION

EVERYWHERE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "browsing-topics=(), camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PAGES = [
    "/",
    "/?q=lip",
    "/?q=carburetor",
    "/?q=chest pain",
    "/qa/toy:lip-1",
    "/qa/toy:hostile",
    "/about",
    "/docs",
    "/nothing",
    "/browse",
    "/topics/Stress",
    "/specialties/Emergency <Medicine>",
    "/newest",
    "/map",
    "/widget",
    "/embed",
]
OTHERS = ["/api/search?q=lip", "/api/search", "/api/nothing", "/healthz", "/readyz", "/metrics", "/static/site.css"]


@pytest.mark.parametrize("address", PAGES + OTHERS)
def test_every_answer_carries_the_headers_once_and_no_cookie(client: FlaskClient, address: str) -> None:
    with client.get(address) as response:
        found = {name: response.headers.getlist(name) for name in EVERYWHERE}
    assert found == {name: [value] for name, value in EVERYWHERE.items()}
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/?q=lip", "private, no-cache"),
        ("/api/search?q=lip", "no-store"),
        ("/api/suggest?q=lip", "no-store"),
        ("/?q=lip&age=old", "no-store"),
        ("/", "private, no-cache"),
        ("/qa/toy:lip-1", "private, no-cache"),
        ("/api/records/toy:lip-1", "private, no-cache"),
    ],
)
def test_answers_to_programs_and_errors_are_not_stored_and_pages_are_asked_for_again(
    client: FlaskClient, address: str, expected: str
) -> None:
    assert client.get(address).headers["Cache-Control"] == expected


@pytest.mark.parametrize(
    "address",
    ["/api/openapi.json", "/api/map", "/api/records/toy:lip-1", "/api/specialties", "/qa/toy:lip-1", "/", "/about"],
)
def test_what_the_version_alone_decides_is_sent_again_only_when_it_changed(client: FlaskClient, address: str) -> None:
    first = client.get(address)
    tag = first.headers["ETag"]
    assert (client.get(address).headers["ETag"], client.head(address).headers["ETag"]) == (tag, tag)
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Cache-Control"] == "private, no-cache"
    other = client.get(address, headers={"If-None-Match": '"another"'})
    assert (other.status_code, other.data) == (200, first.data)


def test_only_addresses_that_there_are_have_tags(app: Flask) -> None:
    assert set(app.view_functions) >= OF_VERSION


def test_another_version_or_language_has_another_tag(client: FlaskClient, clock: Clock, shelf: Shelf) -> None:
    shelf.versions["v2"] = ToyEngine(TOY[:2], "v2")
    tags = {address: client.get(address).headers["ETag"] for address in ("/", "/api/specialties", "/api/openapi.json")}
    assert client.get("/?lang=zh-Hant", headers={"If-None-Match": tags["/"]}).status_code == 200
    shelf.version = "v2"
    clock.now += 1
    found = {at: client.get(at, headers={"If-None-Match": tag}).status_code for at, tag in tags.items()}
    assert found == {"/": 200, "/api/specialties": 200, "/api/openapi.json": 304}


@pytest.mark.parametrize(
    ("address", "kind"), [("/api/records/toy:lip-1", "application/problem+json"), ("/", "text/html; charset=utf-8")]
)
def test_who_wants_another_version_is_told_that_it_is_not_here(client: FlaskClient, address: str, kind: str) -> None:
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-Match": tag}).status_code == 200
    refused = client.get(address, headers={"If-Match": '"another"'})
    assert (refused.status_code, refused.content_type) == (412, kind)
    assert "If-Match names another version of this" in refused.text
    assert "twitch" not in refused.text


@pytest.mark.parametrize(
    "address",
    ["/?q=lip", "/qa/toy:lip-1?q=lip", "/api/search?q=lip", "/api/suggest?q=lip", "/api/records/none", "/readyz"],
)
def test_what_holds_a_question_is_wrong_or_is_of_now_has_no_tag(client: FlaskClient, address: str) -> None:
    assert "ETag" not in client.get(address).headers


def test_a_question_that_was_posted_gives_no_tag(client: FlaskClient) -> None:
    for address in ("/", "/qa/toy:lip-1"):
        response = client.post(address, data={"q": "lip"})
        assert (response.status_code, "ETag" in response.headers) == (200, False)


def test_the_same_for_questions_that_were_posted(client: FlaskClient) -> None:
    assert client.post("/", data={"q": "lip"}).headers["Cache-Control"] == "private, no-cache"
    assert client.post("/api/search", json={"q": "lip"}).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", PAGES)
def test_pages_hold_no_inline_code_and_nothing_from_elsewhere(client: FlaskClient, address: str) -> None:
    page = client.get(address).text
    scripts = re.findall(r"<script([^>]*)>([^<]*)</script>", page)
    for attributes, inner in scripts:
        assert attributes == ' type="application/ld+json"' or (inner == "" and 'src="/static/' in attributes)
    assert page.count("<script") == len(scripts)
    assert re.findall(r"<[^>]+\s(?:style|on\w+)=", page) == []
    assert re.findall(r"<(?:img|link|script|iframe|source)[^>]+(?:src|href)=\"(?!/)", page) == []


def test_what_a_record_says_is_text(client: FlaskClient) -> None:
    page = client.get("/qa/toy:hostile").text
    assert "<h1>&lt;script&gt;alert(&#39;title&#39;)&lt;/script&gt; &amp; burns</h1>" in page
    assert "I spilled &lt;b&gt;hot&lt;/b&gt; &lt;/script&gt;&lt;script&gt;alert(&#39;question&#39;)" in page
    assert "under &lt;img src=x onerror=alert(1)&gt; running water." in page
    assert "<dd>Soup &amp; Sons</dd>" in page  # an address that is not of the web is no link
    assert "javascript:" not in page


def test_linked_data_cannot_end_its_element(client: FlaskClient) -> None:
    page = client.get("/qa/toy:hostile").text
    data = page.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert "\\u003c/script\\u003e\\u003cscript\\u003ealert" in data


def test_highlights_stand_in_escaped_text(client: FlaskClient) -> None:
    page = client.get("/?q=hot+burns").text
    assert "I spilled &lt;b&gt;<mark>hot</mark>&lt;/b&gt;" in page
    assert "Cool the <mark>burns</mark> under &lt;img src=x onerror=alert(1)&gt;" in page


def test_what_a_visitor_wrote_is_text(client: FlaskClient) -> None:
    page = client.get("/", query_string={"q": '</textarea><script>alert("q")</script> lip', "source": '"><b>'}).text
    escaped = "&lt;/textarea&gt;&lt;script&gt;alert(&#34;q&#34;)&lt;/script&gt; lip"
    assert f"\n{escaped}</textarea>" in page
    assert f'name="q" value="{escaped}"' in page
    assert 'name="source" value="&#34;&gt;&lt;b&gt;"' in page
    assert "<script>" not in page
