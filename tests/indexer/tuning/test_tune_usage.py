"""What `tune` refuses, as far as it can be told before anything is trained."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.jsonl import write
from corpus.records import Record
from indexer.cli import main

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--runs=0", "--runs must be 1 or more, found 0"),
        ("--per-kind=0", "--per-kind must be 1 or more, found 0"),
        ("--long=-3", "--long must be 1 or more, found -3"),
        ("--labels=-1", "--labels must be 0 or more, found -1"),
        ("--labels=nan", "--labels must be 0 or more, found nan"),
        ("--alone=-1", "--alone must be 0 or more, found -1"),
        ("--rate=-1", "--rate must be 0 or more, found -1"),
        ("--rate=nan", "--rate must be 0 or more, found nan"),
        ("--keep=inf", "--keep must be 0 or more, found inf"),
        ("--share=nan", "--share must be 0 or more, found nan"),
        ("--share=1.5", "--share must be 0 to 1, found 1.5"),
        ("--apart=-1", "--apart must be 0 or more, found -1"),
        ("--tricked=-1", "--tricked must be 0 or more, found -1"),
        ("--batch=1", "--batch must be 2 or more, found 1"),
        ("--alone=8", "--alone needs a --teacher: texts of no pair are learnt from what it says of them"),
        ("--passes=0", "--passes must be more than 0 and finite, found 0"),
        ("--passes=nan", "--passes must be more than 0 and finite, found nan"),
        ("--passes=inf", "--passes must be more than 0 and finite, found inf"),
    ],
)
def test_numbers_that_train_nothing_are_refused(
    option: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tune", str(tmp_path / "records.jsonl"), "-o", str(tmp_path / "out"), option]) == 1
    assert capsys.readouterr().err.strip() == f"python -m indexer: {said}"


@pytest.mark.parametrize("most", ["term", "term=", "=5", "term=-5", "term=few"])
def test_a_kind_needs_its_number(most: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["tune", str(tmp_path / "records.jsonl"), "-o", str(tmp_path / "out"), f"--most={most}"])
    assert f"expected a kind of pair and a number, as in term=500, found '{most}'" in capsys.readouterr().err


def test_records_without_pairs_are_refused(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write([Record("t:1", title="Only a title")], tmp_path / "records.jsonl")
    arguments = [
        "tune",
        str(tmp_path / "records.jsonl"),
        "--base",
        str(tiny),
        "-o",
        str(tmp_path / "out"),
        "--no-terms",
        "--no-written",
    ]
    assert main(arguments) == 1
    assert "there are no pairs to train on: records need a title or a message, and an answer" in capsys.readouterr().err
