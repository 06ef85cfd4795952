"""What results tell beside the extracts: order, why, how a case differs, true counts, a link to copy."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.test_pages import hidden, read, titles

LIP, EYELID = "Twitching or spasms of the lower lip?", "Why does my eyelid keep twitching?"


def test_the_newest_of_the_close_results_come_first_when_asked_for(client: FlaskClient) -> None:
    page = client.post("/", data={"q": "twitching", "flip": "sort:newest"}).text
    assert titles(page) == [EYELID, LIP]  # of 2021 and 2012; the other three are not close
    assert "newest first, of those that are close" in read(page)
    assert ("sort", "newest") in hidden(page)
    assert 'name="flip" value="sort:newest" aria-pressed="true"' in page
    back = client.post("/", data={"q": "twitching", "sort": "newest", "flip": "sort:fit"}).text
    assert "sort" not in dict(hidden(back))
    assert len(titles(back)) == 5


def test_the_order_in_the_interface(client: FlaskClient) -> None:
    found = client.post("/api/search", json={"q": "lower lip", "sort": "newest"}).json
    assert [item["id"] for item in found["results"]] == ["toy:lip-2", "toy:lip-1"]
    refused = client.get("/api/search?q=lip&sort=oldest")
    assert (refused.status_code, refused.json["detail"]) == (400, 'sort must be fit or newest, found "oldest"')


def test_why_is_told_where_it_is_asked_for(client: FlaskClient) -> None:
    plain = client.get("/api/search?q=numb lip fever&k=1").json["results"][0]
    assert (plain["why"], plain["question_snippet"]["same"]) == (None, [])
    told = client.get("/api/search?q=numb lip fever&k=1&explain=1").json["results"][0]
    assert told["why"] == {
        "views": [{"view": "title", "cosine": pytest.approx(2 / 3)}],
        "words": ["numb", "lip"],
        "near": [],
        "missing": ["fever"],
    }
    page = read(client.get("/?q=numb lip fever&k=1").text)
    assert "Your words not found on it: fever." in page


def test_a_card_says_how_its_case_differs(client: FlaskClient) -> None:
    page = read(
        client.post("/", data={"q": "i am 25, my lip has been twitching at night for three weeks", "k": "1"}).text
    )
    assert "Differs from you Age: 40–49 years (you: i am 25) How long: For two days (you: for three weeks)" in page
    same = read(client.post("/", data={"q": "i am 44, my lip has been twitching at night", "k": "1"}).text)
    assert "Differs from you" not in same


def test_a_page_is_read_beside_the_question_without_an_address_that_holds_it(client: FlaskClient) -> None:
    page = client.post("/", data={"q": "i am 25, my lip is twitching for two days", "k": "1"}).text
    assert 'form="again" formaction="/qa/toy:lip-1"' in page
    beside = client.post("/qa/toy:lip-1", data=dict(hidden(page))).text
    text = read(beside)
    assert "How this case differs from yours" in text
    assert "Age differs i am 25 40–49 years" in text
    assert "How long alike for two days For two days" in text
    assert "i am 25, my lip is twitching for two days" in text
    assert "Compare with your case" not in text
    assert "How this case differs" not in client.get("/qa/toy:lip-1").text
    assert client.post("/qa/toy:lip-1", data={"q": "i am 25"}).headers["X-Robots-Tag"] == "noindex"


def test_cases_that_state_nothing_alike_are_not_called_alike(client: FlaskClient) -> None:
    text = read(client.post("/qa/nih:rash_2", data={"q": "my lip"}).text)
    assert "That does not make the cases alike." in text


def test_numbers_beside_filters_are_what_would_be_left(client: FlaskClient) -> None:
    page = client.post("/", data={"q": "twitching", "specialty": "Neurology"}).text
    counts = dict(
        re.findall(r'name="sex" value="(\w+)" form="ask">\s*<span[^>]*>\w+</span>\s*<span class="count">(\d+)', page)
    )
    assert counts == {"female": "1", "male": "1"}  # two women asked, one of them in neurology
    specialties = re.findall(
        r'name="specialty" value="(\w+)"[^>]*>\s*<span[^>]*>\w+</span>\s*<span class="count">(\d+)', page
    )
    assert dict(specialties) == {"Neurology": "2", "Dentistry": "1"}  # one more chosen would be one more page


def test_a_link_holds_the_search_and_is_not_offered_where_it_is_too_long(client: FlaskClient) -> None:
    page = client.post("/", data={"q": "lip twiching", "specialty": "Neurology", "flip": "corrections:0"}).text
    link = re.findall(r'<a class="copy" href="([^"]+)"', page)[0].replace("&amp;", "&")
    assert link == "/?q=lip+twiching&corrections=0&specialty=Neurology"
    assert titles(client.get(link).text) == titles(page)
    assert 'class="copy"' not in client.post("/", data={"q": "lip " * 600}).text


@pytest.mark.parametrize(
    ("data", "left", "gone"),
    [
        ({"keep": "twiching"}, "Left as typed: twiching .", "instead of"),
        ({"as_typed": "twiching"}, "Left as typed: twiching .", "instead of"),
        ({"as_typed": "twiching", "drop": "as_typed:twiching"}, "instead of", "Left as typed"),
        ({"as_typed": "uti"}, "Left as typed: uti .", "urinary tract infection"),
    ],
)
def test_each_thing_that_was_made_of_a_question_can_be_taken_back(
    client: FlaskClient, data: dict[str, Any], left: str, gone: str
) -> None:
    text = read(client.post("/", data={"q": "lip twiching uti", **data}).text)
    assert left in text
    assert gone not in text


def test_words_as_typed_in_the_interface(client: FlaskClient) -> None:
    query = client.post("/api/search", json={"q": "lip twiching", "as_typed": ["Twiching"]}).json["query"]
    assert (query["used"], query["corrections"]) == ("lip twiching", [])
    refused = client.post("/api/search", json={"q": "lip", "as_typed": [str(number) for number in range(51)]})
    assert refused.json["detail"] == "as_typed takes up to 50 words, found 51"
