"""The pages, read as the stories of the people who use them."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.toy import URGENT, Shelf, ToyEngine
from tests.web.toy_records import DEMONSTRATION, TOY
from web import create_app
from web.serving import at_once


def read(page: str) -> str:
    """The words of a page's main part, as a person sees them."""
    body = page.split('<main id="main"')[1].split("</main>")[0].split(">", 1)[1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def titles(page: str) -> list[str]:
    """The titles of the cards, in order."""
    return [html.unescape(title) for title in re.findall(r'class="card-title"><a href="/qa/[^"]+">([^<]+)</a>', page)]


def hidden(page: str) -> list[tuple[str, str]]:
    """The fields of the form that asks the same again."""
    form = page.split('<form id="again"')[1].split("</form>")[0]
    return re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)


def test_a_visitor_sees_what_to_do_and_what_this_is_not(client: FlaskClient) -> None:
    page = client.get("/").text
    text = read(page)
    assert "Describe it in your own words" in text
    assert "Your question is not stored or logged." in text
    assert "Written for other people, not a diagnosis. In an emergency, call your local emergency number;" in text
    assert "this site cannot tell you that something is not urgent." in text
    assert "The collection holds 5 pages" in text
    assert 'maxlength="20000" required' in page
    assert 'method="post"' in page


def test_examples_are_titles_of_the_corpus(client: FlaskClient) -> None:
    page = client.get("/").text
    assert re.findall(r'<li><a href="/\?q=([^"]+)">', page) == [
        "Why+does+my+eyelid+keep+twitching?",
        "What+are+the+symptoms+of+fifth+disease+?",
    ]


def test_a_visitor_picks_a_specialty_first(client: FlaskClient) -> None:
    assert '<a href="/?specialty=Neurology"><span>Neurology</span> <span class="count">2<' in client.get("/").text
    page = client.get("/?specialty=Neurology").text
    assert "Only pages with Specialty: Neurology . Search everything" in read(page)
    assert '<input type="hidden" name="specialty" value="Neurology">' in page


def test_a_visitor_asks_without_leaving_a_trace_in_the_address(client: FlaskClient) -> None:
    response = client.post("/", data={"q": "my lip\r\nis twitching"})
    assert response.status_code == 200
    assert "\nmy lip\nis twitching</textarea>" in response.text  # the question stays in the box
    # Of "my", "lip", "is" and "twitching" each of these two has three; equal scores go by id.
    assert titles(response.text)[:2] == ["Twitching or spasms of the lower lip?", "Numb lip after the dentist"]
    assert "<title>Results · MedQA Search</title>" in response.text


def test_a_card_says_what_who_when_and_from_where(client: FlaskClient) -> None:
    card = client.get("/?q=lip&k=1").text.split('<article class="card">')[1].split("</article>")[0]
    assert read(f'<main id="main">{card}</main>') == (
        "Same question asks what you ask Twitching or spasms of the lower lip? "
        "Asked … For two days my lower lip has been twitching at night. … "
        "Answered … Twitching of the lip often comes with tiredness. … and 2 more replies "
        "Neurology Family physician Asked 15 January 2012 Replied 16 January 2012 "
        "Why this result Nearest to your question in meaning: its title (1.00) . "
        "1 would be the same in meaning, 0 has nothing to do with it. Your words found on the page: lip . "
        f"Source {DEMONSTRATION} License Apache-2.0 "
        "Read beside your question (Twitching or spasms of the lower lip?)"
    )
    assert "For two days my lower <mark>lip</mark> has been twitching" in card
    assert '<time datetime="2012-01-15">15 January 2012</time>' in card


def test_a_card_without_an_answer_says_so(client: FlaskClient) -> None:
    page = client.get("/?q=numb").text
    card = page.split('<article class="card">')[1].split("</article>")[0]
    assert titles(page)[0] == "Numb lip after the dentist"
    assert "No doctor has answered this one." in card
    assert "Answered" not in card


