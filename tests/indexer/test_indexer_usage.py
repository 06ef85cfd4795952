"""Wrong usage of the indexer's command line: one line, exit code 2, and nothing read or written."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

import indexer
from indexer.cli import main

pytestmark = pytest.mark.usefixtures("toy_model")


@pytest.mark.parametrize(
    "arguments",
    [[], ["build"], ["build", "x.jsonl", "--remove", "a"], ["update", "--model", "m"], ["evaluate"], ["destroy"]],
)
def test_wrong_usage_is_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("python -m indexer")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("build a.jsonl --rejects", "--rejects"),
        ("evaluate pack --json", "--json"),
        ("calibrate packs --out", "--out"),
        ("tune a.jsonl --out", "-o/--out"),
        ("tune a.jsonl -o model --weights", "--weights"),
    ],
)
def test_an_empty_path_is_wrong_usage(command: str, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*command.split(), ""])
    said = f"argument {option}: the path is empty; give the name of a file or folder"
    prog = f"python -m indexer {command.split()[0]}"
    assert capsys.readouterr().err == f"{prog}: {said}; see {prog} --help\n"


@pytest.mark.parametrize(
    "command",
    ["build a.jsonl --index", "update --remove a --index", "info --index", "verify --index", "rollback --index",
     "erase a --index", "copy --index", "copy --to", "evaluate pack --index", "evaluate-specialty a.jsonl --index",
     "calibrate packs --index", "compare here --pack pack"],
)  # fmt: skip
def test_an_empty_index_is_wrong_usage(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        main([*command.split(), ""])
    said = capsys.readouterr().err
    assert "INDEX: an empty" in said or f"{command.split()[-1]}: an empty text is no address of an index: give" in said
    assert said.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--ray", "nowhere"], "--ray nowhere is no address; give host:port of a cluster, or local"),
        (["--ray", "127.0.0.1:1"], "no Ray cluster answers at 127.0.0.1:1 ([Errno 111] Connection refused); "
         "start one with: ray start --head, and give the address that it says"),
        (["--encoders", "2"], "--encoders takes a number from 1 on, and needs --ray ADDRESS"),
        (["--ray", "local", "--encoders", "0"], "--encoders takes a number from 1 on, and needs --ray ADDRESS"),
    ],
)  # fmt: skip
def test_a_cluster_that_cannot_be_is_said_before_anything_is_read(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "index"
    usage = "--encoders" in arguments
    assert main(["build", str(tmp_path / "none.jsonl"), "--index", str(index), *arguments]) == (2 if usage else 1)
    more = "; see python -m indexer --help" if usage else ""
    assert capsys.readouterr() == ("", f"python -m indexer: {message}{more}\n")
    assert not index.exists()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("rollback", "publish the version before this one again"),
        ("erase", "remove records for good: from every version, file and cache"),
        ("build", "a name or a folder (default: medqa-minilm-l6, which is built in)"),
    ],
)
def test_the_help_of_a_command_says_what_it_does(command: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    assert said in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("name", ["drug_names", "rare_words"])
def test_the_programs_that_write_lists_of_words_say_what_they_read(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", [name])
    with pytest.raises(SystemExit, match="2"):
        runpy.run_path(str(Path(indexer.__file__).with_name(f"{name}.py")), run_name="__main__")
    assert capsys.readouterr().err.startswith(f"python -m indexer.{name}: the following arguments are required: ")
