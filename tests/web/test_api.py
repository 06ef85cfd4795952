"""The JSON interface: the exact answers over the toy records."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.toy import URGENT
from tests.web.toy_records import DEMONSTRATION, LIP

INDEX = {"id": "v1", "built": "2026-11-22T08:00:00Z", "records": 5}
LIP_RESULT = {
    "id": "toy:lip-1",
    "title": "Twitching or spasms of the lower lip?",
    "score": 1.0,
    "probability": 1.0,
    "match": "same question",
    "question_snippet": {
        "text": "For two days my lower lip has been twitching at night.",
        "highlights": [[22, 25]],
        "part": "question",
        "answer": 0,
        "start": 14,
        "end": 68,
        "near": [],
        "same": [],
    },
    "answer_snippet": {
        "text": "Twitching of the lip often comes with tiredness.",
        "highlights": [[17, 20]],
        "part": "answer",
        "answer": 0,
        "start": 22,
        "end": 70,
        "near": [],
        "same": [],
    },
    "specialty": "Neurology",
    "specialty_inferred": None,
    "responder": "Family physician",
    "asked": "2012-01-15",
    "replied": "2012-01-16",
    "answers": 3,
    "source": DEMONSTRATION,
    "url": "",
    "license": "Apache-2.0",
    "family": None,
    "why": None,
}
NO_SNIPPET = {"text": "", "highlights": [], "part": "", "answer": 0, "start": 0, "end": 0, "near": [], "same": []}
UNANSWERED_RESULT = {
    "id": "toy:lip-2",
    "title": "Numb lip after the dentist",
    "score": 1.0,
    "probability": 1.0,
    "match": "same question",
    "question_snippet": {
        "text": "My lip is still numb two days after the dentist.",
        "highlights": [[3, 6]],
        "part": "question",
        "answer": 0,
        "start": 0,
        "end": 48,
        "near": [],
        "same": [],
    },
    "answer_snippet": NO_SNIPPET,
    "specialty": "Dentistry",
    "specialty_inferred": None,
    "responder": "",
    "asked": "2019-05-02",
    "replied": "",
    "answers": 0,
    "source": DEMONSTRATION,
    "url": "",
    "license": "Apache-2.0",
    "family": None,
    "why": None,
}


def ids(answer: Any) -> list[str]:
    return [result["id"] for result in answer["results"]]


def test_a_search_is_the_json_of_the_contract(client: FlaskClient) -> None:
    assert client.get("/api/search?q=lip&k=2").json == {
        "query": {"text": "lip", "used": "lip", "corrections": [], "expansions": []},
        "results": [LIP_RESULT, UNANSWERED_RESULT],
        "total": 5,
        "specialties": [
            {"name": "Neurology", "share": 0.5, "inferred": False},
            {"name": "Dentistry", "share": 0.5, "inferred": False},
        ],
        "urgent": None,
        "no_close_match": False,
        "degraded": [],
        "unmatched_filters": [],
        "took_ms": 4.2,
        "index": INDEX,
    }


def test_a_body_is_answered_like_a_query_string(client: FlaskClient) -> None:
    body = {"q": "lip", "k": 2, "specialty": "Neurology", "sex": "female", "age": "43", "after": "2012"}
    by_get = client.get("/api/search", query_string=body)
    assert client.post("/api/search", json=body).json == by_get.json
    assert ids(by_get.json) == ["toy:lip-1"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=lip&k=1", ["toy:lip-1"]),
        ("q=lip&k=1&offset=1", ["toy:lip-2"]),
        ("q=lip&offset=5", []),
        ("q=lip&specialty=dentistry", ["toy:lip-2"]),
        ("q=twitching&specialty=Neurology&specialty=Dentistry", ["toy:eyelid-1", "toy:lip-1", "toy:lip-2"]),
        ("q=lip&sex=male", ["toy:eyelid-1"]),
        ("q=lip&source=NIH", ["nih:rash_2"]),
        ("q=lip&after=2019-05-02", ["toy:lip-2", "toy:eyelid-1"]),
        ("q=lip&before=2012", ["toy:lip-1"]),
        ("q=lip&specialty=Astrology", []),
    ],
)
def test_pages_and_filters(client: FlaskClient, query: str, expected: list[str]) -> None:
    assert ids(client.get(f"/api/search?{query}").json) == expected


def test_an_empty_list_lets_nothing_through(client: FlaskClient) -> None:
    answer = client.post("/api/search", json={"q": "lip", "specialty": []}).get_json()
    assert (answer["results"], answer["total"], answer["no_close_match"]) == ([], 0, True)


def test_nothing_close_is_said(client: FlaskClient) -> None:
    answer = client.get("/api/search?q=carburetor&k=1").get_json()
    assert answer["no_close_match"] is True
    assert [(result["match"], result["score"]) for result in answer["results"]] == [("same topic", 0.0)]
    assert answer["specialties"] == []


def test_an_urgent_notice_is_passed_on(client: FlaskClient) -> None:
    assert client.get("/api/search?q=chest pain").get_json()["urgent"] == URGENT


def test_a_record_comes_back_as_it_went_in_unknown_fields_included(client: FlaskClient) -> None:
    assert client.get("/api/records/toy:lip-1").json == LIP


def test_similar_records_leave_out_the_record_itself(client: FlaskClient) -> None:
    answer = client.get("/api/records/toy:lip-1/similar").get_json()
    # Of the title's seven words each of the first three has two: "the" and "of", "twitching" and "of", "the" and "lip".
    assert [(result["id"], result["score"]) for result in answer["results"]] == [
        ("nih:rash_2", 2 / 7),
        ("toy:eyelid-1", 2 / 7),
        ("toy:lip-2", 2 / 7),
        ("toy:hostile", 1 / 7),
    ]
    assert ids(client.get("/api/records/toy:lip-1/similar?k=1").json) == ["nih:rash_2"]


def test_related_topics_carry_their_specialty(client: FlaskClient) -> None:
    assert client.get("/api/records/toy:eyelid-1/related?k=2").json == {
        "id": "toy:eyelid-1",
        "related": [
            {"topic": "Lip twitching", "specialty": "Neurology", "count": 1},
            {"topic": "Stress", "specialty": "Neurology", "count": 1},
        ],
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=numb", ["Numb lip after the dentist"]),
        ("q=w", ["What are the symptoms of fifth disease ?", "Why does my eyelid keep twitching?"]),
        ("q=w&k=1", ["What are the symptoms of fifth disease ?"]),
        ("q=", []),
        ("", []),
    ],
)
def test_suggestions_are_titles(client: FlaskClient, query: str, expected: list[str]) -> None:
    assert client.get(f"/api/suggest?{query}").json == {"suggestions": expected}


def test_specialties_are_counted_most_first(client: FlaskClient) -> None:
    assert client.get("/api/specialties").json == {
        "specialties": [
            {"name": "Neurology", "count": 2},
            {"name": "Dentistry", "count": 1},
            {"name": "Emergency <Medicine>", "count": 1},
        ]
    }
