"""docs/scaling.md is what the reports say; the model's arithmetic; and what can be known of the files not run here."""

from __future__ import annotations

import configparser
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from search.address import TOKEN, MilvusAddress, parse
from tests.benchmarks.scale_model import (
    FOLDER,
    KINDS,
    Measured,
    estimate,
    memory_gb,
    model,
    published_cpu_ms,
    query_nodes,
    search_cores,
)  # fmt: skip
from tests.benchmarks.scale_report import PAGE, filled
from web.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy" / "milvus"
GRAPHS, _, ON_DISK = KINDS
MEASURED = Measured(
    dimension=256, passages_a_record=5.0, encoded_a_core_second=100.0, segment_rows=1_000, search_cpu_ms=1.0,
    index_cpu_ms_a_row=0.5, questions_a_core_second=20.0,
)  # fmt: skip
ASSUMED = {
    "peak_questions": 100.0, "replicas": 2.0, "busy": 0.5, "memory_share": 0.5, "segment_mb": 1024 * 1_000_000 / 2**20,
    "large_segment_mb": 8 * 1024 * 1_000_000 / 2**20, "graph_links": 32.0, "other_bytes": 100.0, "record_bytes": 1000.0,
    "mapped_share": 0.1, "searches": 4.0, "disk_memory_share": 0.25, "disk_size_factor": 2.0, "disk_cpu_factor": 3.0,
    "published_searches": 8000.0, "published_cores": 8.0, "published_rows": 1e6, "published_dimensions": 128.0,
    "load_rows": 10_000.0,
    "encode_cores": 100.0, "index_cores": 50.0, "node_gb": 100.0, "node_cores": 16.0, "node_price": 1.0,
    "disk_node_gb": 100.0, "disk_node_cores": 16.0, "disk_node_tb": 1.0, "disk_node_price": 2.0, "core_price": 0.1,
    "fixed_price": 3.0, "storage_price": 0.02, "hours": 700.0,
}  # fmt: skip
MILLION = 1_000_000


def test_memory_is_vectors_links_columns_and_some_of_the_records_twice() -> None:
    each = 1024 + 4 * 32 + 100 + 0.2 * 1000 * 0.1  # a record has five passages
    assert memory_gb(MILLION, MILLION / 5, GRAPHS, ASSUMED, 1024) == pytest.approx(2 * each * MILLION / 1e9)
    on_disk = 1024 * 0.25 + 100 + 0.2 * 1000 * 0.1
    assert memory_gb(MILLION, MILLION / 5, ON_DISK, ASSUMED, 1024) == pytest.approx(2 * on_disk * MILLION / 1e9)


def test_every_segment_is_asked_and_a_larger_one_takes_longer_by_its_logarithm() -> None:
    # 1,000,000 rows in a segment of 1024 bytes each: twice the logarithm of the 1,000 that were measured
    assert search_cores(3 * MILLION, GRAPHS, ASSUMED, MEASURED) == pytest.approx(100 * 4 * 3 * 0.001 * 2)


@pytest.mark.parametrize(
    ("memory", "cores", "nodes", "held_by"),
    [(10.0, 1.0, 2, "memory"), (500.0, 1.0, 10, "memory"), (10.0, 40.0, 6, "cores")],
)
def test_nodes_hold_what_is_scarcest_alike_for_each_replica(
    memory: float, cores: float, nodes: int, held_by: str
) -> None:
    assert query_nodes(memory, cores, MILLION, GRAPHS, ASSUMED, 1024) == (nodes, held_by)


def test_a_disk_may_decide_too() -> None:
    # 2 replicas x 1,000 million x 1,024 bytes x 2 on disks of 0.5 TB that may be taken
    assert query_nodes(10.0, 1.0, 1000 * MILLION, ON_DISK, ASSUMED, 1024) == (10, "disk")


