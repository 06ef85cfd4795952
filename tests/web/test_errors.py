"""What is told when something is wrong: problem details for programs, and what an error says of itself. What people
read is in `test_error_pages`."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.toy import Shelf, ToyEngine
from web import MAX_BODY, create_app


def problem(status: int, title: str, detail: str, **more: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/api/search", problem(400, "Bad Request", "q: the question is empty", parameter="q")),
        ("/api/search?q=lip&k=0", problem(400, "Bad Request", "k must be from 1 to 100, found 0", parameter="k")),
        (
            "/api/search?q=lip&page=2",
            problem(
                400,
                "Bad Request",
                'unknown: "page"; those known are q, k, offset, fold, sort, explain, specialty, sex, age, source, '
                "after, before, corrections, expansions, as_typed",
                parameter="page",
            ),
        ),
        ("/api/suggest?q=a&k=101", problem(400, "Bad Request", "k must be from 1 to 100, found 101", parameter="k")),
        (
            "/api/specialties?q=a",
            problem(400, "Bad Request", 'unknown: "q"; none is taken here', parameter="q"),
        ),
        (
            "/api/records/toy:none",
            problem(404, "Not Found", "there is no record 'toy:none'", parameter="id"),
        ),
        ("/api/records/toy:none/similar", problem(404, "Not Found", "there is no record 'toy:none'", parameter="id")),
        ("/api/records/toy:none/related", problem(404, "Not Found", "there is no record 'toy:none'", parameter="id")),
        (
            "/api/nothing",
            problem(
                404,
                "Not Found",
                "There is nothing at this address. It may have been mistyped, or the page may have been removed.",
            ),
        ),
    ],
)
def test_programs_get_problem_details(client: FlaskClient, address: str, expected: dict[str, Any]) -> None:
    response = client.get(address)
    assert (response.status_code, response.content_type) == (expected["status"], "application/problem+json")
    assert response.json == expected


@pytest.mark.parametrize(
    ("data", "kind", "status", "detail"),
    [
        (b"{", "application/json", 400, "Expecting property name enclosed in double quotes at line 1 column 2"),
        (b'{"q": "\xff"}', "application/json", 400, "it is not UTF-8"),
        (b"[" * 60_000, "application/json", 400, "it is nested too deeply"),
        (
            b'{"k": ' + b"1" * 5_000 + b"}",
            "application/json",
            400,
            "the body is not JSON: a number has too many digits",
        ),
        (b"q=lip", "application/x-www-form-urlencoded", 415, "found application/x-www-form-urlencoded"),
        (b"{}", "", 415, "found no content type"),
        (b"x" * (MAX_BODY + 1), "application/json", 413, "larger than 256 KiB"),
    ],
)
def test_bodies_that_cannot_be_read(client: FlaskClient, data: bytes, kind: str, status: int, detail: str) -> None:
    response = client.post("/api/search", data=data, content_type=kind)
    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    assert detail in response.get_json()["detail"]
    assert response.get_json().get("parameter") == ("body" if status == 400 else None)


def test_a_body_and_a_query_string_are_not_mixed(client: FlaskClient) -> None:
    response = client.post("/api/search?k=3", json={"q": "lip"})
    assert (response.status_code, response.get_json()["parameter"]) == (400, "k")


def test_filters_are_kept_while_nothing_can_be_searched(broken_client: FlaskClient) -> None:
    page = broken_client.post("/", data={"q": "lip", "sex": "female", "after": "2010"}).text
    assert re.findall('<input type="hidden" name="(.*?)" value="(.*?)">', page) == [
        ("sex", "female"),
        ("after", "2010-01-01"),
    ]


class Broken(ToyEngine):
    """An engine with a fault, whose message quotes the question."""

    def search(self, question: Any) -> Any:
        raise KeyError(question.text)

    def similar(self, record_id: str, k: int = 10) -> Any:
        raise RuntimeError("the neighbors are gone")


@pytest.fixture
def broken_client() -> FlaskClient:
    shelf = Shelf(Broken())
    return create_app(Path("toy"), opener=shelf.open, published=shelf.published).test_client()


@pytest.mark.parametrize("address", ["/api/search?q=my-secret", "/?q=my-secret"])
def test_a_fault_says_nothing_about_itself_and_the_log_nothing_about_the_question(
    broken_client: FlaskClient, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = broken_client.get(address)
    assert response.status_code == 500
    assert "Something went wrong on our side." in response.text
    assert "KeyError" not in response.text
    assert "my-secret" not in caplog.text
    assert "KeyError in" in caplog.text
    assert "test_errors.py" in caplog.text


def test_a_page_whose_neighbors_cannot_be_found_fails(broken_client: FlaskClient) -> None:
    assert broken_client.get("/qa/toy:lip-1").status_code == 500


def test_without_an_index_everything_but_life_signs_is_not_ready(empty_client: FlaskClient) -> None:
    for address in ("/api/search?q=lip", "/readyz"):
        response = empty_client.get(address)
        assert (response.status_code, response.content_type) == (503, "application/problem+json")
        assert response.headers["Retry-After"] == "5"
    assert empty_client.get("/readyz").get_json()["detail"] == (
        "no index is published in toy; build one: python -m indexer build RECORDS --index toy"
    )
    assert "The collection is being opened." in empty_client.get("/").text
    assert empty_client.get("/healthz").status_code == 200
    assert empty_client.get("/docs").status_code == 200


def test_a_body_that_is_too_large_does_not_spoil_another_error(client: FlaskClient) -> None:
    answer = client.head("/?q=lip&k=0", data=b"x" * (MAX_BODY + 1), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    answer = client.get(
        "/?q=lip&age=my-secret", data=b"x" * (MAX_BODY + 1), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 400
    assert "lip</textarea>" in answer.text


def test_an_error_in_answering_an_error_is_logged_without_its_words(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*given: object, **named: object) -> None:
        raise ValueError("my-secret")

    monkeypatch.setattr("web.errors.render_template", broken)
    answer = client.get("/?age=my-secret")
    assert (answer.status_code, answer.content_type) == (400, "text/plain; charset=utf-8")
    assert (
        answer.text
        == 'Bad Request: age must be a number such as 43 or a band such as 40-49 or 80+, found "my-secret"\n'
    )
    [said] = [record.message for record in caplog.records]
    assert said.startswith("ValueError in the page of an error at errors.py:")
    assert "my-secret" not in caplog.text


def test_a_name_that_stands_twice_in_a_body_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/search", data='{"q": "a", "q": "b"}', content_type="application/json")
    assert (answer.status_code, answer.get_json()["detail"]) == (
        400,
        'the body is not clear: the field "q" stands twice in one object; leave one',
    )


def test_nul_is_shown_as_what_cannot_be_shown(client: FlaskClient) -> None:
    page = client.post("/", data={"q": "lip\0rash"}).text
    assert "\0" not in page
    assert "lip\ufffdrash" in page


@pytest.mark.parametrize("address", ["/api", "/healthz", "/readyz", "/metrics", "/api/search"])
def test_a_wrong_method_at_an_address_for_programs_is_a_problem(client: FlaskClient, address: str) -> None:
    answer = client.delete(address)
    assert (answer.status_code, answer.content_type) == (
        404 if address == "/api" else 405,
        "application/problem+json",
    )


@pytest.mark.parametrize("value", [[""], ["Neurology", " "]])
def test_an_empty_name_in_a_list_is_refused(client: FlaskClient, value: list[str]) -> None:
    answer = client.post("/api/search", json={"q": "lip", "specialty": value})
    assert (answer.status_code, answer.get_json()["detail"]) == (400, "specialty holds an empty text; leave it out")


def test_the_head_of_a_page_is_that_of_the_page(client: FlaskClient) -> None:
    assert client.head("/").status_code == client.get("/").status_code == 200
    assert client.head("/?q=lip").status_code == 200


@pytest.mark.parametrize(
    "address", ["/?q=crushing+chest+pain+and+sweating", "/?age=old&q=crushing+chest+pain+and+sweating"]
)
def test_an_emergency_is_told_though_the_question_cannot_be_answered(broken_client: FlaskClient, address: str) -> None:
    page = broken_client.get(address).text
    assert page.index('id="urgent-title">These can be signs of a heart attack') < page.index("<h1>")
    assert "crushing chest pain and sweating</textarea>" in page


def test_programs_get_the_notice_with_the_problem(broken_client: FlaskClient, empty_client: FlaskClient) -> None:
    text = "crushing chest pain and sweating"
    for client in (broken_client, empty_client):
        for answer in (
            client.get("/api/search", query_string={"q": text}),
            client.post("/api/search", json={"q": text}),
        ):
            assert answer.status_code >= 500
            assert answer.get_json()["urgent"]["kind"] == "heart"
        assert "urgent" not in client.get("/api/search?q=a+rash").get_json()
        assert "urgent" not in client.get("/api/records/chest%20pain").get_json()


@pytest.mark.parametrize("body", [b"[]", b'{"q": 3}', b"{", b'{"k": 3}', b"[" * 60_000, b"\xff"])
def test_what_is_no_question_raises_no_notice(broken_client: FlaskClient, body: bytes) -> None:
    answer = broken_client.post("/api/search", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert "urgent" not in answer.get_json()
