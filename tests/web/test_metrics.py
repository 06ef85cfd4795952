"""The counters hold what happened, and nothing of what was asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from tests.web.conftest import Clock
from tests.web.toy import Shelf, ToyEngine
from tests.web.toy_records import TOY
from web import create_app
from web.serving import at_once


def samples(client: FlaskClient) -> dict[str, float]:
    """Every sample by its name and labels."""
    return {
        f"{sample.name}{dict(sorted(sample.labels.items()))}": sample.value
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for sample in family.samples
    }


def test_requests_are_counted_by_endpoint_and_status(client: FlaskClient) -> None:
    client.get("/?q=lip")
    client.get("/api/search?q=lip")
    client.get("/api/search?q=lip")
    client.get("/api/search")
    client.get("/nothing/my-secret")
    found = samples(client)
    assert found["medqa_requests_total{'endpoint': 'pages.ask', 'status': '200'}"] == 1
    assert found["medqa_requests_total{'endpoint': 'api.search', 'status': '200'}"] == 2
    assert found["medqa_requests_total{'endpoint': 'api.search', 'status': '400'}"] == 1
    assert found["medqa_requests_total{'endpoint': 'unknown', 'status': '404'}"] == 1
    assert found["medqa_request_seconds_count{'endpoint': 'api.search'}"] == 3
    assert not any("secret" in name for name in found)


def test_results_are_counted_by_match_word(client: FlaskClient) -> None:
    client.get("/?q=lip&k=3")  # the word stands in two records
    client.get("/api/search?q=carburetor&k=2")
    found = samples(client)
    assert found["medqa_results_total{'match': 'same question'}"] == 2
    assert found["medqa_results_total{'match': 'related'}"] == 0
    assert found["medqa_results_total{'match': 'same topic'}"] == 1 + 2
    assert found["medqa_no_close_match_total{}"] == 1


def test_the_open_index_is_shown(shelf: Shelf, clock: Clock) -> None:
    shelf.versions["v2"] = ToyEngine(TOY[:3], "v2")
    app = create_app(Path("toy"), opener=shelf.open, published=shelf.published, clock=clock, start=at_once)
    client = app.test_client()
    assert samples(client)["medqa_index_records{}"] == 5
    assert samples(client)["medqa_index_built_timestamp_seconds{}"] == 1795334400  # 2026-11-22, 8 o'clock, UTC
    shelf.version = "v2"
    clock.now += 1
    client.get("/readyz")
    assert samples(client)["medqa_index_records{}"] == 3


@pytest.mark.parametrize("name", ["medqa_requests", "medqa_results", "medqa_no_close_match", "medqa_index_records"])
def test_every_counter_says_what_it_counts(client: FlaskClient, name: str) -> None:
    families = {family.name: family for family in text_string_to_metric_families(client.get("/metrics").text)}
    assert families[name].documentation.endswith(".")