def test_a_card_of_a_page_without_a_message_shows_its_answer_only(client: FlaskClient) -> None:
    card = client.get("/?q=red+rash&k=1").text.split('<article class="card">')[1].split("</article>")[0]
    assert "Asked" not in card
    assert (  # of its three words that tell something two were asked
        '<mark class="same">red</mark><span class="same"> </span><mark class="same">rash</mark>'
        '<span class="same"> on the cheeks.</span>'
    ) in card
    assert 'class="facts"' not in card


def test_who_usually_answers_is_a_list_with_bars(client: FlaskClient) -> None:
    page = client.get("/?q=lip").text
    assert "Who usually answers this Neurology 50% Dentistry 50%" in read(page)
    assert page.count('<rect class="bar-part" width="50%" height="100%"/>') == 2


def test_a_visitor_filters_sees_what_is_on_and_takes_one_off(client: FlaskClient) -> None:
    asked = {"q": "twitching", "specialty": "Neurology", "sex": "female", "after": "2010"}
    page = client.post("/", data=asked).text
    assert titles(page) == ["Twitching or spasms of the lower lip?"]
    chips = re.findall(r'form="again" name="drop" value="([^"]+)"', page)
    assert chips == ["specialty:Neurology", "sex:female", "after:2010-01-01"]
    assert 'name="specialty" value="Neurology" form="ask" checked>' in page
    assert 'name="after" value="2010" form="ask"' in page
    assert hidden(page) == [
        ("q", "twitching"),
        ("k", "10"),
        ("specialty", "Neurology"),
        ("sex", "female"),
        ("after", "2010-01-01"),
    ]
    page = client.post("/", data={**dict(hidden(page)), "drop": "sex:female"}).text
    assert titles(page) == ["Why does my eyelid keep twitching?", "Twitching or spasms of the lower lip?"]


def test_a_visitor_whose_filters_let_nothing_through_learns_which_to_take_off(client: FlaskClient) -> None:
    text = read(client.get("/?q=twitching&specialty=Neurology&source=NIH").text)
    assert "No page passes the filters" in text
    assert "Specialty: Neurology × 1 page without a filter by specialty" in text
    assert "Source: NIH × 2 pages without a filter by source" in text


def test_a_visitor_goes_through_the_pages_of_results(client: FlaskClient) -> None:
    first = client.get("/?q=lip&k=2").text
    assert "Results 1–2, nearest first, out of 5 pages" in read(first)
    assert '<form id="again" class="again" method="get"' in first
    assert re.findall(r'form="again" name="offset" value="(\d+)"', first) == ["2"]
    second = client.get("/", query_string=[*hidden(first), ("offset", "2")]).text
    assert "Results 3–4, nearest first" in read(second)
    assert '<ol class="cards" start="3">' in second
    assert re.findall(r'form="again" name="offset" value="(\d+)"', second) == ["0", "4"]
    last = client.get("/?q=lip&k=2&offset=4").text
    assert re.findall(r'form="again" name="offset" value="(\d+)"', last) == ["2"]
    assert "There are no more results" in read(client.get("/?q=lip&offset=10").text)


def test_with_a_filter_nothing_is_said_of_the_pages_that_it_leaves_out(client: FlaskClient) -> None:
    text = read(client.get("/?q=lip&k=2&specialty=Neurology").text)
    assert "nearest first, of the pages that pass the filters" in text
    assert "out of 5 pages" not in text
    none = read(client.get("/?q=carburetor&specialty=Neurology").text)
    assert "We looked through the pages that pass the filters and found none" in none
    assert "We looked through 5 pages" not in none


