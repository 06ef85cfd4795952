"""The command that compares two homes of the same records, and the packs that it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.cli import main
from tests.indexer.test_evaluate import write_pack

pytestmark = pytest.mark.usefixtures("toy_model")


def test_two_homes_that_are_one_answer_alike(built: Path, tmp_path: Path) -> None:
    pack, figures = write_pack(tmp_path / "toys"), tmp_path / "homes.json"
    figures.write_text('{"other": {"records": 1}}')
    assert main(["compare", str(built), str(built), "--pack", str(pack), "--json", str(figures), "--check"]) == 0
    found = json.loads(figures.read_text())
    assert found["other"] == {"records": 1}
    assert (found["toys"]["overlap@10"], found["toys"]["difference"]) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("toys/queries.jsonl", "", "no question of toys has a record of grade 1 or more"),
        ("toys/qrels.txt", "rash 0 toy:other 1\n", "toy:other for one; give the --index that holds the pack's records"),
        ("homes.json", "no figures", "homes.json holds no figures; give a file that --json wrote"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_said(
    name: str, text: str, said: str, built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = write_pack(tmp_path / "toys")
    (tmp_path / name).write_text(text)
    arguments = ["--pack", str(pack), "--json", str(tmp_path / "homes.json")]
    assert main(["compare", str(built), str(built), *arguments]) == 1
    assert said in capsys.readouterr().err
