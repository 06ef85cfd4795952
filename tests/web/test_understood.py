"""What was made of a question is said on the page and in the JSON, and can be switched off and on again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

MISSPELT = {"q": "lip twiching", "specialty": "Neurology"}
CORRECTED = {"from": "twiching", "to": "twitching", "start": 4, "end": 12}


def words_of(page: str) -> str:
    """The page's text without its tags."""
    return " ".join(re.sub(r"<[^>]*>", "", page).split())


def test_a_correction_is_shown_and_the_box_keeps_what_was_typed(client: FlaskClient) -> None:
    page = client.post("/", data=MISSPELT).text
    assert "Searched for twitching instead of twiching. Search for it as typed" in words_of(page)
    assert "lip twiching</textarea>" in page
    assert 'value="corrections:0"' in page


def test_corrections_are_switched_off_and_on_with_the_filters_kept(client: FlaskClient) -> None:
    off = client.post("/", data=MISSPELT | {"flip": "corrections:0"}).text
    assert "The spelling was not corrected. Correct it" in words_of(off)
    assert "instead of" not in off
    assert (
        off.count('<input type="hidden" name="corrections" value="0">') == 2
    )  # the box, and the form for more results
    assert '<input type="hidden" name="specialty" value="Neurology">' in off
    on = client.post("/", data=MISSPELT | {"corrections": "0", "flip": "corrections:1"}).text
    assert "Searched for twitching instead of twiching." in words_of(on)
    assert '<input type="hidden" name="corrections"' not in on


def test_it_works_by_address_too(client: FlaskClient) -> None:
    page = client.get("/", query_string=MISSPELT | {"corrections": "0"}).text
    assert "The spelling was not corrected." in words_of(page)
    assert 'id="again" class="again" method="get"' in page


def test_an_expansion_says_what_led_to_it(client: FlaskClient) -> None:
    page = words_of(client.get("/?q=uti").text)
    assert "Also searched for urinary tract infection (uti; a list). Search without" in page
    assert "No medical terms were added. Add them" in words_of(client.get("/?q=uti&expansions=0").text)


def test_a_question_of_which_nothing_was_made_has_no_such_line(client: FlaskClient) -> None:
    assert 'class="understood' not in client.get("/?q=lip").text


@pytest.mark.parametrize(
    ("value", "corrections"), [(None, [CORRECTED]), (1, [CORRECTED]), (True, [CORRECTED]), (0, []), (False, [])]
)
def test_the_switch_in_a_body(client: FlaskClient, value: Any, corrections: list[Any]) -> None:
    query = client.post("/api/search", json={"q": "lip twiching", "corrections": value}).get_json()["query"]
    assert query["corrections"] == corrections
    assert query["used"] == ("lip twitching" if corrections else "lip twiching")


@pytest.mark.parametrize("value", ["2", "no", "-1"])
def test_a_switch_is_0_or_1(client: FlaskClient, value: str) -> None:
    answer = client.get("/api/search", query_string={"q": "lip", "expansions": value})
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, "expansions")
    assert answer.get_json()["detail"] == f'expansions must be 0 or 1, found "{value}"'
