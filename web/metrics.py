"""Counters for Prometheus. They hold numbers only: never a question, never who asked it."""

from __future__ import annotations

import os
import time
from datetime import datetime

from flask import Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.parser import text_string_to_metric_families

from search.hits import IndexInfo, Match, Results
from search.stages import STAGES, watch
from web import METRICS_FOLDER
from web.admission import WAITED
from web.serving import Serving

CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0)  # an answer takes about 0.02


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "medqa_requests", "Requests by endpoint and status.", ["endpoint", "status"], registry=registry
        )
        self.seconds = Histogram(
            "medqa_request_seconds", "Seconds a request took.", ["endpoint"], registry=registry, buckets=SECONDS
        )
        self.stages = Histogram(
            "medqa_stage_seconds", "Seconds of a search by stage.", ["stage"], registry=registry, buckets=SECONDS
        )
        self.waited = Histogram(
            "medqa_wait_seconds", "Seconds that a request waited for its turn.", registry=registry, buckets=SECONDS
        )
        self.refusals = Counter("medqa_index_refusals", "Times that a version could not be opened.", registry=registry)
        self.swaps = Counter("medqa_index_opened", "Times that a version was opened.", registry=registry)
        self.version = Gauge(
            "medqa_index_version",
            "1 for the version that answers.",
            ["version"],
            registry=registry,
            multiprocess_mode="livemax",
        )
        self.results = Counter("medqa_results", "Results shown by match word.", ["match"], registry=registry)
        self.far = Counter("medqa_no_close_match", "Questions that nothing was close to.", registry=registry)
        self.records = Gauge(
            "medqa_index_records", "Records in the open index.", registry=registry, multiprocess_mode="mostrecent"
        )
        self.built = Gauge(
            "medqa_index_built_timestamp_seconds",
            "When the open index was built.",
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self.refused = Gauge(
            "medqa_index_refused",
            "1 while the newest published version cannot be opened.",
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._shown, self._refusing = "", False
        for match in Match:
            self.results.labels(match.value)
        for stage in STAGES:
            self.stages.labels(stage)

    def opened(self, info: IndexInfo) -> None:
        """The gauges show this index from now on."""
        self.swaps.inc()
        if self._shown:
            self.version.labels(self._shown).set(0)
        self._shown = info.id
        self.version.labels(info.id).set(1)
        self.records.set(info.records)
        self.built.set(datetime.fromisoformat(info.built).timestamp())

    def refuses(self, refused: bool) -> None:
        """Whether the newest version cannot be opened, which is counted when it begins."""
        if refused and not self._refusing:
            self.refusals.inc()
        self._refusing = refused
        self.refused.set(refused)


def register(app: Flask, serving: Serving) -> None:
    """Every request of the application is counted and timed, and every index that opens is shown."""
    app.extensions["metrics"] = metrics = Metrics()
    serving.on_open, serving.on_refusal = metrics.opened, metrics.refuses
    metrics.refuses(bool(serving.refusal))
    if serving.info:
        metrics.opened(serving.info)

    @app.before_request
    def start() -> None:
        g.started, g.stages = time.perf_counter(), watch()
        if WAITED in request.environ:
            metrics.waited.observe(request.environ[WAITED])

    @app.after_request
    def count_request(response: Response) -> Response:
        endpoint = request.endpoint or "unknown"
        metrics.requests.labels(endpoint, str(response.status_code)).inc()
        metrics.seconds.labels(endpoint).observe(time.perf_counter() - g.started)
        for stage, seconds in g.stages.items():
            metrics.stages.labels(stage).observe(seconds)
        return response


def count(results: Results) -> None:
    """The results of a search are counted by match word."""
    metrics: Metrics = current_app.extensions["metrics"]
    for hit in results.hits:
        metrics.results.labels(hit.match.value).inc()
    if results.no_close_match:
        metrics.far.inc()


def latencies() -> list[tuple[str, int, float, float]]:
    """Each endpoint that was asked: how often, its mean and 95% quantile in milliseconds, most often asked first.

    The quantile is the upper bound of the histogram's bucket that holds it.
    """
    sums: dict[str, float] = {}
    buckets: dict[str, dict[float, float]] = {}
    for family in text_string_to_metric_families(text().decode()):
        for sample in family.samples:
            endpoint = sample.labels.get("endpoint", "")
            if sample.name == "medqa_request_seconds_sum":
                sums[endpoint] = sample.value
            elif sample.name == "medqa_request_seconds_bucket":
                buckets.setdefault(endpoint, {})[float(sample.labels["le"])] = sample.value
    rows = []
    for endpoint, counts in buckets.items():
        total = counts[float("inf")]
        slow = min(bound for bound, count in counts.items() if count >= 0.95 * total)
        rows.append((endpoint, int(total), sums[endpoint] / total * 1000, slow * 1000))
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def text() -> bytes:
    """The counters in the text format, added up over all workers of the site."""
    registry = current_app.extensions["metrics"].registry
    if METRICS_FOLDER in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
