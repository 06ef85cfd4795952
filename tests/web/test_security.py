"""Headers on every answer, what may be cached, and that nothing a record or a visitor wrote becomes markup."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

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
