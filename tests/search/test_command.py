"""What every command line shares: its index, its exit codes, and errors in one line."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from search.command import index_option, run
from search.errors import SearchError

CHECK = "check the path, its permissions and the room on the disk"
ROOT = Path(__file__).parents[2]
LONG_OUTPUT = """
import sys
from tests.search.test_command import parser_of, run
sys.exit(run(parser_of(lambda args: print("x" * 1_000_000)), []))
"""
TERMINATED = """
import signal
from tests.search.test_command import parser_of, run
before = signal.getsignal(signal.SIGTERM)
code = run(parser_of(lambda args: signal.raise_signal(signal.SIGTERM)), [])
print(code, signal.getsignal(signal.SIGTERM) is before)
"""

OTHER_CHARACTERS = """
import sys
from corpus.output import as_json
from tests.search.test_command import parser_of, run
text = "caf\\xe9 \\u819d \\U0001f9b5"
sys.exit(run(parser_of(lambda args: print(text, as_json(text), sep="|")), []))
"""


def parser_of(action: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="toy")
    index_option(parser)
    parser.set_defaults(action=action)
    return parser


def failing(error: BaseException) -> Callable[[argparse.Namespace], None]:
    def action(args: argparse.Namespace) -> None:
        raise error

    return action


def test_done_is_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(parser_of(lambda args: print("done")), []) == 0
    assert capsys.readouterr() == ("done\n", "")


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (SearchError("no index"), 1, "toy: no index"),
        (CorpusError("no records"), 1, "toy: no records"),
        (
            FileNotFoundError(2, "No such file or directory", "a.jsonl"),
            1,
            f"toy: a.jsonl: No such file or directory; {CHECK}",
        ),
        (OSError("odd"), 1, f"toy: a file: odd; {CHECK}"),
        (KeyboardInterrupt(), 130, "toy: interrupted"),
    ],
)
def test_what_fails_is_one_line(error: BaseException, code: int, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(parser_of(failing(error)), []) == code
    assert capsys.readouterr() == ("", line + "\n")


@pytest.mark.parametrize(("value", "expected"), [(None, "var/index"), ("", "var/index"), ("/data/mine", "/data/mine")])
def test_the_index_is_the_one_named_else_the_environments_else_the_usual(
    monkeypatch: pytest.MonkeyPatch, value: str | None, expected: str
) -> None:
    monkeypatch.delenv("MEDQA_INDEX", raising=False)
    if value is not None:
        monkeypatch.setenv("MEDQA_INDEX", value)
    found: list[Path] = []
    parser = parser_of(lambda args: found.append(args.index))
    run(parser, [])
    run(parser, ["--index", "here"])
    assert found == [Path(expected), Path("here")]


@pytest.mark.parametrize("package", ["search", "indexer"])
def test_a_package_is_a_command(package: str) -> None:
    done = subprocess.run([sys.executable, "-m", package], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"python -m {package}: the following arguments are required: COMMAND; see python -m {package} --help\n"
    )


def test_a_command_that_is_terminated_says_so_and_takes_signals_as_before() -> None:
    done = subprocess.run([sys.executable, "-c", TERMINATED], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "143 True\n", "toy: terminated\n")


def test_a_reader_that_has_seen_enough_is_no_failure() -> None:
    command = f"{sys.executable} -c '{LONG_OUTPUT}' | head -c 1 > /dev/null; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
def test_what_standard_output_cannot_show_is_an_escape_there(encoding: str) -> None:
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = subprocess.run(
        [sys.executable, "-c", OTHER_CHARACTERS], cwd=ROOT, capture_output=True, env=environment, check=False
    )
    text = "caf\xe9 \u819d \U0001f9b5"
    said, _, value = done.stdout.decode(encoding).strip().partition("|")
    assert (done.returncode, done.stderr) == (0, b"")
    assert said == text.encode(encoding, "backslashreplace").decode(encoding)
    assert json.loads(value) == text


@pytest.mark.parametrize("command", ["-m corpus check tests/toy/sources/records.jsonl", f"-c '{OTHER_CHARACTERS}'"])
def test_a_closed_standard_output_takes_nothing_and_is_no_error(command: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} {command} >&-"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
