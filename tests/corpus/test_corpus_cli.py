"""The command line, as a user sees it: exit code, words, and what is on the disk."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus import fetch, progress
from corpus.cli import main

ROOT = Path(__file__).parents[2]
GOOD = '{"id": "a", "title": "One?"}\n'


class Ran:
    """What a command came to."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def ran(*arguments: object) -> Ran:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:  # argparse leaves so
            code = int(stop.code or 0)
        return Ran(code, *capsys.readouterr())

    return ran


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


def test_bad_lines_are_said_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(f"{GOOD}[]\n{GOOD}")
    ran = run("import", "jsonl", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines() == [
        f"{tmp_path}/in.jsonl:2: a record must be a JSON object, found a list",
        f"{tmp_path}/in.jsonl:3: id a was used before, at {tmp_path}/in.jsonl:1",
        f"python -m corpus: 2 bad lines, so {tmp_path}/out.jsonl was not written; mend them, "
        "or put them aside with --rejects FILE",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_bad_lines_go_to_the_rejects_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(f"{GOOD}[]\n")
    out, rejects = tmp_path / "out.jsonl", tmp_path / "bad.jsonl"
    ran = run("import", "jsonl", tmp_path / "in.jsonl", "-o", out, "--rejects", rejects)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"1 record written to {out}; 1 bad line put into {rejects}\n"
    assert json.loads(out.read_text())["id"] == "a"
    assert json.loads(rejects.read_text()) == {
        "path": f"{tmp_path}/in.jsonl",
        "line": 2,
        "reason": "a record must be a JSON object, found a list",
        "text": "[]",
    }


def test_a_second_use_of_an_id_is_put_aside_as_it_stood(run: Run, tmp_path: Path) -> None:
    again = '{"title":"Tw\\u006f?",  "id":"a", "answers":[], "x":1.50}'
    (tmp_path / "in.jsonl").write_text(f"{GOOD}{again}\r\n")
    rejects = tmp_path / "bad.jsonl"
    assert run("import", "jsonl", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl", "--rejects", rejects).code == 0
    assert json.loads(rejects.read_text()) == {
        "path": f"{tmp_path}/in.jsonl",
        "line": 2,
        "reason": f"id a was used before, at {tmp_path}/in.jsonl:1",
        "text": again,
    }


@pytest.mark.parametrize(
    ("kind", "first", "again"),
    [
        ("csv", "id,title,answer\n", '1," A ","<b>B</b> &amp; \nC"'),
        ("tsv", "id\ttitle\n", "1\tA  &amp; B"),
        ("qa-json", "", '{"id": "x", "title": " A ", "reply": "<b>B</b>"}'),
    ],
)
def test_a_second_use_of_an_id_is_put_aside_from_any_format_as_it_stood(
    run: Run, tmp_path: Path, kind: str, first: str, again: str
) -> None:
    (tmp_path / "in").write_text(f"{first}{again}\n{again}\n")
    rejects = tmp_path / "bad.jsonl"
    assert run("import", kind, tmp_path / "in", "-o", tmp_path / "out.jsonl", "--rejects", rejects).code == 0
    assert json.loads(rejects.read_text())["text"] == again


def test_the_rejects_are_kept_when_nothing_is_good(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("[]\n")
    rejects = tmp_path / "bad.jsonl"
    ran = run("import", "jsonl", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl", "--rejects", rejects)
    assert ran.code == 1
    assert ran.err == (
        f"python -m corpus: no records in {tmp_path}/in.jsonl, but 1 bad line, put into {rejects}; "
        f"{tmp_path}/out.jsonl was not written\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.jsonl", "in.jsonl"]


def test_what_is_read_is_not_written_over_by_the_rejects(run: Run, tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(GOOD + "bad\n")
    ran = run("import", "jsonl", source, "-o", out, "--rejects", source)
    assert (ran.code, ran.err) == (1, f"python -m corpus: {source} is read here; give another file with --rejects\n")
    assert source.read_text() == GOOD + "bad\n"
    assert not out.exists()


@pytest.mark.parametrize("name", ["in.csv", "hard.csv", "soft.csv", "sub/../in.csv"])
@pytest.mark.parametrize("option", ["-o", "--rejects"])
def test_what_is_read_is_not_written_over_by_any_name(run: Run, tmp_path: Path, name: str, option: str) -> None:
    source, named = tmp_path / "in.csv", tmp_path / name
    source.write_text("Question\nA?\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "hard.csv").hardlink_to(source)
    (tmp_path / "soft.csv").symlink_to(source)
    out = () if option == "-o" else ("-o", tmp_path / "out.jsonl")
    ran = run("import", "csv", source, "--column", "title=Question", *out, option, named)
    assert (ran.code, ran.err) == (1, f"python -m corpus: {named} is read here; give another file with {option}\n")
    assert source.read_text() == "Question\nA?\n"
    assert not (tmp_path / "out.jsonl").exists()


def test_what_is_read_in_a_folder_is_not_written_over(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "pages" / "1.txt"
    page.parent.mkdir()
    page.write_text("A?\nHelp.\nWu, female. Ask Date: 2012/01/15")
    ran = run("import", "qa-page", page.parent, "-o", page)
    assert (ran.code, ran.err) == (1, f"python -m corpus: {page} is read here; give another file with -o\n")
    out = page.with_name("out.jsonl")
    assert [run("import", "qa-page", page.parent, "-o", out).code for _ in range(2)] == [0, 0]


def test_half_a_surrogate_pair_fits_into_the_rejects(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text('[{"question": "\\ud800"}, {"question": "A?"}]')
    rejects = tmp_path / "bad.jsonl"
    ran = run("import", "qa-json", tmp_path / "in.json", "-o", tmp_path / "out.jsonl", "--rejects", rejects)
    assert ran.code == 0
    assert json.loads(rejects.read_text(encoding="utf-8"))["text"] == '{"question": "\ud800"}'


def test_columns_that_are_not_understood_are_said(run: Run, tmp_path: Path) -> None:
    table, out = tmp_path / "t.csv", tmp_path / "out.jsonl"
    table.write_text("id,Question,Votes,Verdict,Reply\n1,A?,3,yes,\n2,B?,4,no,c\n")
    ran = run("import", "csv", table, "-o", out)
    assert (ran.code, ran.err) == (
        0,
        f"{table}: kept and shown, but not searched: Votes, Verdict; to use one: --column FIELD=Votes\n"
        f"1 of 2 records have no answer\n2 records written to {out}\n",
    )


def test_fields_that_are_not_understood_are_said(run: Run, tmp_path: Path) -> None:
    folder, out = tmp_path / "crawl", tmp_path / "out.jsonl"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.json").write_text(json.dumps({"question": f"{name}?", "best_reply": "Rest.", name: 1}))
    ran = run("import", "qa-json", folder, "-o", out)
    assert (ran.code, ran.err) == (
        0,
        f"{folder}: kept and shown, but not searched: best_reply, a, b; "
        "to use one: rename best_reply in the file, for example to answer\n"
        f"2 of 2 records have no answer\n2 records written to {out}\n",
    )


def test_what_could_not_be_read_is_put_aside_and_said(run: Run, tmp_path: Path) -> None:
    table, out, rejects = tmp_path / "t.csv", tmp_path / "out.jsonl", tmp_path / "x.rej"
    table.write_text('id,title,answer\n1,A,b\n2,"B,c\n3,C,d\n')
    ran = run("import", "csv", table, "-o", out, "--rejects", rejects)
    assert (ran.code, ran.err) == (
        0,
        f"1 record written to {out}; 1 bad line put into {rejects} (from {table}:3 on nothing was read: 2 lines)\n",
    )
    assert json.loads(rejects.read_text())["text"] == '2,"B,c\n3,C,d'


def test_what_of_a_json_file_is_not_read_is_said(run: Run, tmp_path: Path) -> None:
    export, out, rejects = tmp_path / "t.json", tmp_path / "out.jsonl", tmp_path / "x.rej"
    export.write_text('{"site": "S",\n"license": "L", "items": [{"title": "A", "answer": "b"}]}')
    ran = run("import", "qa-json", export, "-o", out)
    assert ran.err == f"1 record written to {out} (2 members beside the list of items left out)\n"
    export.write_text('[{"title": "A", "answer": "b"},\n{"title"},\n{"title": "B"}\n]\n')
    ran = run("import", "qa-json", export, "-o", out, "--rejects", rejects)
    assert ran.err == (
        f"1 record written to {out}; 1 bad line put into {rejects} (from {export}:2 on nothing was read: 3 lines)\n"
    )


@pytest.mark.parametrize("kind", ["csv", "qa-json"])
def test_an_id_used_in_two_sources_is_bad(run: Run, tmp_path: Path, kind: str) -> None:
    text = "id,title\n1,A\n" if kind == "csv" else '[{"question": "A?"}]'
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "t").write_text(text)
    ran = run("import", kind, tmp_path / "x" / "t", tmp_path / "y" / "t", "-o", tmp_path / "out.jsonl")
    name, line = ("1", 2) if kind == "csv" else (f"t:{IDS['t']}", 1)
    assert ran.code == 1
    assert ran.err.splitlines()[0] == (f"{tmp_path}/y/t:{line}: id {name} was used before, at {tmp_path}/x/t:{line}")


IDS = {"t": "43a48dca6d77"}  # they begin the SHA-1 of {"question":"A?"}


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
        (["import", "jsonl", "a", "-o", "b", "--rejects", "b"], "--rejects and -o name the same file"),
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


def test_an_interrupt_leaves_one_line_and_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "in.jsonl")
    process = start("import", "jsonl", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl")
    with open(tmp_path / "in.jsonl", "w") as pipe:  # opens when the command reads
        pipe.write(GOOD)
        pipe.flush()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, "python -m corpus: interrupted; nothing was written\n")
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]
