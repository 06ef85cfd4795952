"""Bad input by every door: no 500, no traceback, no hang. `tests.reliability.fuzz` is the long run."""

from __future__ import annotations

import contextlib
import gzip
import json
import random
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.cli import main as corpus_main
from corpus.errors import CorpusError
from corpus.importers import FORMATS
from corpus.records import Record, from_json, to_json
from indexer.cli import main as indexer_main
from search.cli import main as search_main
from tests.reliability import nasty
from tests.reliability.fuzz import Found, by_schema, noise, site
from web.cli import main as web_main

PATIENCE_S = 20.0
ANY_TEXT = st.one_of(st.text(), st.sampled_from(nasty.TEXTS))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)
ARGUMENT = ANY_TEXT.filter(lambda text: len(text) < 500 and text.isprintable())
FIELDS = st.sampled_from(
    [
        "id",
        "title",
        "question",
        "asker",
        "asked",
        "answers",
        "more_info",
        "topics",
        "specialty",
        "source",
        "url",
        "lang",
    ]
)
QUIET = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_requests_made_of_the_document_and_noise(tmp_path: Path) -> None:
    found = Found()
    with site(tmp_path) as app, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Schemathesis warns of what its own dependencies do
        by_schema(app, 250, found)
        noise(app.test_client(), 400, random.Random(2), found)
    assert found.broken == []
    assert found.statuses.total() > 450
    assert {"200", "400", "404", "405"} <= found.statuses.keys()


@QUIET
@given(value=st.dictionaries(FIELDS | ANY_TEXT, JSON, max_size=8) | JSON)
def test_any_json_is_a_record_or_one_clear_error(value: object) -> None:
    why = ""
    try:
        record = from_json(value)  # type: ignore[arg-type]
    except (CorpusError, ValueError) as error:
        why = str(error)
    if why:
        assert "\n" not in why
    else:
        assert from_json(to_json(record)) == record


@QUIET
@given(data=st.binary(max_size=400) | st.lists(JSON, max_size=3).map(lambda some: json.dumps(some).encode()))
@pytest.mark.parametrize("form", sorted(FORMATS))
def test_any_file_is_records_or_one_clear_error(
    form: str, data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "source"
    source.write_bytes(data)
    status = ended(corpus_main, ["import", form, str(source), "-o", str(tmp_path / "out.jsonl")])
    printed = capsys.readouterr()
    assert status in (0, 1, 2)
    assert "Traceback" not in printed.err
    if status == 0:
        lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
        assert all(isinstance(from_json(json.loads(line)), Record) for line in lines)


@pytest.mark.parametrize("door", [corpus_main, indexer_main, search_main, web_main])
@QUIET
@given(words=st.lists(ARGUMENT, max_size=4))
def test_any_arguments_are_wrong_usage_or_one_line(
    door: Callable[[list[str]], int], words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    never_serves = ["--port", "none"] if door is web_main else []
    with contextlib.chdir(tmp_path):
        assert ended(door, [*never_serves, *words]) in (0, 1, 2)
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.usefixtures("toy_model")
@QUIET
@given(text=ANY_TEXT.filter(lambda text: "\0" not in text))
def test_any_question_in_the_shell_is_answered_or_refused_in_one_line(
    text: str, built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    started = time.monotonic()
    assert ended(search_main, ["ask", "--index", str(built), "--json", "--", text]) in (
        (0, 1) if text.strip() else (2,)
    )
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    assert printed.err.count("\n") <= 1
    assert time.monotonic() - started < PATIENCE_S


@pytest.mark.parametrize(
    "content",
    [
        b'{"id": "a", "title": "' + b"x" * 1_000_000 + b'"}\n',
        b'{"id": "a", "title": ' + b"[" * 100_000 + b"\n",
        b'{"id": "a", "title": "\\ud800"}\n',
        b'{"id": "a\\u0000b", "title": "x"}\n',
        b"\xff\xfe" * 100,
        b'{"id": "a", "title": "x"}' * 2,
        b'{"id": "a", "title": "x", "asked": "99999-99-99"}\n',
        b'{"id": "' + b"9" * 400 + b'", "title": "x"}\n',
        b'{"id": 1e999, "title": NaN}\n',
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_hostile_records_are_refused_or_read_and_never_a_traceback(
    content: bytes, packed: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / ("records.jsonl.gz" if packed else "records.jsonl")
    source.write_bytes(gzip.compress(content) if packed else content)
    assert ended(corpus_main, ["check", str(source)]) in (0, 1)
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("cut", [1, 10, 15])
def test_a_compressed_file_that_is_cut_off_is_one_line(
    cut: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "records.jsonl.gz"
    source.write_bytes(gzip.compress(b'{"id": "a", "title": "x"}\n')[:-cut])
    assert ended(corpus_main, ["check", str(source)]) == 1
    assert "Traceback" not in capsys.readouterr().err


def ended(door: Callable[[list[str]], int], words: list[str]) -> int:
    """Exit status of a command line, however it ends."""
    try:
        return door(words)
    except SystemExit as end:
        return int(end.code or 0)