def test_hours_and_money() -> None:
    found = estimate(36 * MILLION, GRAPHS, ASSUMED, MEASURED)
    assert found.encode_hours == 1.0  # 36,000,000 at 100 a core and second on 100 cores
    assert found.load_hours == 1.0
    assert found.index_hours == 0.1  # 18,000 core seconds on 50 cores
    assert found.build_hours == 2.1
    assert found.build_price == round((100 + 5) * 0.1)
    assert found.search_cores == 28.8  # 36 segments of a million, 2 ms each, 4 times for 100 questions
    assert found.search_cores_published == 28.8  # 2 ms for a million
    assert found.web_cores == 10  # 100 questions at 20 a core, half busy
    storage = (36 * MILLION * (2 * 1024 + 100) + 7.2 * MILLION * 1000) / 1e9
    assert found.month_price == round((found.query_nodes * 1.0 + 10 * 0.1 + 3.0) * 700 + storage * 0.02)


def test_a_published_search_is_brought_to_our_dimension() -> None:
    assert published_cpu_ms(ASSUMED, MEASURED) == 2.0


def test_the_model_and_the_page_are_what_the_reports_say() -> None:
    assert json.loads((FOLDER / "model.json").read_text()) == model(FOLDER), "run: make model"
    assert filled(PAGE.read_text()) == PAGE.read_text(), "run: make model"


def settings(name: str) -> Any:
    """A file of deploy/milvus, which says that it was not run."""
    text = (DEPLOY / name).read_text()
    assert "NOT RUN" in text
    return yaml.safe_load(text)


def test_the_composed_site_is_one_that_can_be() -> None:
    services = settings("compose.yml")["services"]
    assert services["web2"] == services["web"]
    environment = services["web"]["environment"]
    known = {PREFIX + name.upper() for name in Settings.__dataclass_fields__} | {TOKEN, "MEDQA_MODELS", "MEDQA_INDEX"}
    assert environment.keys() <= known
    address = parse(environment["MEDQA_INDEX"])
    assert isinstance(address, MilvusAddress)
    assert address.uri == "http://milvus:19530"
    assert Settings.read({name: str(value) for name, value in environment.items()}).trusted_proxies == 1
    assert services["web"]["user"] == "10001:10001"
    for service in services.values():
        assert set(service.get("depends_on", ())) <= services.keys()


def test_the_composed_site_has_the_client_that_is_tested() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    [pinned] = config["options.extras_require"]["distributed"].split()
    assert (
        f"pip install --no-cache-dir {pinned}\n"
        in settings("compose.yml")["services"]["web"]["build"]["dockerfile_inline"]
    )


def test_the_balancer_knows_the_workers_and_what_tells_that_one_is_ready() -> None:
    text = (DEPLOY / "haproxy.cfg").read_text()
    assert "NOT RUN" in text
    assert set(re.findall(r"^    server (\w+) \1:8000 check", text, re.MULTILINE)) == {"web", "web2"}
    assert "option httpchk GET /readyz" in text


def test_the_chart_keeps_two_replicas_and_has_a_server_with_words() -> None:
    values = settings("values.yaml")
    assert tuple(map(int, values["image"]["all"]["tag"].removeprefix("v").split("."))) >= (2, 5)
    inner = yaml.safe_load(values["extraConfigFiles"]["user.yaml"])
    assert inner["queryCoord"]["clusterLevelLoadReplicaNumber"] == 2
    assert values["queryNode"]["replicas"] % 2 == 0
    assert inner["dataCoord"]["segment"]["maxSize"] == 8192


def test_no_server_searches_by_an_interim_index() -> None:
    inner = yaml.safe_load(settings("values.yaml")["extraConfigFiles"]["user.yaml"])
    assert inner["queryNode"]["segcore"]["interimIndex"]["enableIndex"] is False
    environment = settings("compose.yml")["services"]["milvus"]["environment"]
    assert environment["QUERYNODE_SEGCORE_INTERIMINDEX_ENABLEINDEX"] == "false"
