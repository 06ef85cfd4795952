"""The search command line: what it prints, and how it fails."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from search.cli import main
from search.engine import Engine
from search.hits import Question
from search.present import results_json
from tests.toy_records import LIP

pytestmark = pytest.mark.usefixtures("toy_model")

NOT_A_DIAGNOSIS = "Answers were written for other people; they are not a diagnosis."


def timeless(printed: str) -> object:
    """What JSON says, but for the time it took."""
    return json.loads(printed) | {"took_ms": 0}


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


def test_ask_leaves_out_what_a_page_does_not_say(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "sleep well and drink water", "--index", str(built), "-k", "1"]) == 0
    text = "Sleep well and drink water."
    assert capsys.readouterr().out == f"1. {text}\n   same question, 0.94 | toy:tip\n   {text}\n\n{NOT_A_DIAGNOSIS}\n"


def test_no_page_moves_the_cursor_of_a_terminal(
    built: Path, capsys: pytest.CaptureFixture[str], engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = engine.search(Question("lip twitching stroke", 1))
    [hit] = found.hits
    hostile = replace(hit.record, title="Is\x1b[2J it\x9b1A\a\r\nthe lip?", source="\x1b]0;Ours\x07")
    monkeypatch.setattr(Engine, "search", lambda *_: replace(found, hits=[replace(hit, record=hostile)]))
    assert main(["ask", "lip", "--index", str(built)]) == 0
    first, second, *_ = capsys.readouterr().out.split("\n")
    assert (first, second.split(", ")[-1]) == ("1. Is [2J it 1A the lip?", "]0;Ours | toy:lip")


def test_ask_says_when_nothing_is_close(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "stroke recovery", "--specialty", "INTERNAL medicine", "--index", str(built)]) == 0
    assert capsys.readouterr().out == (
        "No page here is close to this. The nearest, which may be about something else:\n\n"
        "1. What causes a fever?\n"
        "   same topic, 0.00 | not answered, Other pages | toy:fever\n"
        f"\n{NOT_A_DIAGNOSIS}\n"
    )


def test_ask_shows_no_page_that_is_not_close_to_one_in_despair(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "stroke, I want to die", "--specialty", "Internal medicine", "--index", str(built)]) == 0
    printed = capsys.readouterr().out
    assert "No pages are shown: what others wrote cannot take the place of a person who listens." in printed
    assert "1. " not in printed


def test_ask_says_that_only_english_is_read(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "tengo tos y fiebre", "--index", str(built)]) == 0
    assert capsys.readouterr().out.startswith("Note: only English is read here; the pages below may have nothing to do")


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


@pytest.mark.parametrize("arguments", [["ask", "q"], ["similar", "a"], ["batch", "--queries", "q", "--run", "r"]])
def test_an_empty_index_is_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*arguments, "--index", ""])
    said = capsys.readouterr().err
    assert said.startswith(
        f"python -m search {arguments[0]}: argument --index: an empty text is no address of an index"
    )
    assert said.count("\n") == 1


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
