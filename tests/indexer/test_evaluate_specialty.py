"""The command that measures inferred specialties, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.jsonl import write
from indexer.cli import main
from indexer.publish import writing
from search.layout import Layout
from tests.toy_encoder import ToyEncoder
from tests.toy_records import LIP, RECORDS, TITLE_ONLY


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command over two records that state a specialty."""
    monkeypatch.setattr("indexer.evaluate_specialty.open_encoder", lambda layout, name=None: ToyEncoder())
    write([LIP, TITLE_ONLY], tmp_path / "records.jsonl")
    return ["evaluate-specialty", str(tmp_path / "records.jsonl"), "--index", str(tmp_path / "index")]


def test_the_figures_are_written_beside_those_of_other_names(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "found.json").write_text('{"other": {"records": 1}}')
    assert main([*command, "--json", str(tmp_path / "found.json"), "--name", "toys"]) == 0
    found = json.loads((tmp_path / "found.json").read_text())
    assert (found["other"], found["toys"]["records"], found["toys"]["model"]) == ({"records": 1}, 2, "toy")


def test_a_bad_line_is_said(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open(tmp_path / "records.jsonl", "a") as file:
        file.write('{"title": "x"}\n')
    assert main(command) == 1
    assert capsys.readouterr().err == f"python -m indexer: {tmp_path}/records.jsonl:3: the field id is missing\n"


def test_records_for_which_nobody_says_what_is_right_have_no_figures(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write([record for record in RECORDS if not record.specialty], tmp_path / "records.jsonl")
    assert main(command) == 1
    assert "records state no specialty: give the one of them by --expected, or --list" in capsys.readouterr().err
    assert main([*command, "--list"]) == 0
    assert "are told" not in capsys.readouterr().out
    assert main([*command, "--expected", "Dermatology"]) == 0


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--most", "0"], 2, "--most must be 1 or more, found 0"),
        (["--json", "JSON"], 1, "found.json holds no figures; give a file that --json wrote"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_embedded(
    command: list[str], more: list[str], code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "found.json").write_text("no figures")
    assert main([*command, *(str(tmp_path / "found.json") if word == "JSON" else word for word in more)]) == code
    assert said in capsys.readouterr().err
    assert not (tmp_path / "index").exists()


def test_beside_a_build_it_is_refused(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with writing(Layout(tmp_path / "index")):
        assert main(command) == 1
    assert "is writing to" in capsys.readouterr().err