def test_no_case_that_is_not_close_stands_below_the_notice_for_one_in_danger(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = ToyEngine.search
    despair = {"also": ["suicide"]}
    for kind, shown in (
        ({"kind": "heart"}, True),
        ({"kind": "danger"}, False),
        ({"kind": "suicide"}, False),
        ({"kind": "poisoning"} | despair, False),
    ):
        monkeypatch.setattr(
            ToyEngine,
            "search",
            lambda self, question, k=kind: replace(search(self, question), urgent=URGENT | k),
        )
        page = client.get("/?q=carburetor").text
        assert ('class="cards"' in page) == shown
        assert ("The nearest we have" in page) == ("Ask one thing at a time" in page) == shown
        assert ("Please reach out to someone now" in page) != shown
        assert 'class="cards"' in client.get("/?q=lip").text


def test_questions_that_were_posted_are_paged_by_posting(client: FlaskClient) -> None:
    assert '<form id="again" class="again" method="post"' in client.post("/", data={"q": "lip", "k": "2"}).text


def test_a_visitor_is_told_plainly_that_nothing_is_close(client: FlaskClient) -> None:
    page = client.get("/?q=carburetor").text
    text = read(page)
    assert "Nothing here is close to your question" in text
    assert "That says nothing about how serious it is" in text
    assert "The nearest we have, perhaps about something else" in text
    assert len(titles(page)) == 3
    assert "Less close" not in text.split("The nearest we have")[1]
    assert "Who usually answers this" not in text
    assert "More results" not in text


def test_what_goes_by_date_is_offered_where_a_page_has_one(client: FlaskClient) -> None:
    page = client.get("/?q=twitching").text
    assert "Newest first" in page
    assert "<legend>Years</legend>" in page
    assert "newest first." in client.get("/newest").text


def test_what_goes_by_date_is_not_offered_where_no_page_has_one() -> None:
    undated = [replace(record, asked="", answers=tuple(replace(answer, replied="") for answer in record.answers))
               for record in TOY]  # fmt: skip
    shelf = Shelf(ToyEngine(undated))
    client = create_app(Path("toy"), opener=shelf.open, published=shelf.published, start=at_once).test_client()
    page = client.get("/?q=twitching").text
    assert "Newest first" not in page
    assert "<legend>Years</legend>" not in page
    assert "<legend>Years</legend>" in client.get("/?q=twitching&after=2010").text  # so that it can be taken off
    listed = read(client.get("/newest").text)
    assert "none states a date" in listed
    assert "newest" not in listed.lower()


def test_an_emergency_is_above_everything_and_hides_nothing(client: FlaskClient) -> None:
    page = client.get("/?q=chest pain of my hand").text
    text = read(page)
    assert text.startswith(
        "This may be an emergency Chest pain can be a heart attack. "
        "Your local emergency number. Crisis line: 116 123 Your question"
    )
    assert '<a href="tel:116123">116 123</a>' in page
    assert len(titles(page)) == 5


def test_the_about_page_names_every_source_with_its_license(client: FlaskClient) -> None:
    page = client.get("/about").text
    rows = [read(f'<main id="main">{row}</main>') for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)[1:]]
    assert rows == [
        f"{DEMONSTRATION} 3 Apache-2.0 Why does my eyelid keep twitching?",
        "NIH 1 CC BY 4.0 What are the symptoms of fifth disease ?",
        "Soup & Sons 1 not stated <script>alert('title')</script> & burns",
    ]
    assert "If no notice appears, that does not mean that it can wait." in read(page)
    assert "Collection v1, built 22 November 2026 ." in read(page)


@pytest.mark.parametrize("address", ["/", "/?q=lip", "/?q=carburetor", "/qa/toy:lip-1", "/about", "/docs", "/nothing"])
def test_every_page_can_be_found_through_without_eyes(client: FlaskClient, address: str) -> None:
    page = client.get(address).text
    assert '<html lang="en">' in page
    assert '<a class="skip" href="#main">' in page
    assert page.count("<h1") == 1
    levels = [int(level) for level in re.findall(r"<h([1-6])", page.split("<h1")[1])]
    assert all(below - above <= 1 for above, below in zip([1, *levels], levels, strict=False))
    names = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(names) == sorted(set(names))
    for target in re.findall(r'(?:aria-labelledby|aria-describedby|for|form)="([^"]+)"', page):
        assert target in names
