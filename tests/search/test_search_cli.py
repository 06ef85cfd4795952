"""The search command line: what it prints, what it writes, and how it fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from search.cli import main
from search.engine import Engine
from search.hits import Question
from search.present import results_json
from tests.toy_records import LIP

pytestmark = pytest.mark.usefixtures("toy_model")

CHECK = "check the path, its permissions and the room on the disk"
NOT_A_DIAGNOSIS = "Answers were written for other people; they are not a diagnosis."


def timeless(printed: str) -> object:
    """What JSON says, but for the time it took."""
    return json.loads(printed) | {"took_ms": 0}


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    """A file of two questions, the second named like a record."""
    path = tmp_path / "queries.jsonl"
    path.write_text('{"id": "q1", "text": "Which rash?"}\n\n{"id": "toy:fever", "text": "Which fever?"}\n')
    return path


def test_ask_prints_the_pages_with_who_answered(
    built: Path, capsys: pytest.CaptureFixture[str], engine: Engine
) -> None:
    assert main(["ask", "lip twitching stroke", "--index", str(built), "-k", "1"]) == 0
    printed = capsys.readouterr()
    [hit] = engine.search(Question("lip twitching stroke", 1)).hits
    assert printed.out == (
        "1. Is lip twitching a stroke?\n"
        f"   {hit.match}, {hit.score:.2f} | Neurologist, Neurology, 2012-02-01, Toy pages | toy:lip\n"
        "   See a neurologist if it does.\n"
        f"\n{NOT_A_DIAGNOSIS}\n"
    )
    assert printed.err == ""


def test_ask_says_when_nothing_is_close(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "stroke recovery", "--specialty", "INTERNAL medicine", "--index", str(built)]) == 0
    assert capsys.readouterr().out == (
        "No page here is close to this. The nearest, which may be about something else:\n\n"
        "1. What causes a fever?\n"
        "   same topic, 0.00 | not answered, Other pages | toy:fever\n"
        f"\n{NOT_A_DIAGNOSIS}\n"
    )


def test_ask_prints_the_notice_of_an_emergency_first(
    built: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDQA_COUNTRY", "GB")
    assert main(["ask", "his face droops and he cannot speak since ten minutes", "--index", str(built), "-k", "1"]) == 0
    printed = capsys.readouterr().out
    notice, results = printed.split("\n\n", 1)
    assert notice.splitlines()[0] == "These can be signs of a stroke"
    assert notice.splitlines()[2:] == ["   Emergency: 999"]
    assert "1. " in results


def test_a_page_without_a_title_goes_by_its_message(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "I have a cough", "--index", str(built), "-k", "1"]) == 0
    assert capsys.readouterr().out.startswith("1. My son has a cough and a fever.\n")


@pytest.mark.parametrize(
    ("specialties", "found"),
    [
        ([], ["fever", "cough", "rash", "eyelid", "lip", "numb", "tip"]),
        (["neurology"], ["eyelid", "lip"]),
        (["Neurology", "Pediatrics"], ["cough", "eyelid", "lip"]),
        (["None such"], []),
    ],
)
def test_ask_only_pages_of_a_specialty(
    built: Path, capsys: pytest.CaptureFixture[str], specialties: list[str], found: list[str]
) -> None:
    named = [word for name in specialties for word in ("--specialty", name)]
    assert main(["ask", "Which fever?", "--json", "--index", str(built), *named]) == 0
    results = json.loads(capsys.readouterr().out)["results"]
    assert [result["id"] for result in results] == [f"toy:{name}" for name in found]


def test_ask_prints_the_json_of_the_site(built: Path, capsys: pytest.CaptureFixture[str], engine: Engine) -> None:
    assert main(["ask", "Which rash?", "--json", "-k", "2", "--index", str(built)]) == 0
    assert timeless(capsys.readouterr().out) == timeless(
        json.dumps(results_json(engine.search(Question("Which rash?", 2))))
    )


def test_similar(built: Path, capsys: pytest.CaptureFixture[str], engine: Engine) -> None:
    assert main(["similar", LIP.id, "-k", "2", "--json", "--index", str(built)]) == 0
    assert timeless(capsys.readouterr().out) == timeless(json.dumps(results_json(engine.similar(LIP.id, 2))))
    assert main(["similar", LIP.id, "-k", "1", "--index", str(built)]) == 0
    assert "\n1. Numb lip\n" in capsys.readouterr().out


def test_the_index_is_taken_from_the_environment(
    built: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDQA_INDEX", str(built))
    assert main(["ask", "Which rash?", "-k", "1"]) == 0
    assert "toy:rash" in capsys.readouterr().out


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


@pytest.mark.parametrize("arguments", [["ask", "q"], ["similar", "a"], ["batch", "--queries", "q", "--run", "r"]])
def test_an_empty_index_is_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*arguments, "--index", ""])
    said = capsys.readouterr().err
    assert said.startswith(
        f"python -m search {arguments[0]}: argument --index: an empty text is no address of an index"
    )
    assert said.count("\n") == 1


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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", "x" * 20_001], "the question has 20,001 characters; the limit is 20,000"),
        (["ask", "\udcff rash"], "q holds half of a surrogate pair, which is not a character"),
        (
            ["ask", "rash", "--specialty", "\udcff"],
            "specialty holds half of a surrogate pair, which is not a character",
        ),
        (
            ["similar", "toy:gone"],
            "no record has the id toy:gone; give one of those that ask prints with the pages it finds",
        ),
        (
            ["batch", "--queries", "absent.jsonl", "--run", "out"],
            "absent.jsonl: No such file or directory; "
            'give --queries a file with a line {"id": "...", "text": "..."} for each question',
        ),
        (
            ["batch", "--queries", "/", "--run", "out"],
            '/: Is a directory; give --queries a file with a line {"id": "...", "text": "..."} for each question',
        ),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_1(
    built: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main([*arguments, "--index", str(built)]) == 1
    assert capsys.readouterr() == ("", f"python -m search: {message}\n")


def test_a_run_that_cannot_be_written_is_known_by_its_own_name(
    built: Path, queries: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["batch", "--index", str(built), "--queries", str(queries), "--run", "/proc/run"]) == 1
    assert capsys.readouterr().err == f"python -m search: /proc/run: No such file or directory; {CHECK}\n"


@pytest.mark.parametrize("arguments", [["ask", "rash"], ["similar", "toy:lip"]])
def test_a_file_is_no_index(arguments: list[str], queries: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--index", str(queries)]) == 1
    said = f"{queries} is no folder, and holds no index; give another --index"
    assert capsys.readouterr().err == f"python -m search: {said}\n"


def test_no_index_says_how_to_build_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "rash", "--index", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        f"python -m search: there is no index in {tmp_path}; "
        f"build one with: python -m indexer build RECORDS --index {tmp_path}\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["ask"],
        ["ask", "rash", "-k", "0"],
        ["ask", "rash", "-k", "101"],
        ["ask", "rash", "-k", "²"],
        ["batch", "--queries", "q.jsonl"],
        ["batch", "--queries", "q.jsonl", "--run", "out", "-k", "1001"],
        ["find", "rash"],
    ],
)
def test_wrong_usage_is_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("python -m search")
    assert said.count("\n") == 1


def test_an_empty_question_is_wrong_usage(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", " ", "--index", str(built)]) == 2
    assert capsys.readouterr().err == "python -m search: the question is empty; see python -m search --help\n"


def test_a_filter_value_that_no_page_has_is_said(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "fever", "--specialty", "Nurology", "--index", str(built)]) == 0
    assert "Note: no page here has the specialty Nurology.\nNo page passes the filter.\n" in capsys.readouterr().out
