"""An engine that goes away, hangs, or loses a part: said in one line within the deadline, and never as no results."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import grpc
import pytest
from flask.testing import FlaskClient
from milvus_lite.adapter.grpc.server import start_server_in_thread
from pymilvus import MilvusClient, MilvusException

from indexer.milvus.versions import Versions
from search.address import MilvusAddress, parse
from search.engine import Engine
from search.errors import HomeLost, IndexRefused, NotThere
from search.hits import Filters, Question
from search.milvus import opening
from search.milvus.breaker import FAILURES, REST_S
from search.milvus.client import Client
from search.milvus.connection import FIRST_S, READ_S
from search.milvus.schema import ABOUT, Collections
from search.opening import open_index, published
from tests.homes.conftest import ALL
from tests.homes.copying import copy
from tests.homes.wire import Wire
from tests.toy_encoder import CARD, ToyEncoder
from web import create_app

ASKED = Question("Is lip twitching a stroke?")
SLACK_S = 4.0  # the machine may have other work, and the client's library reconnects once beyond the deadline


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """A wire to a Milvus that has BM25."""
    server, database, port = start_server_in_thread(str(tmp_path_factory.mktemp("lost") / "home.db"), "127.0.0.1", 0)
    found = Wire(port)
    yield found
    found.close()
    server.stop(grace=0)
    database.close()


@pytest.fixture(scope="module")
def written(wire: Wire, folder: Path) -> MilvusAddress:
    """The records, put there."""
    address = parse(f"milvus://127.0.0.1:{wire.port}/lost")
    assert isinstance(address, MilvusAddress)
    copy(folder, address)
    return address


@pytest.fixture
def address(wire: Wire, written: MilvusAddress, monkeypatch: pytest.MonkeyPatch) -> Iterator[MilvusAddress]:
    """The address, over a whole wire, with a connection of this test's own."""
    wire.mend()
    monkeypatch.setattr(opening, "_clients", {})
    yield written
    for client in opening._clients.values():
        client.close()


@pytest.fixture
def engine(address: MilvusAddress) -> Iterator[Engine]:
    opened = open_index(address, ToyEncoder())
    yield opened
    opened.close()


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


def test_a_server_too_old_is_refused(address: MilvusAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MilvusClient, "get_server_version", lambda self, timeout: "v2.2.16")
    with pytest.raises(IndexRefused, match=r"this is Milvus 2\.2\.16, and 2\.3 or later is needed; update the server"):
        open_index(address, ToyEncoder())


def test_another_model_is_refused(address: MilvusAddress) -> None:
    with pytest.raises(IndexRefused, match="the index was made by toy"):
        open_index(address, ToyEncoder(replace(CARD, fingerprint="71" * 32)))


def test_a_model_that_is_not_here_is_named(address: MilvusAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDQA_MODELS", "var/none")
    with pytest.raises(IndexRefused, match=f"the model toy is not in var/none/{'70' * 16}; .* indexer convert"):
        open_index(address)


def test_an_index_that_is_not_there_is_named(address: MilvusAddress) -> None:
    other = replace(address, name="other")
    assert published(other) is None
    with pytest.raises(IndexRefused, match=f"there is no index at {other}; build one with"):
        open_index(other, ToyEncoder())


class Denied(grpc.RpcError):  # type: ignore[misc]
    """What the client's library raises where a server does not let it in."""

    def __init__(self, status: grpc.StatusCode, said: str) -> None:
        super().__init__(f"<_InactiveRpcError of RPC that terminated with:\n\tstatus = {status}\n>")
        self.status, self.said = status, said

    def code(self) -> grpc.StatusCode:
        return self.status

    def details(self) -> str:
        return self.said


WRONG_TOKEN = Denied(grpc.StatusCode.UNAUTHENTICATED, "auth check failure, please check api key is correct")
DENIALS = (
    (WRONG_TOKEN, "auth check failure, please check api key is correct"),
    (Denied(grpc.StatusCode.PERMISSION_DENIED, "PrivilegeQuery: deny to reader"), "PrivilegeQuery: deny to reader"),
    (MilvusException(65535, "permission deny:\ncollection not found"), "permission deny: collection not found"),
)


@pytest.mark.parametrize(("denied", "said"), DENIALS)
def test_a_refused_token_is_said_and_is_no_index_that_is_not_there(
    address: MilvusAddress, monkeypatch: pytest.MonkeyPatch, denied: Exception, said: str
) -> None:
    def refused(self: MilvusClient, *args: object, **kwargs: object) -> object:
        raise denied

    client = opening.client_of(address)
    versions = Versions(client, address.name)
    before = client.collections()
    for name in ("query", "describe_collection"):
        monkeypatch.setattr(MilvusClient, name, refused)
    asked: tuple[Callable[[], object], ...] = (
        lambda: published(address),
        lambda: open_index(address, ToyEncoder()),
        lambda: versions.live(),
        lambda: versions.begun("recipe"),
    )
    for ask in asked:
        with pytest.raises(IndexRefused) as error:
            ask()
        assert str(error.value) == f"{address} does not let this program in ({said}); set $MEDQA_MILVUS_TOKEN"
    assert client.collections() == before


def test_a_token_refused_in_connecting_is_said(address: MilvusAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: MilvusClient, *args: object, **kwargs: object) -> None:
        raise MilvusException(2, "Fail connecting to server, illegal connection params") from WRONG_TOKEN

    monkeypatch.setattr(MilvusClient, "__init__", refused)
    with pytest.raises(IndexRefused, match=r"does not let this program in \(auth check .*\); set \$MEDQA_MILVUS_TO"):
        published(address)


def test_what_only_sounds_as_if_a_collection_were_not_there_is_lost(
    address: MilvusAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(self: MilvusClient, *args: object, **kwargs: object) -> object:
        raise MilvusException(503, "fail to query collection 7: channel not found")

    client = opening.client_of(address)
    monkeypatch.setattr(MilvusClient, "describe_collection", gone)
    with pytest.raises(HomeLost, match="channel not found"):
        client.aliased(address.name)


def test_why_no_older_version_is_opened_is_said(address: MilvusAddress) -> None:
    with pytest.raises(IndexRefused, match=r"holds no older version that is whole$"):
        opening.open_older(address, ToyEncoder())
    client = opening.client_of(address)
    half = Collections(address.name, "20000101T000000000000Z")
    client.create(half.about, ABOUT)
    try:
        with pytest.raises(IndexRefused, match=r"is whole \(.*: what the index lies in is not there \(.*\)\)$"):
            opening.open_older(address, ToyEncoder())
    finally:
        client.drop(half.about)


def test_a_collection_that_was_dropped_is_said(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def dropped(self: MilvusClient, *args: object, **kwargs: object) -> object:
        raise MilvusException(100, "can't find collection: lost_records")

    monkeypatch.setattr(MilvusClient, "query", dropped)
    with pytest.raises(NotThere, match=r"is not there \(can't find collection: lost_records\)"):
        engine.record(ALL[0].id)


def test_an_empty_filter_asks_for_nothing(engine: Engine) -> None:
    results = engine.search(replace(ASKED, filters=Filters(sources=frozenset())))
    assert (results.hits, results.total, results.degraded) == ((), 0, ())
