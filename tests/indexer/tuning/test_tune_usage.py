"""What `tune` refuses, as far as it can be told before anything is trained."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.jsonl import write
from corpus.records import Answer, Record
from indexer.cli import main
from indexer.tuning.save import base_provenance, place_for, save
from search.errors import SearchError

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
TITLE = Record("t:1", title="Only a title")
ANSWERED = Record("t:2", title="Why does my ear itch?", answers=(Answer("It is dry."),))


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
        ("--replay=-1", "--replay must be 0 or more, found -1"),
        ("--minutes=0", "--minutes must be more than 0, found 0"),
        ("--minutes=nan", "--minutes must be more than 0, found nan"),
        ("--passes=0", "--passes must be more than 0 and finite, found 0"),
        ("--passes=nan", "--passes must be more than 0 and finite, found nan"),
        ("--no-written --written here", "--no-written leaves out what --written names; give one of the two"),
        ("--weights w.json", "--weights w.json: where it is from is written there; give a name without .json"),
        ("--passes=inf", "--passes must be more than 0 and finite, found inf"),
    ],
)
def test_what_trains_nothing_is_wrong_usage(
    option: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tune", str(tmp_path / "records.jsonl"), "-o", str(tmp_path / "out"), *option.split()]) == 2
    assert capsys.readouterr().err == f"python -m indexer: {said}; see python -m indexer --help\n"


@pytest.mark.parametrize("most", ["term", "term=", "=5", "term=-5", "term=few"])
def test_a_kind_needs_its_number(most: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["tune", str(tmp_path / "records.jsonl"), "-o", str(tmp_path / "out"), f"--most={most}"])
    assert f"expected a kind of pair and a number, as in term=500, found '{most}'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("records", "option", "said"),
    [
        ([TITLE], [], "there are no pairs to train on: records need a title or a message, and an answer"),
        ([ANSWERED], [], "no pair of 1 is held out, so that nothing can be measured; give more records"),
        ([ANSWERED], ["--most", "titel-answer=5"], "--most titel-answer: there are no pairs of that kind, but title-"),
    ],
)
def test_records_that_are_not_enough_are_said_before_training(
    records: list[Record], option: list[str], said: str, tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(records, tmp_path / "records.jsonl")
    arguments = ["tune", str(tmp_path / "records.jsonl"), "--base", str(tiny), "-o", str(tmp_path / "out")]
    assert main([*arguments, "--no-terms", "--no-written", *option]) == 1
    found = capsys.readouterr().err
    assert said in found
    assert "measuring" not in found
    assert [path.name for path in tmp_path.iterdir()] == ["records.jsonl"]


@pytest.mark.parametrize("option", ["-o", "--weights"])
def test_a_place_that_cannot_be_written_is_said_before_anything_is_read(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    options = {"-o": str(tmp_path / "out")} | {option: str(tmp_path / "file" / "x")}
    arguments = [part for pair in options.items() for part in pair]
    assert main(["tune", str(tmp_path / "none.jsonl"), "--base", str(tmp_path / "none"), *arguments]) == 1
    assert f"{tmp_path}/file/x cannot be written (" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_base_may_have_a_file_named_like_our_note(tmp_path: Path) -> None:
    assert base_provenance(tmp_path) is None
    (tmp_path / "provenance.txt").write_text("bought at a market")
    assert base_provenance(tmp_path) is None
    (tmp_path / "provenance.txt").write_text('{"base": "b"}')
    assert base_provenance(tmp_path) == {"base": "b"}


def test_a_model_takes_its_place_whole_or_leaves_nothing(tmp_path: Path) -> None:
    with (
        pytest.raises(SearchError, match=r"cannot be written to .*make room"),
        place_for(tmp_path / "out", None) as part,
    ):
        save(Full(), part, {})
    assert list(tmp_path.iterdir()) == []
    with place_for(tmp_path / "out", tmp_path / "new" / "weights") as part:
        (part / "whole").write_text("")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["new", "out", "whole"]


class Full:
    """A model that there is no room for."""

    def save(self, folder: str, create_model_card: bool) -> None:
        from safetensors import SafetensorError

        Path(folder, "half").write_text("")
        raise SafetensorError("No space left on device")
