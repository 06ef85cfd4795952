"""Pages and JSON of records that ask the same, and of specialties that were inferred."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from search.hits import Family, Inferred, Member, Reply
from tests.web.test_openapi import validator
from tests.web.test_pages import hidden, read, titles
from tests.web.toy import Shelf, ToyEngine
from tests.web.toy_records import AGAIN, TOY
from web import create_app, words
from web.serving import at_once

LIP, EYELID, UNANSWERED, RASH, _ = TOY
MEMBERS = {
    "id": "toy:lip-1",
    "size": 2,
    "records": [
        {
            "id": "toy:lip-1",
            "title": LIP.title,
            "source": LIP.source,
            "asked": "2012-01-15",
            "answers": [
                {"responder": "Family physician", "specialty": "Family Medicine", "replied": "2012-01-16"},
                {"responder": "Neurologist", "specialty": "Neurology", "replied": "2012-02-01"},
                {"responder": "Dentist", "specialty": "Dentistry", "replied": "2012-02-03"},
            ],
        },
        {
            "id": "toy:lip-9",
            "title": LIP.title,
            "source": "Another site",
            "asked": "2012-01-15",
            "answers": [{"responder": "Dr. B", "specialty": "Neurology", "replied": "2020-03-04"}],
        },
    ],
}


@pytest.fixture
def client() -> FlaskClient:
    """A visitor of a collection in which one question was asked twice, and a specialty was inferred."""
    engine = ToyEngine((*TOY, AGAIN), inferred={RASH.id: Inferred("Dermatology", 0.81)})
    shelf = Shelf(engine)
    return create_app(Path("toy"), opener=shelf.open, published=shelf.published, start=at_once).test_client()


def test_the_page_shows_a_question_once_with_all_who_answered(client: FlaskClient) -> None:
    page = client.get("/?q=lower lip twitching").text
    assert titles(page).count(LIP.title) == 1
    assert "Asked 2 times, answered by 4 doctors" in read(page)
    details = page.split('<details class="family">')[1].split("</details>")[0]
    assert re.findall(r'href="(/qa/[^"]+)"', details) == ["/qa/toy:lip-9"]
    assert "(shown here)" in details
    for name in ("Family physician", "Neurologist", "Dentist", "Dr. B", "4 March 2020", "Another site"):
        assert name in details


def test_a_visitor_may_have_every_page_by_itself(client: FlaskClient) -> None:
    page = client.get("/?q=lower lip twitching&fold=0").text
    assert titles(page).count(LIP.title) == 2
    assert ("fold", "0") in hidden(page)
    assert "fold" not in dict(hidden(client.get("/?q=lower lip twitching").text))


def test_folded_pages_of_results_join(client: FlaskClient) -> None:
    whole = titles(client.get("/?q=lip&k=100").text)
    parts = [titles(client.get(f"/?q=lip&k=1&offset={offset}").text) for offset in range(len(whole))]
    assert [title for part in parts for title in part] == whole
    assert len(whole) == len(set(whole))


def test_the_interface_gives_every_record_unless_asked_to_fold(client: FlaskClient) -> None:
    every, folded = (client.get(f"/api/search?q=lower lip twitching&fold={fold}").json for fold in (0, 1))
    assert client.get("/api/search?q=lower lip twitching").json == every
    assert (every["total"], folded["total"]) == (6, 5)
    assert [item["id"] for item in every["results"] if item["family"]] == ["toy:lip-1", "toy:lip-9"]
    assert [item["family"] for item in every["results"][:2]] == [MEMBERS, MEMBERS]
    assert [item["id"] for item in folded["results"]] == [
        item["id"] for item in every["results"] if item["id"] != "toy:lip-9"
    ]
    assert client.post("/api/search", json={"q": "lower lip twitching", "fold": 1}).json == folded
    for answer in (every, folded):
        validator("SearchResults").validate(answer)


def test_a_page_says_that_the_same_was_asked_and_links_to_it(client: FlaskClient) -> None:
    page = client.get("/qa/toy:lip-9").text
    assert "The same was asked 2 times" in read(page)
    section = page.split('class="same-asked"')[1].split("</section>")[0]
    assert re.findall(r'href="(/qa/[^"]+)"', section) == ["/qa/toy:lip-1"]
    similar = page.split('class="similar"')[1]
    assert "/qa/toy:lip-1" not in similar
    assert "/qa/toy:eyelid-1" in similar
    assert "The same was asked" not in client.get("/qa/toy:eyelid-1").text


def test_an_inferred_specialty_is_said_to_be_one(client: FlaskClient) -> None:
    found = client.get("/api/search?q=symptoms of fifth disease").json
    result = next(item for item in found["results"] if item["id"] == RASH.id)
    assert (result["specialty"], result["specialty_inferred"]) == ("", {"name": "Dermatology", "confidence": 0.81})
    assert found["specialties"] == [{"name": "Dermatology", "share": 1.0, "inferred": True}]
    validator("SearchResults").validate(found)
    page = client.get("/?q=symptoms of fifth disease").text
    assert "probably Dermatology (inferred)" in read(page)
    assert "Dermatology (inferred) 100%" in read(page)
    assert "probably Dermatology (inferred)" in read(client.get(f"/qa/{RASH.id}").text)
    assert "(inferred)" not in client.get("/qa/toy:eyelid-1").text.split('class="similar"')[0]


def test_who_answered_a_family() -> None:
    def family(*replies: Reply) -> Family:
        return Family("a", (Member("a", "", "", "", replies), Member("b", "", "", "", replies[:1])))

    first, second = Reply("Dr. A", "Neurology", "2012-01-16"), Reply("dr. a", "neurology", "")
    assert words.answered_by(family(first, second)) == "answered by 1 doctor"
    assert words.answered_by(family(first, Reply("Dr. B", "", ""))) == "answered by 2 doctors"
    assert words.answered_by(family(first, Reply("", "", ""))) == "3 replies"
    assert words.answered_by(family()) == "not answered"
