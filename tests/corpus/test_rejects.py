"""What an import puts aside or leaves out, as a user sees it, and what it never writes over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.corpus.conftest import Run

GOOD = '{"id": "a", "title": "One?"}\n'


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
    table.write_text("id,Question,Up votes,Verdict,Reply\n1,A?,3,yes,\n2,B?,4,no,c\n")
    ran = run("import", "csv", table, "-o", out)
    assert (ran.code, ran.err) == (
        0,
        f"{table}: kept and shown, but not searched: Up votes, Verdict; to use one: --column 'FIELD=Up votes'\n"
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
