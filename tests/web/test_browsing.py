"""Pages without a question: shelves, topics, the map, what other sites embed; and links between them."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from search.errors import SearchError
from tests.web.test_pages import read, titles
from tests.web.toy import Shelf, ToyEngine
from web import create_app
from web.serving import at_once
from web.settings import Settings

OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def test_the_overview_has_every_specialty_and_topic_with_its_count(client: FlaskClient) -> None:
    page = client.get("/browse").text
    assert '<a href="/specialties/Neurology"><span>Neurology</span> <span class="count">2<' in page
    assert '<a href="/specialties/Emergency%20%3CMedicine%3E"><span>Emergency &lt;Medicine&gt;</span>' in page
    assert '<a href="/topics/Stress"><span>Stress</span> <span class="count">1<' in page
    assert re.findall(r'href="/topics\?initial=(\w)"', page) == ["C", "E", "L", "S"]
    assert "All 5 topics by their first letter" in read(page)


def test_a_topic_page_lists_the_pages_that_carry_it(client: FlaskClient) -> None:
    page = client.get("/topics/lip%20twitching").text
    assert titles(page) == ["Twitching or spasms of the lower lip?"]
    text = read(page)
    assert "1 page, newest first. Search for this topic" in text
    assert "Hello doctor. For two days my lower lip has been twitching at night." in text


def test_a_specialty_page_is_newest_first_with_its_topics(client: FlaskClient) -> None:
    page = client.get("/specialties/Neurology").text
    assert titles(page) == ["Why does my eyelid keep twitching?", "Twitching or spasms of the lower lip?"]
    assert '<a href="/?specialty=Neurology">Ask within this specialty</a>' in page
    assert '<a href="/topics/Caffeine">' in page


def test_newest_pages_come_in_pages(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.browsing.PAGE", 2)
    first = client.get("/newest").text
    assert titles(first) == ["Why does my eyelid keep twitching?", "Numb lip after the dentist"]
    assert '<a class="button button-second next" href="/newest?offset=2" rel="next">' in first
    assert 'rel="prev"' not in first
    last = client.get("/newest?offset=4").text
    assert '<a class="button button-second" href="/newest?offset=2" rel="prev">' in last
    assert 'rel="next"' not in last
    assert "There are no more pages." in read(client.get("/newest?offset=40").text)


@pytest.mark.parametrize("address", ["/topics/gardening", "/specialties/gardening"])
def test_what_is_on_no_page_is_not_found(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert "There is nothing at this address." in read(response.text)


def test_topics_by_letter(client: FlaskClient) -> None:
    page = client.get("/topics?initial=l").text
    assert re.findall(r'href="(/topics/[^"]+)"', page) == ["/topics/Lip%20numbness", "/topics/Lip%20twitching"]
    assert 'href="/topics?initial=L" aria-current="page"' in page
    assert "No topic begins with that." in read(client.get("/topics?initial=9").text)


def test_the_map_is_drawn_from_ids_and_places(client: FlaskClient) -> None:
    page = client.get("/map").text
    assert 'data-points="/api/map"' in page
    assert "The map needs JavaScript. The same pages are in the lists below." in read(page)
    data = client.get("/api/map").json
    assert data["ids"] == ["nih:rash_2", "toy:eyelid-1", "toy:hostile", "toy:lip-1", "toy:lip-2"]
    assert data["x"] == [0, 200, 400, 600, 800]
    names = [data["specialties"][number] for number in data["specialty"]]
    assert names == ["", "Neurology", "Emergency <Medicine>", "Neurology", "Dentistry"]


def test_a_collection_without_a_map_says_so() -> None:
    shelf = Shelf(ToyEngine(mapped=False))
    client = create_app(Path("toy"), opener=shelf.open, published=shelf.published, start=at_once).test_client()
    assert "No map was made of this collection." in read(client.get("/map").text)
    assert "map.js" not in client.get("/map").text
    assert client.get("/api/map").json["made"] is False
    assert "/map" not in client.get("/browse").text.split("<main")[1].split("</main>")[0]


def test_the_widget_may_be_framed_by_the_sites_that_the_operator_names(client: FlaskClient, shelf: Shelf) -> None:
    def ancestors(of: FlaskClient, address: str) -> str:
        return of.get(address).headers["Content-Security-Policy"].split("frame-ancestors ")[1]

    assert ancestors(client, "/widget") == "'none'"
    named = Settings(embed="https://clinic.example http://localhost:9000")
    app = create_app(Path("toy"), opener=shelf.open, published=shelf.published, start=at_once, settings=named)
    assert ancestors(app.test_client(), "/widget") == "https://clinic.example http://localhost:9000"
    assert ancestors(app.test_client(), "/") == "'none'"


@pytest.mark.parametrize("host", ["*", "clinic.example", "https://clinic.example/x", "https://a;script-src"])
def test_what_is_no_site_cannot_be_named(host: str) -> None:
    with pytest.raises(SearchError, match="MEDQA_EMBED must name sites"):
        Settings.read({"MEDQA_EMBED": f"https://clinic.example {host}"})


def test_the_widget_asks_in_a_tab_of_its_own(client: FlaskClient) -> None:
    page = client.get("/widget").text
    assert 'method="post" action="/" target="_blank"' in page
    snippet = read(client.get("/embed").text)
    assert '<form method="post" action="http://localhost/" target="_blank"' in snippet
    assert '<iframe src="http://localhost/widget"' in snippet


def test_a_browser_can_add_the_site_to_its_search_engines(client: FlaskClient) -> None:
    assert '<link rel="search" type="application/opensearchdescription+xml"' in client.get("/").text
    root = ET.fromstring(client.get("/opensearch.xml").data)
    assert root.findtext(f"{OPENSEARCH}ShortName") == "MedQA Search"
    assert len(root.findtext(f"{OPENSEARCH}ShortName") or "") <= 16  # as the specification has it
    addresses = [(url.get("method", "get"), url.get("template")) for url in root.iter(f"{OPENSEARCH}Url")]
    assert addresses[:2] == [("post", "http://localhost/"), ("get", "http://localhost/?q={searchTerms}")]


def test_what_is_typed_can_be_sent_in_a_body(client: FlaskClient) -> None:
    found = client.post("/api/suggest", json={"q": "why", "k": 3})
    assert found.json == {"suggestions": ["Why does my eyelid keep twitching?"]}
    assert found.headers["Cache-Control"] == "no-store"
    refused = client.post("/api/suggest", json={"q": "why", "specialty": "Neurology"})
    assert (refused.status_code, refused.json["parameter"]) == (400, "specialty")


def test_counts_under_filters(client: FlaskClient) -> None:
    found = client.get("/api/counts?specialty=Neurology&sex=female").json
    assert found["sexes"] == [{"name": "female", "count": 1}, {"name": "male", "count": 1}]
    assert found["specialties"] == [{"name": "Dentistry", "count": 1}, {"name": "Neurology", "count": 1}]
    assert client.get("/api/counts?q=lip").status_code == 400


def test_the_linked_data_of_a_page_is_whole(client: FlaskClient) -> None:
    page = client.get("/qa/nih:rash_2").text
    data = json.loads(page.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert (data["isBasedOn"], data["license"]) == ("https://example.org/fifth", "CC BY 4.0")
    hostile = client.get("/qa/toy:hostile").text
    assert "isBasedOn" not in hostile  # javascript: is no address of the web
