"""The page that people get when something is wrong: in their language, with what they asked and chose."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from web import MAX_BODY
from web.admission import BUSY, TOO_LONG, TOO_MANY


@pytest.mark.parametrize(
    ("address", "status", "headline"),
    [
        ("/nothing", 404, "Page not found"),
        ("/qa/toy:none", 404, "Page not found"),
        ("/?q=lip&age=old", 400, "Please check the filters"),
        ("/?q=lip&offset=-1", 400, "Please check your question"),
    ],
)
def test_people_get_a_page_with_the_box(client: FlaskClient, address: str, status: int, headline: str) -> None:
    response = client.get(address)
    assert (response.status_code, response.content_type) == (status, "text/html; charset=utf-8")
    assert f"<h1>{headline}</h1>" in response.text
    assert '<textarea id="q"' in response.text
    if status == 404:
        assert "There is nothing at this address." in response.text  # whatever an id or a topic is
        assert "這個網址沒有內容" in client.get(address, headers={"Accept-Language": "zh-TW"}).text


def test_the_question_is_still_in_the_box_after_a_mistake(client: FlaskClient) -> None:
    page = client.post("/", data={"q": "my <lip>", "before": "soon"}).text
    assert "\nmy &lt;lip&gt;</textarea>" in page
    assert "Please check the years: a year such as 2012 or a date such as 2012-01-15" in page
    assert 'name="before" value="soon"' in page
    assert "問題是空的。" in client.post("/?lang=zh-Hant", data={"q": " "}).text


@pytest.mark.parametrize(
    ("wrong", "years"),
    [
        ({"age": "old"}, []),
        ({"before": "2012-02-31"}, [("after", ""), ("before", "2012-02-31")]),
        ({"after": "2020", "before": "2010"}, [("after", "2020"), ("before", "2010")]),
        ({"after": "soon", "sex": "x", "offset": "-1"}, [("after", "soon"), ("before", "")]),
        ({"as_typed": [f"word{number}" for number in range(51)], "k": "0"}, []),
    ],
)
def test_what_was_right_need_not_be_chosen_again_after_a_mistake(
    client: FlaskClient, wrong: dict[str, Any], years: list[tuple[str, str]]
) -> None:
    right = {"specialty": ["Neurology", "Dentistry"], "corrections": "0", "sort": "newest"}
    for page in (
        client.post("/", data={"q": "lip", **right, **wrong}).text,
        client.get("/", query_string={"q": "lip", **right, **wrong}).text,
    ):
        hidden = re.findall('<input type="hidden" name="(.*?)" value="(.*?)">', page)
        assert hidden == [
            ("specialty", "Dentistry"),
            ("specialty", "Neurology"),
            ("corrections", "0"),
            ("sort", "newest"),
        ]
        assert re.findall('name="(after|before)" value="(.*?)" form="ask"', page) == years
        assert "<strong>Specialty: Dentistry</strong>, <strong>Specialty: Neurology</strong>." in page


@pytest.mark.parametrize(("why", "words"), [(TOO_MANY, "請求太多"), (TOO_LONG, "回應花了太久")])
def test_a_busy_site_says_so_in_the_language_of_the_page(client: FlaskClient, why: str, words: str) -> None:
    response = client.get("/?q=lip&lang=zh-Hant", environ_overrides={BUSY: why})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert f"網站忙碌中（{words}）" in response.text


def test_a_message_that_is_too_long_is_said_to_be_so(client: FlaskClient) -> None:
    response = client.post("/", data={"q": "x" * MAX_BODY})
    assert response.status_code == 413
    assert "<h1>That is too long</h1>" in response.text
