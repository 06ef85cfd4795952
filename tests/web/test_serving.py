"""A newly published version is taken over while the site runs; one that is refused changes nothing but the words."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from search.errors import HomeLost, IndexRefused
from tests.web.conftest import Clock
from tests.web.toy import Shelf, ToyEngine
from tests.web.toy_records import TOY
from web.serving import NoIndexError, Serving, at_once


@pytest.fixture
def shelf() -> Shelf:
    """Two versions, then one that cannot be opened; the first is published."""
    return Shelf(ToyEngine(TOY, "v1"), ToyEngine(TOY[:2], "v2"), IndexRefused("expected format 1, found 2"))


def ready(client: FlaskClient) -> tuple[str, str]:
    answer = client.get("/readyz").get_json()
    return answer["index"]["id"], answer["detail"]


def test_a_new_version_is_taken_over_within_a_second(client: FlaskClient, shelf: Shelf, clock: Clock) -> None:
    assert client.get("/api/search?q=lip").get_json()["index"]["records"] == 5
    shelf.version = "v2"
    clock.now += 0.9
    assert ready(client) == ("v1", "")
    clock.now += 0.1
    assert ready(client) == ("v2", "")
    assert client.get("/api/search?q=lip").get_json()["index"]["records"] == 2
    assert (shelf.versions["v1"].closed, shelf.versions["v2"].closed) == (True, False)


def test_an_older_version_that_is_published_again_is_taken_too(client: FlaskClient, shelf: Shelf, clock: Clock) -> None:
    for version in ("v2", "v1"):
        shelf.version = version
        clock.now += 1
        assert ready(client) == (version, "")


def test_the_folder_is_looked_at_once_a_second_at_most(client: FlaskClient, shelf: Shelf, clock: Clock) -> None:
    for _ in range(5):
        client.get("/api/specialties")
    assert (shelf.asked, shelf.opened) == (1, 1)
    clock.now += 1
    client.get("/api/specialties")
    client.get("/api/specialties")
    assert (shelf.asked, shelf.opened) == (2, 1)


def test_a_refused_version_leaves_the_old_one_and_is_said(
    client: FlaskClient, shelf: Shelf, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.version = "v3"
    clock.now += 1
    why = "version v3 was refused: expected format 1, found 2"
    with caplog.at_level(logging.WARNING):
        assert ready(client) == ("v1", why)
        clock.now += 1
        assert ready(client) == ("v1", why)
    assert [record.message for record in caplog.records] == [f"{why}; the version open now stays"]
    assert client.get("/api/search?q=lip").status_code == 200


def test_a_refused_version_is_tried_again_after_half_a_minute(client: FlaskClient, shelf: Shelf, clock: Clock) -> None:
    shelf.version = "v3"
    clock.now += 1
    assert ready(client)[0] == "v1"
    shelf.versions["v3"] = ToyEngine(TOY, "v3")
    clock.now += 29
    assert ready(client)[0] == "v1"
    clock.now += 1
    assert ready(client) == ("v3", "")
    assert shelf.opened == 3


def test_what_is_said_ends_when_the_open_version_is_published_again(
    client: FlaskClient, shelf: Shelf, clock: Clock
) -> None:
    shelf.version = "v3"
    clock.now += 1
    client.get("/readyz")
    shelf.version = "v1"
    clock.now += 1
    assert ready(client) == ("v1", "")


def test_any_other_fault_of_a_new_version_is_a_refusal_too(client: FlaskClient, shelf: Shelf, clock: Clock) -> None:
    shelf.versions["v3"] = MemoryError("no room")
    shelf.version = "v3"
    clock.now += 1
    assert ready(client) == ("v1", "version v3 was refused: MemoryError: no room")


def test_a_site_without_an_index_opens_the_first_one(clock: Clock) -> None:
    shelf = Shelf()
    serving = Serving(Path("toy"), shelf.open, shelf.published, clock=clock, start=at_once)
    with pytest.raises(NoIndexError, match="no index is published in toy"):
        serving.take()
    shelf.versions["v1"], shelf.version = ToyEngine(), "v1"
    clock.now += 1
    assert serving.take().engine is shelf.versions["v1"]


def test_a_replaced_engine_is_closed_after_its_last_request(shelf: Shelf, clock: Clock) -> None:
    serving = Serving(Path("toy"), shelf.open, shelf.published, clock=clock, start=at_once)
    one, two = serving.take(), serving.take()
    shelf.version = "v2"
    clock.now += 1
    new = serving.take()
    assert (one.engine.info.id, new.engine.info.id) == ("v1", "v2")
    serving.release(one)
    assert shelf.versions["v1"].closed is False
    serving.release(two)
    serving.release(new)
    assert (shelf.versions["v1"].closed, shelf.versions["v2"].closed) == (True, False)


def test_requests_go_on_while_a_new_version_is_being_opened(shelf: Shelf, clock: Clock) -> None:
    jobs: list[Callable[[], None]] = []
    serving = Serving(Path("toy"), shelf.open, shelf.published, clock=clock, start=jobs.append)
    shelf.version = "v2"
    clock.now += 1
    assert serving.take().engine.info.id == "v1"
    clock.now += 5
    assert serving.take().engine.info.id == "v1"
    [job] = jobs
    job()
    assert serving.take().engine.info.id == "v2"


def test_a_version_that_is_published_while_another_is_opened_is_opened_once(clock: Clock) -> None:
    shelf = Shelf(ToyEngine(TOY, "v1"), ToyEngine(TOY, "v2"), ToyEngine(TOY, "v3"))
    later = ["v3"]

    def published(index: Path) -> str | None:
        found = shelf.published(index)
        if found == "v2":
            shelf.version = later.pop()
        return found

    serving = Serving(Path("toy"), shelf.open, published, clock=clock, start=at_once)
    shelf.version = "v2"
    for _ in range(2):
        clock.now += 1
        serving.look()
    assert (serving.take().engine.info.id, later, shelf.opened) == ("v3", [], 2)


def test_no_request_waits_for_what_is_published(shelf: Shelf, clock: Clock) -> None:
    answered, opened = threading.Event(), threading.Event()

    def published(index: Path) -> str | None:
        assert shelf.asked == 0 or answered.wait(10)
        return shelf.published(index)

    serving = Serving(Path("toy"), shelf.open, published, clock=clock)
    serving.on_open = lambda info: opened.set()
    shelf.version = "v2"
    clock.now += 1
    serving.look()
    assert serving.take().engine.info.id == "v1"
    assert shelf.asked == 1
    answered.set()
    assert opened.wait(10)
    assert serving.take().engine.info.id == "v2"


def test_any_fault_in_finding_what_is_published_is_a_refusal(
    client: FlaskClient, shelf: Shelf, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"v2": ValueError("no such column"), "v3": HomeLost("it cannot be reached")}

    def published(index: Path) -> str | None:
        raise said[shelf.version or ""]

    monkeypatch.setattr(client.application.extensions["serving"], "_published", published)
    for version, refusal in (("v2", "ValueError: no such column"), ("v3", "it cannot be reached")):
        shelf.version = version
        clock.now += 1
        assert ready(client) == ("v1", refusal)


def test_a_home_that_stays_lost_is_logged_once(
    client: FlaskClient, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    serving = client.application.extensions["serving"]
    for _ in range(2):
        with monkeypatch.context() as patch:
            for left in ("", " (not tried again for 5 s)", " (not tried again for 4 s)"):
                why = HomeLost(f"it cannot be reached{left}")
                patch.setattr(serving, "_published", lambda index, why=why: (_ for _ in ()).throw(why))
                clock.now += 1
                assert ready(client) == ("v1", str(why))
        clock.now += 1
        assert ready(client) == ("v1", "")
    assert [record.message for record in caplog.records] == 2 * ["it cannot be reached; the version open now stays"]


def test_what_is_the_same_for_a_version_is_made_once(
    client: FlaskClient, shelf: Shelf, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def noted(name: str) -> Callable[..., object]:
        method = getattr(ToyEngine, name)

        def call(*given: object, **named: object) -> object:
            asked.append(name)
            return method(*given, **named)

        return call

    for name in ("map", "search", "suggest"):
        monkeypatch.setattr(ToyEngine, name, noted(name))

    def got() -> tuple[list[str], list[bytes]]:
        asked.clear()
        return asked, [client.get(path).data for path in ("/api/map", "/about", "/")]

    once, first = got()
    assert set(once) == {"map", "search", "suggest"}
    again, second = got()
    assert (again, second) == ([], first)
    shelf.version = "v2"
    clock.now += 1
    other, third = got()
    assert set(other) == {"map", "search", "suggest"}
    assert third != first


def test_a_request_uses_one_engine_even_if_it_asks_twice(shelf: Shelf, clock: Clock) -> None:
    from web import create_app
    from web.serving import engine

    app = create_app(Path("toy"), opener=shelf.open, published=shelf.published, clock=clock, start=at_once)
    with app.test_request_context("/"):
        before = engine()
        shelf.version = "v2"
        clock.now += 1
        assert engine() is before
    with app.test_request_context("/"):
        assert engine() is shelf.versions["v2"]
