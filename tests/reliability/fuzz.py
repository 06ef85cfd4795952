"""Sends bad input without end and counts what it breaks: `python -m tests.reliability.fuzz --requests 100000`.

One half is made by Schemathesis from the OpenAPI document, valid and not, and held against it; the other is noise.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS
from werkzeug.exceptions import HTTPException

from indexer.build import build
from search.layout import Layout
from search.opening import open_index, published
from tests.reliability import nasty
from tests.reliability.reports import write
from tests.toy_encoder import ToyEncoder
from tests.toy_records import LISTED, ONTOLOGY, RECORDS
from web import create_app
from web.security import HEADERS
from web.serving import at_once

SLOWEST_S = 10.0  # the longest that any answer may take, on a busy machine
GIVEN_UP = 20  # broken requests after which the rest would say nothing new
# A 400 that names its parameter is right where the document's types cannot say which texts are dates; an empty value
# is none, as forms send them; and 413 is an answer to what is too long.
NOT_CHECKED = {"positive_data_acceptance", "negative_data_rejection"}


@dataclass(slots=True)
class Found:
    """What came of the requests."""

    statuses: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    slowest: float = 0.0
    until: float = float("inf")

    def add(self, status: int, seconds: float) -> None:
        """One more answer."""
        self.statuses[str(status)] += 1
        self.slowest = max(self.slowest, seconds)

    @property
    def done(self) -> bool:
        """Whether it is time to end."""
        return len(self.broken) >= GIVEN_UP or time.monotonic() > self.until


@contextmanager
def site(folder: Path) -> Iterator[Flask]:
    """The site over the toy records, with the whole of the real search in it."""
    (folder / "toy.obo").write_text(ONTOLOGY, encoding="utf-8")
    (folder / "none.toml").write_text("", encoding="utf-8")
    with (
        mock.patch("indexer.derive.ontology_file", return_value=folder / "toy.obo"),
        mock.patch("indexer.derive.departments_file", return_value=folder / "none.toml"),
        mock.patch("indexer.together.word_lists", return_value=dict.fromkeys(LISTED, 1000)),
    ):
        build(RECORDS, Layout(folder / "index"), ToyEncoder())
    yield create_app(
        folder / "index", opener=lambda root: open_index(root, ToyEncoder()), published=published, start=at_once
    )


def noise(client: FlaskClient, requests: int, chance: random.Random, found: Found) -> None:
    """Sends so many requests made at random."""
    for _ in range(requests):
        if found.done:
            return
        sent = nasty.request(chance)
        started = time.monotonic()
        with client.open(
            sent.path, method=sent.method, query_string=sent.query, content_type=sent.kind, data=sent.body
        ) as answer:
            text, status, headers = answer.get_data(), answer.status_code, answer.headers
        seconds = time.monotonic() - started
        found.add(status, seconds)
        wrong = [name for name, value in HEADERS.items() if headers.get(name) != value]
        if status >= 500 or seconds > SLOWEST_S or wrong or b"Traceback (most" in text or "Set-Cookie" in headers:
            found.broken.append(f"{status} in {seconds:.1f} s, without {wrong}: {sent!r}"[:1000])


def by_schema(app: Flask, requests: int, found: Found) -> None:
    """Sends about so many requests that Schemathesis makes of the document, and checks each answer against it."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    checks = [check for check in CHECKS.get_all() if check.__name__ not in NOT_CHECKED]
    operations = [result.ok() for result in schema.get_all_operations()]
    with_input = [operation for operation in operations if operation.label.startswith(("GET /api/", "POST /api/"))]
    each = max(1, requests // (2 * len(with_input)))
    for operation in with_input:
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            with_cases(operation, mode, each, lambda case: sent_by_schema(case, checks, found))


def with_cases(
    operation: schemathesis.APIOperation,
    mode: schemathesis.GenerationMode,
    count: int,
    do: Callable[[schemathesis.Case], None],
) -> None:
    """Calls `do` for each of so many cases; for none where this mode has none."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=count, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    def run(case: schemathesis.Case) -> None:
        do(case)

    try:
        run()
    except Unsatisfiable:
        return


def sent_by_schema(case: schemathesis.Case, checks: list[Callable[..., bool | None]], found: Found) -> None:
    """One request, counted, and what is wrong with its answer."""
    if found.done:
        return
    started = time.monotonic()
    try:
        answer = case.call()
        found.add(answer.status_code, time.monotonic() - started)
        case.validate_response(answer, checks=checks)
    except (HTTPException, AssertionError, BaseExceptionGroup) as error:
        inner = getattr(error, "exceptions", [error])[0]
        found.broken.append(f"{case.operation.label}: {str(inner)[:600]} {case.query} {case.body!r}"[:1000])


def main() -> int:
    """0 when nothing broke."""
    parser = argparse.ArgumentParser(description="Send bad input to the site.")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--minutes", type=float, default=20, help="end after so long, whatever was sent by then")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the report there as well")
    args = parser.parse_args()
    started = time.monotonic()
    found = Found(until=started + 60 * args.minutes)
    with tempfile.TemporaryDirectory(prefix="medqa-fuzz-") as folder, site(Path(folder)) as app:
        by_schema(app, args.requests // 2, found)
        first = found.statuses.total()
        noise(app.test_client(), args.requests - first, random.Random(args.seed), found)
    total = found.statuses.total()
    write(
        {
            "requests": total,
            "of_the_schema": first,
            "of_noise": total - first,
            "seconds": round(time.monotonic() - started),
            "statuses": dict(sorted(found.statuses.items())),
            "slowest_s": round(found.slowest, 2),
            "broken": len(found.broken),
            "what_broke": found.broken,
        },
        args.json,
    )
    return 1 if found.broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
