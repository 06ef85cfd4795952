"""How many emergencies raise a notice and how much else does, and the report of it."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from indexer.likeness import table
from search.safety import urgent
from search.safety.report import HALVES, Phrase, main, read
from search.safety.rules import load

HERE = Path(__file__).parent
PHRASES, ORDINARY = HERE / "safety_phrases.tsv", HERE / "safety_ordinary.tsv"
PACKS = Path(__file__).parents[2].parent / "shared" / "data"


def test_the_tables_are_large_and_their_halves_hold_every_kind() -> None:
    phrases, ordinary = read(PHRASES), read(ORDINARY)
    assert len(phrases) >= 320
    assert len(ordinary) >= 250
    assert len({phrase.text for phrase in phrases}) == len(phrases)
    assert len({phrase.text for phrase in ordinary}) == len(ordinary)
    told = {rule.kind for rule in load().rules if rule.whens}
    for half in HALVES:
        assert {phrase.kind for phrase in phrases if phrase.half == half} == told
        assert {phrase.kind for phrase in ordinary if phrase.half == half} == {
            "ordinary", "negated", "past", "general", "hypothetical",
        }  # fmt: skip


@pytest.fixture(scope="module")
def report() -> str:
    """The report on both tables, as it is printed."""
    with redirect_stdout(io.StringIO()) as out:
        assert main([str(PHRASES), str(ORDINARY)]) == 0
    return out.getvalue()


@pytest.mark.parametrize("half", HALVES)
def test_recall_is_at_least_95_percent_and_false_alarms_are_at_most_5(report: str, half: str) -> None:
    [figures] = re.findall(rf"^{half} +recall .+ = (.+)  false alarms .+ = (.+)$", report, re.MULTILINE)
    recalled, alarmed = map(float, figures)
    assert recalled >= 0.95
    assert alarmed <= 0.05


def real(pack: str) -> Iterator[str]:
    """The questions of a pack."""
    if pack == "consumer":
        with gzip.open(PACKS / pack / "records.jsonl.gz", "rt", encoding="utf-8") as file:
            yield from (record["title"] + "\n" + record["question"] for record in map(json.loads, file))
    else:
        lines = (PACKS / pack / "queries.jsonl").read_text(encoding="utf-8").splitlines()
        yield from (json.loads(line)["text"] for line in lines)


@pytest.mark.parametrize("pack", ["mqp", "rqe", "long-messages", "consumer"])
def test_few_real_questions_raise_a_notice(pack: str) -> None:
    if not (PACKS / pack).is_dir():
        pytest.skip(f"the pack {pack} is not in {PACKS}")
    raised = [urgent(text) is not None for text in real(pack)]
    print(f"{pack}: {sum(raised)} of {len(raised)} = {sum(raised) / len(raised):.4f}")
    assert sum(raised) / len(raised) <= 0.05


# ------------------------------------------------------------------ each rule, with the words that meet it


def test_the_report_prints_its_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "phrases").write_text(
        "heart\tcrushing chest pain\tdev\nheart\ta cold\tdev\nstroke\tface drooping\ttest\n"
    )
    (tmp_path / "ordinary").write_text("general\ta cold\tdev\ngeneral\tI can't breathe\ttest\n")
    assert main([str(tmp_path / "phrases"), str(tmp_path / "ordinary")]) == 0
    assert capsys.readouterr().out == (
        "dev  recall 1/2 = 0.500  false alarms 0/1 = 0.000\n"
        "test recall 1/1 = 1.000  false alarms 1/1 = 1.000\n"
        "heart               1/2 = 0.500\n"
        "stroke              1/1 = 1.000\n"
    )


def test_a_table_that_cannot_be_read_is_named_by_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "phrases").write_text("heart\tcrushing chest pain\tdev\nheart\ta cold\n")
    assert main([str(tmp_path / "phrases"), str(ORDINARY)]) == 1
    assert capsys.readouterr().err.startswith(
        f"python -m search.safety: {tmp_path / 'phrases'}:2: expected kind, phrase, dev or test, between"
    )


def test_a_table_that_is_missing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none"), str(ORDINARY)]) == 1
    assert capsys.readouterr().err == (
        f"python -m search.safety: {tmp_path / 'none'}: No such file or directory; "
        "check the path, its permissions and the room on the disk\n"
    )


def test_wrong_usage_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert capsys.readouterr().err == (
        "python -m search.safety: the following arguments are required: PHRASES, ORDINARY; "
        "see python -m search.safety --help\n"
    )


def test_a_table_without_a_half_is_reported_and_a_reader_who_has_seen_enough_is_no_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").write_text("heart\tcrushing chest pain\tdev\n")
    assert main([str(tmp_path / "one")] * 2) == 0
    assert capsys.readouterr().out.splitlines()[1] == "test recall 0/0 = 0.000  false alarms 0/0 = 0.000"

    read_end, write_end = os.pipe()
    os.close(read_end)
    with open(write_end, "w") as out:
        monkeypatch.setattr("sys.stdout", out)
        assert main([str(tmp_path / "one")] * 2) == 0


def test_a_phrase_is_read_as_it_stands() -> None:
    assert read(PHRASES)[0] == Phrase(
        "heart", "I have a crushing pain in the middle of my chest and it goes down my left arm", "test"
    )
    assert Counter(phrase.half for phrase in read(PHRASES)) == {"dev": 2199, "test": 391}


# ------------------------------------------------------------------ the document


def test_the_document_has_every_rule_in_order_and_the_figures_of_today(report: str) -> None:
    text = (HERE.parents[1] / "docs" / "safety.md").read_text(encoding="utf-8")
    rows = [f"| {rule.kind} | {rule.title} | {', '.join(rule.call)} |" for rule in load().rules]
    assert "\n".join(rows) in text
    assert report in text
    assert table(json.loads((HERE.parents[1] / "docs/eval/likeness.json").read_text())) in text
