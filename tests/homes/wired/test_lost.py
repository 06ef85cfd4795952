"""An engine that goes away, hangs, or loses a part: said in one line within the deadline, and never as no results."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from pymilvus import MilvusClient, MilvusException

from search.address import MilvusAddress
from search.engine import Engine
from search.errors import HomeLost, NotThere
from search.filters import Filters
from search.hits import Question
from search.milvus import opening
from search.milvus.breaker import FAILURES, REST_S
from search.milvus.client import Client
from search.milvus.connection import FIRST_S, READ_S
from search.opening import open_index, published
from tests.homes.conftest import ALL
from tests.homes.wired.wire import Wire
from tests.toy_encoder import ToyEncoder
from web import create_app

ASKED = Question("Is lip twitching a stroke?")
SLACK_S = 4.0  # the machine may have other work, and the client's library reconnects once beyond the deadline


def found(engine: Engine) -> list[str]:
    return [hit.record.id for hit in engine.search(ASKED).hits]


def lost(engine: Engine) -> tuple[float, str]:
    """Seconds until a question is refused, and what is said."""
    started = time.monotonic()
    with pytest.raises(HomeLost) as said:
        engine.search(ASKED)
    return time.monotonic() - started, str(said.value)


def until_back(ask: Callable[[], object]) -> None:
    """Returns once it is answered again."""
    until = time.monotonic() + REST_S + SLACK_S
    while True:
        try:
            ask()
        except HomeLost:
            assert time.monotonic() < until
            time.sleep(0.2)
        else:
            return


def test_a_wire_that_is_cut_is_said_and_after_some_failures_at_once(
    engine: Engine, address: MilvusAddress, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = found(engine)
    wire.cut()
    taken, said = lost(engine)
    assert taken < READ_S + SLACK_S
    assert str(address) in said
    assert "\n" not in said
    for _ in range(FAILURES):
        lost(engine)
    taken, said = lost(engine)
    assert taken < 0.2
    assert "not tried again for" in said
    with pytest.raises(HomeLost):
        engine.check()
    wire.mend()
    until_back(engine.check)
    assert found(engine) == before


def test_a_server_that_says_nothing_is_waited_for_no_longer_than_the_deadline(engine: Engine, wire: Wire) -> None:
    wire.silence()
    taken, said = lost(engine)
    assert FIRST_S <= taken < READ_S + SLACK_S
    assert "did not answer in time" in said


def test_a_read_that_fails_is_tried_once_more(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    failing: list[bool] = []
    real = MilvusClient.search

    def stumbling(self: MilvusClient, *args: object, **kwargs: object) -> object:
        asked.append(args)
        if failing and failing.pop():
            raise MilvusException(1, "channel not available")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(MilvusClient, "search", stumbling)
    expected, calls = found(engine), len(asked)
    failing.append(True)
    assert found(engine) == expected
    assert len(asked) == 2 * calls + 1


def test_without_its_words_a_search_goes_on_and_says_so(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args: object) -> None:
        raise HomeLost("gone")

    whole = engine.search(ASKED)
    monkeypatch.setattr(Client, "by_words", gone)
    part = engine.search(ASKED)
    assert whole.degraded == ()
    assert [hit.record.id for hit in part.hits] == [hit.record.id for hit in whole.hits]
    assert part.degraded == ("Pages were found by their meaning alone, not by their words (gone)",)
    with pytest.raises(HomeLost):  # in a run nobody would read it
        engine.run("fever", 10)


def test_without_its_vectors_a_search_is_an_error(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args: object) -> None:
        raise HomeLost("gone")

    monkeypatch.setattr(Client, "near", gone)
    assert lost(engine)[1] == "gone"


@pytest.fixture
def site(address: MilvusAddress) -> FlaskClient:
    """The site over that index."""
    app = create_app(address, opener=lambda where: open_index(where, ToyEncoder()), published=published)
    return app.test_client()


def test_the_site_says_that_it_is_lost_and_is_ready_again(
    site: FlaskClient, address: MilvusAddress, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert site.get("/readyz").status_code == 200
    whole = site.post("/api/search", json={"q": "lip twitching"}).get_json()
    assert (whole["degraded"], len(whole["results"])) == ([], 10)
    wire.cut()
    answer = site.post("/api/search", json={"q": "lip twitching"})
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.get_json()["detail"].startswith("The collection cannot be reached at the moment")
    assert "Retry-After" in answer.headers
    assert site.get("/healthz").status_code == 200
    ready = site.get("/readyz")
    assert (ready.status_code, "cannot be reached" in ready.get_json()["detail"]) == (503, True)
    assert "<form" in site.get("/").get_data(as_text=True)
    assert "cannot be reached" in site.post("/", data={"q": "lip twitching"}).get_data(as_text=True)
    wire.mend()
    until_back(lambda: opening.client_of(address).collections())
    assert site.get("/readyz").status_code == 200
    assert site.post("/api/search", json={"q": "lip twitching"}).get_json()["results"] == whole["results"]
    assert "twitching" not in caplog.text


def test_what_is_degraded_is_said_on_the_page(site: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args: object) -> None:
        raise HomeLost("gone")

    assert 'class="degraded"' not in site.post("/", data={"q": "lip twitching"}).get_data(as_text=True)
    monkeypatch.setattr(Client, "by_words", gone)
    page = site.post("/", data={"q": "lip twitching"}).get_data(as_text=True)
    assert 'class="degraded"' in page
    assert "Some pages may be missing" in page


def test_what_only_sounds_as_if_a_collection_were_not_there_is_lost(
    address: MilvusAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(self: MilvusClient, *args: object, **kwargs: object) -> object:
        raise MilvusException(503, "fail to query collection 7: channel not found")

    client = opening.client_of(address)
    monkeypatch.setattr(MilvusClient, "describe_collection", gone)
    with pytest.raises(HomeLost, match="channel not found"):
        client.aliased(address.name)


def test_a_collection_that_was_dropped_is_said(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def dropped(self: MilvusClient, *args: object, **kwargs: object) -> object:
        raise MilvusException(100, "can't find collection: lost_records")

    monkeypatch.setattr(MilvusClient, "query", dropped)
    with pytest.raises(NotThere, match=r"is not there \(can't find collection: lost_records\)"):
        engine.record(ALL[0].id)


def test_an_empty_filter_asks_for_nothing(engine: Engine) -> None:
    results = engine.search(replace(ASKED, filters=Filters(sources=frozenset())))
    assert (results.hits, results.total, results.degraded) == ((), 0, ())
