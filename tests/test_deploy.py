"""The files for running the site: what they watch exists, each alert is explained, and nothing runs as root."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from tests.web.toy import Shelf, ToyEngine
from web import create_app
from web.admission import WAITED
from web.cli import main
from web.serving import at_once
from web.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
RULES = [rule for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
PANELS = json.loads((DEPLOY / "dashboard.json").read_text())["panels"]
EXPRESSIONS = [rule["expr"] for rule in RULES] + [target["expr"] for panel in PANELS for target in panel["targets"]]
LABEL = re.compile(r"(medqa_\w+)\{([^}]*)\}")


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    """A visitor of a site that has been asked a little."""
    shelf = Shelf(ToyEngine())
    app = create_app(Path("toy"), opener=shelf.open, published=shelf.published, start=at_once)
    found = app.test_client()
    for path in ("/?q=lip", "/api/search?q=carburetor", "/readyz", "/nothing"):
        found.get(path, environ_overrides={WAITED: 0.01})
    found.post("/api/search", json={"q": "lip"})
    return found


@pytest.fixture(scope="module")
def samples(client: FlaskClient) -> dict[str, list[dict[str, str]]]:
    """The labels of each sample of /metrics, by its name."""
    found: dict[str, list[dict[str, str]]] = {}
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append(dict(sample.labels))
    return found


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_watched_exists(expression: str, samples: dict[str, Any]) -> None:
    named = set(re.findall(r"medqa_\w+", expression))
    assert named <= samples.keys()
    assert named or expression == 'up{job="medqa"} == 0'


@pytest.mark.parametrize(("metric", "labels"), [match for text in EXPRESSIONS for match in LABEL.findall(text)])
def test_the_labels_that_are_asked_for_exist(
    metric: str, labels: str, samples: dict[str, list[dict[str, str]]], client: FlaskClient
) -> None:
    for name, operator, value in re.findall(r'(\w+)(=~|=)"([^"]*)"', labels):
        assert name in samples[metric][0]
        if name == "endpoint":
            known = set(client.application.view_functions)
            assert set(value.split("|")) <= known
        if name == "stage":
            assert value in {labels[name] for labels in samples[metric]}
        assert operator in ("=", "=~")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_each_alert_is_explained(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"].endswith(".")
    assert f"\n### {rule['alert']}\n" in OPERATIONS


def test_no_alert_is_explained_that_is_not_there() -> None:
    assert re.findall(r"^### (Medqa\w+)$", OPERATIONS, re.MULTILINE) == [rule["alert"] for rule in RULES]


def test_every_setting_is_explained_and_none_other() -> None:
    named = {PREFIX + name.upper() for name in Settings.__dataclass_fields__}
    explained = set(re.findall(r"^\| `(MEDQA_\w+)` ", OPERATIONS, re.MULTILINE))
    elsewhere = {"MEDQA_MILVUS_TOKEN", "MEDQA_MODELS", "MEDQA_CACHE"}  # read by search.address and the indexer
    assert explained == named | elsewhere | {"MEDQA_INDEX", "MEDQA_COUNTRY", "MEDQA_OPERATOR_TOKEN_FILE"}


@pytest.mark.parametrize("name", ["medqa.service", "Containerfile"])
def test_the_settings_in_the_files_are_ones_that_can_be(name: str) -> None:
    text = (DEPLOY / name).read_text()
    found = dict(re.findall(r'(MEDQA_\w+)="?([^"\n]*?)"?(?= MEDQA_|[\s"\\]*\n)', text))
    found.pop("MEDQA_OPERATOR_TOKEN_FILE", None)
    read = Settings.read(found)
    assert (read.rate_limit, read.trusted_proxies, read.log) == ("120 per minute", 1, "json")


@pytest.mark.parametrize("name", ["medqa.service", "Containerfile"])
def test_the_command_line_in_the_files_is_one_that_can_be(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = (DEPLOY / name).read_text()
    words = re.findall(r"--(?:host|port|workers)\b", text)
    assert len(words) >= 3
    with pytest.raises(SystemExit):
        main(["--help"])
    known = capsys.readouterr().out
    assert [word for word in words if word not in known] == []


def test_nothing_runs_as_root_or_writes() -> None:
    unit, image = (DEPLOY / "medqa.service").read_text(), (DEPLOY / "Containerfile").read_text()
    for line in ("DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="):
        assert f"\n{line}\n" in unit
    assert re.search(r"\nUSER 10001:10001\n(?!.*\nUSER )", image, re.DOTALL)
    assert "--read-only" in image
    assert "--require-hashes" in image


def test_the_proxy_logs_no_question_lets_nobody_at_the_metrics_and_names_the_visitor_itself() -> None:
    text = re.sub(r"(^|\s)#.*", "", (DEPLOY / "nginx.conf").read_text())
    assert re.findall(r"\$request\b|\$request_uri|\$args|\$query_string", text) == ["$request_uri"]  # in the redirect
    assert re.search(r"location = /metrics \{\s*return 403;", text)
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    [port] = re.findall(r"proxy_pass http://127\.0\.0\.1:(\d+);", text)
    assert f"--port {port}" in (DEPLOY / "medqa.service").read_text()
