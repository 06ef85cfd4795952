"""The command line, as a user sees it: exit code, words, and what is on the disk."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus import fetch, progress
from tests.corpus.conftest import Run

ROOT = Path(__file__).parents[2]
GOOD = '{"id": "a", "title": "One?"}\n'


def start(*arguments: object) -> subprocess.Popen[str]:
    """The command, begun; it takes an interrupt even where the tests are a job in the background, which ignores it."""
    command = [sys.executable, "-m", "corpus", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)  # what is begun inherits it
    try:
        return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=pipe, stderr=pipe)
    finally:
        signal.signal(signal.SIGINT, before)


def test_import_medquad(run: Run, toy: Path, tmp_path: Path) -> None:
    ran = run("import", "medquad", toy / "medquad", "-o", tmp_path / "out.jsonl")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == (
        f"2 records written to {tmp_path}/out.jsonl "
        "(1 pairs without an answer left out, 2 pairs in files of another form (doc) left out)\n"
    )
    assert [json.loads(line)["id"] for line in (tmp_path / "out.jsonl").read_text().splitlines()] == [
        "medquad:Garden_0000001_Sec1",
        "medquad:Garden_0000001_Sec1.2",
    ]


def test_import_tsv_with_a_column_map(run: Run, toy: Path, tmp_path: Path) -> None:
    columns = ["--column", "title=Headline", "--column", "answer=Reply"]
    ran = run("import", "tsv", toy / "headlines.tsv", "-o", tmp_path / "out.jsonl", *columns)
    assert (ran.code, ran.err) == (
        0,
        f"{toy}/headlines.tsv: kept and shown, but not searched: Doctor, Note; to use one: --column FIELD=Doctor\n"
        f"2 records written to {tmp_path}/out.jsonl\n",
    )


def test_import_pages_keeps_one_record_a_question(run: Run, tmp_path: Path) -> None:
    who = "\nWu, female. Ask Date: 2012/01/15"
    (tmp_path / "1.txt").write_text(f"A?\nHelp.{who}\nSimilar Q&A\nB?\nHelp.\n[Read More] B?")
    (tmp_path / "2.txt").write_text(f"B?\nHelp.{who}")
    ran = run("import", "qa-page", tmp_path / "1.txt", tmp_path / "2.txt", "-o", tmp_path / "out.jsonl")
    assert (ran.code, ran.err) == (
        0,
        f"2 records written to {tmp_path}/out.jsonl (1 repeats of a question left out)\n",
    )
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(record["title"], record["asker"]) for record in found] == [
        ("A?", {"sex": "female"}),
        ("B?", {"sex": "female"}),
    ]


@pytest.mark.parametrize(("kind", "text"), [("jsonl", ""), ("csv", ""), ("csv", "id,title\n"), ("qa-json", "[]")])
def test_an_empty_file_is_an_error(run: Run, tmp_path: Path, kind: str, text: str) -> None:
    (tmp_path / "in").write_text(text)
    ran = run("import", kind, tmp_path / "in", "-o", tmp_path / "out.jsonl")
    assert (ran.code, ran.err) == (
        1,
        f"python -m corpus: no records in {tmp_path}/in; {tmp_path}/out.jsonl was not written\n",
    )
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["import", "xml", "a", "-o", "b"], "'jsonl', 'csv', 'tsv', 'medquad', 'qa-page', 'qa-json'"),
        (["import", "csv", "a"], "the following arguments are required: -o/--output"),
        (
            ["import", "csv", "a", "-o", "b", "--column", "tilte=x"],
            "tilte=x is not FIELD=HEADER; the fields are asked, id,",
        ),
        (["import", "csv", "a", "-o", "b", "--column", "title"], "title is not FIELD=HEADER"),
        (
            ["import", "csv", "a", "-o", "b", "--column", "answer=x", "--column", "answer=y"],
            "--column names a column for answer twice; a field has one",
        ),
        (["import", "jsonl", "a", "-o", "b", "--column", "title=x"], "--column is for csv and tsv, not for jsonl"),
        (["import", "jsonl", "a", "-o", "b", "--without", "x"], "--without is for csv, tsv and qa-json, not for jsonl"),
        (["import", "jsonl", "a", "-o", "b", "--rejects", "b"], "--rejects and -o name the same file"),
        (["import", "jsonl", "a", "-o", "b", "--rejects", "c/../b"], "--rejects and -o name the same file"),
        (
            ["import", "jsonl", "a", "-o", ""],
            "argument -o/--output: the path is empty; give the name of a file or folder",
        ),
        (["import", "jsonl", "a", "-o", "b", "--rejects", " "], "argument --rejects: the path is empty"),
        (["import", "medquad", "", "-o", "b"], "argument SRC: the path is empty"),
        (["fetch", "medquad", "-o", ""], "argument -o/--output: the path is empty"),
        (["fetch", "other", "-o", "b"], "invalid choice: 'other' (choose from 'medquad')"),
    ],
)
def test_wrong_usage(run: Run, arguments: list[str], said: str) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert said in ran.err


def test_files_that_cannot_be_read_or_written(run: Run, toy: Path, tmp_path: Path) -> None:
    next_step = "check the path, its permissions and the room on the disk"
    ran = run("check", tmp_path / "none.jsonl")
    assert (ran.code, ran.err) == (
        1,
        f"python -m corpus: {tmp_path}/none.jsonl: No such file or directory; {next_step}\n",
    )
    ran = run("import", "jsonl", toy / "records.jsonl", "-o", tmp_path)
    assert (ran.code, ran.err) == (1, f"python -m corpus: {tmp_path}: Is a directory; {next_step}\n")


def test_a_missing_column_is_one_line(run: Run, toy: Path, tmp_path: Path) -> None:
    ran = run("import", "tsv", toy / "headlines.tsv", "-o", tmp_path / "out.jsonl", "--column", "title=Titel")
    assert (ran.code, ran.err) == (
        1,
        f"python -m corpus: {toy}/headlines.tsv: there is no column Titel for the field title; "
        "the columns found are: Headline, Reply, Doctor, Note\n",
    )


def test_check(run: Run, toy: Path, tmp_path: Path) -> None:
    ran = run("check", toy / "records.jsonl")
    assert (ran.code, ran.out, ran.err) == (0, "3 records, no bad line\n", "")
    (tmp_path / "in.jsonl").write_text(f"{GOOD}\x1b[2J\n")
    ran = run("check", tmp_path / "in.jsonl")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines() == [
        f"{tmp_path}/in.jsonl:2: not JSON: Expecting value at position 1",
        "python -m corpus: 1 bad line, 1 good record; mend them, or sort them out with: "
        "import jsonl FILE... -o GOOD --rejects BAD",
    ]


@pytest.mark.parametrize("command", ["check", "stats"])
def test_long_reading_says_how_far_it_has_come(
    run: Run, toy: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(progress, "LINE_SECONDS", 0)
    assert [line.split(" records, ")[0] for line in run(command, toy / "records.jsonl").err.splitlines()] == list("123")


def test_what_a_terminal_would_obey_is_escaped(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text(json.dumps([{"\x1b[2J\nclear": 1}]))
    ran = run("import", "qa-json", tmp_path / "in.json", "-o", tmp_path / "out.jsonl")
    assert "the fields found are: \\x1b[2J\\nclear; " in ran.err
    assert "\x1b" not in ran.err


def test_stats(run: Run, toy: Path, tmp_path: Path) -> None:
    ran = run("stats", toy / "records.jsonl")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("records                     3\nanswers                     3\n")
    assert json.loads(run("stats", toy / "records.jsonl", "--json").out)["unanswered"] == 1
    (tmp_path / "in.jsonl").write_text(f"{GOOD}[]\n")
    ran = run("stats", tmp_path / "in.jsonl")
    assert (ran.code, ran.out.split("\n")[0]) == (1, "records                     1")


def test_stats_of_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("\n")
    ran = run("stats", tmp_path / "in.jsonl")
    assert (ran.code, ran.out, ran.err) == (1, "", f"python -m corpus: no records in {tmp_path}/in.jsonl\n")


def test_fetch_is_one_line_when_it_fails(run: Run, tmp_path: Path) -> None:
    ran = run("fetch", "medquad", "-o", tmp_path / "out.jsonl", "--url", "file:///etc/passwd")
    assert (ran.code, ran.err) == (1, "python -m corpus: file:///etc/passwd is not an http or https address\n")
    assert fetch.MEDQUAD_URL.startswith("https://")


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    many = [{"id": str(n), "title": "T", "source": f"S{n}"} for n in range(3000)]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(record) + "\n" for record in many))
    process = start("stats", tmp_path / "in.jsonl", "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert (process.wait(timeout=30), process.stderr.read()) == (141, "")
    process.stderr.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_one_line_and_no_file(number: signal.Signals, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "in.jsonl")
    process = start("import", "jsonl", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl")
    with open(tmp_path / "in.jsonl", "w") as pipe:  # opens when the command reads
        pipe.write(GOOD)
        pipe.flush()
        time.sleep(0.3)
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, "python -m corpus: interrupted; nothing was written\n")
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]
