"""`python -m web`: what it says, how it ends, and the server that it starts."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import product
from pathlib import Path

import pytest

from web import MAX_BODY
from web.cli import listen, main
from web.server import address
from web.settings import Settings, unknown

ROOT = Path(__file__).parents[2]
NOT_SET = ("PROMETHEUS_MULTIPROC_DIR", "MEDQA_COUNTRY", "MEDQA_INDEX")
PATIENCE_S = 60  # a slow machine's worst; the server is up in about one


@contextmanager
def server(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    environment = {name: value for name, value in os.environ.items() if name != "PROMETHEUS_MULTIPROC_DIR"}
    with started([sys.executable, "-m", "tests.web.serve_toy", *arguments], environment) as process:
        yield process


@contextmanager
def started(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=PATIENCE_S)


@contextmanager
def server_of_the_command(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`python -m web` over the toy records, without a country and with a setting that is none."""
    command = (
        "import sys; from web import cli; from tests.web.serve_toy import make_app;"
        "cli.create_app = lambda *given, **named: make_app();"
        "sys.exit(cli.main(['--port', '0', '--workers', sys.argv[1]]))"
    )
    environment = {name: value for name, value in os.environ.items() if name not in NOT_SET} | {"MEDQA_CONTRY": "US"}
    with started([sys.executable, "-c", command, *arguments], environment) as process:
        yield process


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    line = process.stdout.readline()
    assert line.startswith("MedQA Search is ready: http://127.0.0.1:")
    assert line.endswith(" (5 records)\n")
    return line.split()[4]


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as response:
        return str(response.read().decode())


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_server_says_where_it_is_answers_logs_no_question_and_stops(stop: signal.Signals) -> None:
    with server("1") as process:
        url = url_of(process)
        assert json.loads(fetch(f"{url}/api/search?q=lip&k=1"))["results"][0]["id"] == "toy:lip-1"
        with socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])), timeout=PATIENCE_S) as raw:
            raw.sendall(b"GET /?q=lip nonsense\r\n\r\n")
            assert raw.recv(100).startswith(b"HTTP/1.1 400")
        process.send_signal(stop)
        output, errors = process.communicate(timeout=PATIENCE_S)
        assert (output, errors, process.returncode) == ("stopped: \n", "", 0)


def test_a_body_is_refused_where_it_is_too_long_however_it_comes() -> None:
    kinds = {
        "/api/search": ("application/json", b'{"q": "lip"} '),
        "/": ("application/x-www-form-urlencoded", b"q=lip&"),
    }
    with server("1") as process:
        place = url_of(process).removeprefix("http://")
        sizes = ((MAX_BODY, 200), (MAX_BODY + 1, 413), (2 * MAX_BODY, 413))
        for (size, status), in_chunks in product(sizes, (True, False)):
            for address, (kind, asked) in kinds.items():
                body = asked.ljust(size, asked[-1:])
                sent = iter([body[:9], body[9:]]) if in_chunks else body
                there = HTTPConnection(place, timeout=PATIENCE_S)
                there.request("POST", address, sent, {"Content-Type": kind}, encode_chunked=in_chunks)
                answer = there.getresponse()
                assert (answer.status, b"256 KiB" in answer.read()) == (status, status == 413)
                there.close()


def test_workers_add_up_their_counters() -> None:
    with server("2") as process:
        url = url_of(process)
        for _ in range(12):
            fetch(f"{url}/healthz")
        counted = fetch(f"{url}/metrics")
        assert 'medqa_requests_total{endpoint="operations.healthz",status="200"} 12.0' in counted
        assert "medqa_index_records 5.0" in counted


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_is_worth_a_look_is_said_once_an_index_is_open(workers: str) -> None:
    with server_of_the_command(workers) as process:
        url_of(process)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert [line.partition("MEDQA_")[2] for line in errors.splitlines() if " WARNING " in line] == [
        "COUNTRY is not set: emergency notices name no number to call",
        "CONTRY is no setting; those known stand in docs/operations.md",
    ]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_without_an_index_the_command_says_that_alone(workers: str) -> None:
    with server_of_the_command(workers, "expected format 1, found 2") as process:
        output, errors = process.communicate(timeout=PATIENCE_S)
    assert (output, errors, process.returncode) == (
        "",
        "python -m web: version v1 was refused: expected format 1, found 2\n",
        1,
    )


def test_a_port_in_use_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 1
    assert capsys.readouterr().err == (
        f"python -m web: cannot listen on 127.0.0.1:{port}: Address already in use; "
        "choose another with --host or --port\n"
    )


def test_an_address_of_another_machine_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--host", "192.0.2.1", "--port", "0"]) == 1
    assert capsys.readouterr().err == (
        "python -m web: cannot listen on 192.0.2.1:0: Cannot assign requested address; "
        "choose another with --host or --port\n"
    )


def test_a_setting_that_cannot_be_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDQA_OPERATOR_TOKEN", "short")
    assert main(["--port", "0"]) == 1
    assert capsys.readouterr().err == "python -m web: MEDQA_OPERATOR_TOKEN must have at least 16 characters\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "70000"], "argument --port: must be from 0 to 65535, found 70000"),
        (["--port", "http"], "argument --port: must be from 0 to 65535, found http"),
        (["--workers", "0"], "argument --workers: must be from 1 to 64, found 0"),
        (["--threads", "-1"], "argument --threads: must be from 1 to 256, found -1"),
        (
            ["--index", ""],
            "argument --index: an empty text is no address of an index: give a folder, or "
            "milvus://host[:19530]/name, its name of 1 to 60 letters, digits and _",
        ),
        (["serve"], "unrecognized arguments: serve"),
    ],
)
def test_wrong_usage_exits_with_2(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err == f"python -m web: {message}; see python -m web --help\n"


def test_help_names_the_environment_and_the_index_there(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for value, shown in (("somewhere/else", "(default: somewhere/else)"), ("", "(default: var/index)")):
        monkeypatch.setenv("MEDQA_INDEX", value)
        with pytest.raises(SystemExit):
            main(["--help"])
        said = " ".join(capsys.readouterr().out.split())
        assert shown in said
        assert said.endswith("such as MEDQA_COUNTRY=US: docs/operations.md lists it.")


def test_the_address_is_one_that_a_browser_here_can_open() -> None:
    for host, shown in (("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "localhost"), ("localhost", "127.0.0.1")):
        with listen(host, 0) as listener:
            assert address(listener) == f"http://{shown}:{listener.getsockname()[1]}"


def test_a_misspelt_setting_is_told_from_a_known_one() -> None:
    assert unknown({"MEDQA_CONTRY": "US", "MEDQA_COUNTRY": "US", "MEDQA_PATIENCE": "3", "PATH": ""}) == ["MEDQA_CONTRY"]


def test_the_settings_of_the_environment_are_those_of_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []

    def noted(make_app: object, listener: object, workers: int, threads: int, settings: Settings, notes: object) -> str:
        seen.extend([threads, settings.patience, settings.slow_after, settings.hung_after, settings.waiting])
        return ""

    monkeypatch.setattr("web.server.serve", noted)
    for name, value in {"PATIENCE": "1", "SLOW_AFTER": "2", "HUNG_AFTER": "4", "WAITING": "7"}.items():
        monkeypatch.setenv(f"MEDQA_{name}", value)
    assert main(["--index", str(tmp_path), "--port", "0", "--threads", "3"]) == 0
    assert seen == [3, 1, 2, 4, 7]
