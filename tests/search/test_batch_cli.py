"""The command that answers a file of questions: the run that it writes, and what it does not write."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.cli import main
from search.engine import Engine
from search.local import LocalHome

pytestmark = pytest.mark.usefixtures("toy_model")

CHECK = "check the path, its permissions and the room on the disk"


def test_batch_writes_a_trec_run(
    built: Path, queries: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], engine: Engine
) -> None:
    run = tmp_path / "new" / "out.trec"
    assert main(["batch", "--index", str(built), "--queries", str(queries), "--run", str(run)]) == 0
    first, second = engine.run("Which rash?", 100), engine.run("Which fever?", 100, without="toy:fever")
    lines = [
        *(f"q1 Q0 {record} {rank} {score:.6f} medqa\n" for rank, (record, score) in enumerate(first, 1)),
        *(f"toy:fever Q0 {record} {rank} {score:.6f} medqa\n" for rank, (record, score) in enumerate(second, 1)),
    ]
    assert run.read_text() == "".join(lines)
    assert capsys.readouterr().out == f"2 questions answered in {run}\n"


def test_batch_says_what_the_index_cannot_do(
    built: Path, queries: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocalHome, "missing", ("Pages were found by their meaning alone",))
    assert main(["batch", "--index", str(built), "--queries", str(queries), "--run", str(tmp_path / "run")]) == 0
    assert capsys.readouterr().out.startswith("Note: Pages were found by their meaning alone.\n2 questions answered")


def test_a_question_without_text_finds_nothing_and_is_named(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queries, run = tmp_path / "queries.jsonl", tmp_path / "out.trec"
    queries.write_text('{"id": "q1", "text": " "}\n{"id": "q2", "text": "rash"}\n')
    assert main(["batch", "--index", str(built), "--queries", str(queries), "--run", str(run), "-k", "1"]) == 0
    assert capsys.readouterr().out == (
        f"Note: the question q1 has no text, and finds nothing.\n2 questions answered in {run}\n"
    )
    assert [line.split()[:3] for line in run.read_text().splitlines()] == [["q2", "Q0", "toy:rash"]]


def test_batch_is_one_line_a_record_best_first_ties_by_id(built: Path, queries: Path, tmp_path: Path) -> None:
    run = tmp_path / "out.trec"
    assert main(["batch", "--index", str(built), "--queries", str(queries), "--run", str(run), "-k", "6"]) == 0
    rows = [line.split() for line in run.read_text().splitlines()]
    assert [row[2].removeprefix("toy:") for row in rows if row[0] == "q1"] == [
        *("rash", "cough", "eyelid", "fever", "lip", "numb"),
    ]
    assert [row[2].removeprefix("toy:") for row in rows if row[0] == "toy:fever"] == [
        *("cough", "rash", "eyelid", "lip", "numb", "tip"),
    ]
    assert [int(row[3]) for row in rows] == [1, 2, 3, 4, 5, 6] * 2
    for query in ("q1", "toy:fever"):
        order = [(-float(row[4]), row[2]) for row in rows if row[0] == query]
        assert order == sorted(order)
        assert len({-score for score, _ in order}) < len(order)  # there are ties to break


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", '2: expected {"id": "...", "text": "..."}'),
        ("3", '2: expected {"id": "...", "text": "..."}'),
        ('{"id": "q2"}', '2: expected {"id": "...", "text": "..."}'),
        ('{"id": "q2", "text": "\\u00e9"}x', '2: expected {"id": "...", "text": "..."}'),
        ('{"id": 2, "text": "rash"}', "2: id and text must be strings, the id without spaces"),
        ('{"id": "q 2", "text": "rash"}', "2: id and text must be strings, the id without spaces"),
        ('{"id": "q2\\n", "text": "rash"}', "2: id and text must be strings, the id without spaces"),
        ('{"id": "", "text": "rash"}', "2: id and text must be strings, the id without spaces"),
        ('{"id": "q2", "text": "\\ud800"}', "2: half of a surrogate pair is not a character"),
        ('{"id": "\\udfff", "text": "rash"}', "2: half of a surrogate pair is not a character"),
        ('{"id": "q1", "text": "rash"}', "2: the id q1 was used before"),
    ],
)
def test_a_bad_query_line_is_named_and_nothing_is_written(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, message: str
) -> None:
    queries, run = tmp_path / "queries.jsonl", tmp_path / "out.trec"
    queries.write_text('{"id": "q1", "text": "rash"}\n' + line + "\n")
    assert main(["batch", "--index", str(built), "--queries", str(queries), "--run", str(run)]) == 1
    assert capsys.readouterr().err == f"python -m search: {queries}:{message}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["queries.jsonl"]


def test_the_questions_are_not_written_over_by_the_run(
    built: Path, queries: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = queries.read_bytes()
    assert main(["batch", "--index", str(built), "--queries", str(queries), "--run", str(queries)]) == 1
    assert capsys.readouterr() == ("", f"python -m search: {queries} is read here; give another file with --run\n")
    assert queries.read_bytes() == held


def test_bytes_that_are_no_text_are_a_bad_query_line(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queries = tmp_path / "queries.jsonl"
    queries.write_bytes(b'{"id": "q1", "text": "\xff"}\n')
    assert main(["batch", "--index", str(built), "--queries", str(queries), "--run", str(tmp_path / "o")]) == 1
    assert f"{queries}:1: expected" in capsys.readouterr().err


def test_an_interrupted_batch_leaves_the_old_run_as_it_was(
    built: Path, queries: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "out.trec"
    run.write_text("the run before\n")
    answer = Engine.run

    def interrupted(engine: Engine, text: str, k: int, without: str = "") -> list[tuple[str, float]]:
        if "fever" in text:
            raise KeyboardInterrupt
        return answer(engine, text, k, without)

    monkeypatch.setattr(Engine, "run", interrupted)
    assert main(["batch", "--index", str(built), "--queries", str(queries), "--run", str(run)]) == 130
    assert run.read_text() == "the run before\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.trec", "queries.jsonl"]
    assert capsys.readouterr().err == "python -m search: interrupted\n"


def test_a_run_that_cannot_be_written_is_known_by_its_own_name(
    built: Path, queries: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["batch", "--index", str(built), "--queries", str(queries), "--run", "/proc/run"]) == 1
    assert capsys.readouterr().err == f"python -m search: /proc/run: No such file or directory; {CHECK}\n"
