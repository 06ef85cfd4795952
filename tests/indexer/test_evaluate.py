"""Evaluating a tiny pack from its files."""

from __future__ import annotations

import json
from math import log2
from pathlib import Path

import pytest

from corpus.jsonl import write
from indexer.cli import main
from indexer.evaluate import evaluate, records_of, reliability, table
from indexer.measures import Pack, measure, read_pack
from search.engine import Engine
from search.errors import SearchError
from search.layout import Layout
from tests.toy_records import LIP, RECORDS

pytestmark = pytest.mark.usefixtures("toy_model")

QUERIES = (
    '{"id": "rash", "text": "Which rash?"}\n'  # toy:rash is first
    '{"id": "toy:lip", "text": "Is lip twitching a stroke?"}\n'  # itself left out: toy:numb, then toy:eyelid
)
QRELS = "rash 0 toy:rash 1\ntoy:lip 0 toy:eyelid 1\n"
NEGATIVES = "rash toy:fever\ntoy:lip toy:numb\n"  # the second stands above what is right
FIGURES = {
    "ndcg@10": round((1 + 1 / log2(3)) / 2, 4),
    "ndcg_condensed@10": 1.0,
    "mrr@10": 0.75,
    "hit@1": 0.5,
    "hit@10": 1.0,
    "recall@100": 1.0,
    "trap_rate": 0.5,
    "queries": 2,
}


def write_pack(folder: Path, records: bool = True) -> Path:
    folder.mkdir(parents=True)
    (folder / "queries.jsonl").write_text(QUERIES)
    (folder / "qrels.txt").write_text(QRELS)
    (folder / "negatives.txt").write_text(NEGATIVES)
    if records:
        write(RECORDS, folder / "records.jsonl.gz")
    return folder


def test_the_figures_of_a_pack(engine: Engine, tmp_path: Path) -> None:
    found = evaluate(read_pack(write_pack(tmp_path / "toys")), engine)
    first = found.pop("first_result")
    assert found == FIGURES
    assert sum(step["queries"] for step in first) == 2


def test_questions_that_have_only_low_grades_are_said(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_pack(tmp_path / "toys")
    evaluate(read_pack(folder), engine)
    assert capsys.readouterr().err == ""
    (folder / "qrels.txt").write_text("rash 0 toy:rash 2\ntoy:lip 0 toy:eyelid 1\n")
    assert evaluate(read_pack(folder), engine)["queries"] == 1
    assert capsys.readouterr().err == (
        "toys: 1 of 2 questions have no record of grade 2 or more, and count as having nothing relevant\n"
    )


def test_judged_records_that_are_missing_are_an_error(engine: Engine) -> None:
    pack = Pack("toys", {"q": "rash"}, {"q": {"toy:rash": 1, "b": 1, "a": 0}}, {})
    with pytest.raises(
        SearchError, match="2 of the 3 judged records of toys are not in the index, a for one; give the --index"
    ):
        evaluate(pack, engine)


def test_look_alikes_that_are_missing_are_said_and_count_as_ranked_below(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    found = evaluate(Pack("toys", {"q": "rash"}, {"q": {"toy:rash": 1}}, {"q": ["toy:no"]}), engine)
    assert found["trap_rate"] == 0
    assert capsys.readouterr().err == (
        "toys: 1 look-alikes are not in the index, toy:no for one, and count as ranked below what is right\n"
    )


@pytest.mark.parametrize("qrels", [{}, {"Q": {"toy:rash": 1}}, {"q": {"toy:rash": 0}}])
def test_a_pack_by_which_nothing_can_be_measured_is_an_error(engine: Engine, qrels: dict[str, dict[str, int]]) -> None:
    with pytest.raises(SearchError, match="no question of toys has a record of grade 1 or more, so that nothing can"):
        evaluate(Pack("toys", {"q": "rash"}, qrels, {}), engine)


def test_questions_that_are_judged_and_not_asked_are_said_and_do_not_count(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_pack(tmp_path / "toys")
    expected = evaluate(read_pack(folder), engine)
    (folder / "qrels.txt").write_text(QRELS + "other 0 toy:rash 1\n")
    (folder / "negatives.txt").write_text(NEGATIVES + "Rash toy:fever\n")
    assert evaluate(read_pack(folder), engine) == expected
    assert capsys.readouterr().err == "toys: 2 judged questions are not asked, and do not count\n"


def test_first_results_by_their_score() -> None:
    pack = Pack("toys", {}, {"p": {"a": 1}, "q": {"a": 1}, "r": {"a": 1}, "s": {"a": 1}, "t": {"a": 1}}, {})
    run = {
        "p": [("a", 0.15), ("b", 0.1)],
        "q": [("b", 0.1999), ("a", 0.15)],
        "r": [("a", 0.149999)],
        "s": [],
        "t": [("a", 1.0)],
    }
    assert reliability(pack, run) == [
        {"from": 0.1, "queries": 1, "right": 1.0},
        {"from": 0.15, "queries": 2, "right": 0.5},
        {"from": 1.0, "queries": 1, "right": 1.0},
    ]


def test_the_table_has_a_row_a_pack_and_a_gap_where_there_are_no_traps() -> None:
    plain = {name: value for name, value in FIGURES.items() if name != "trap_rate"}
    assert table({"toys": FIGURES, "plain": plain}) == (
        "| pack | ndcg@10 | ndcg_condensed@10 | mrr@10 | hit@1 | hit@10 | recall@100 | trap_rate | auroc | queries |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n"
        "| toys | 0.816 | 1.000 | 0.750 | 0.500 | 1.000 | 1.000 | 0.500 |  | 2 |\n"
        "| plain | 0.816 | 1.000 | 0.750 | 0.500 | 1.000 | 1.000 |  |  | 2 |"
    )


def test_evaluate_prints_the_table_and_writes_the_figures(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack, figures = write_pack(tmp_path / "toys"), tmp_path / "new" / "figures.json"
    assert main(["evaluate", str(pack), "--index", str(built), "--json", str(figures)]) == 0
    assert capsys.readouterr().out == table({"toys": FIGURES}) + "\n"
    assert json.loads(figures.read_text())["toys"].items() >= FIGURES.items()


def test_each_pack_on_an_index_of_its_own_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packs, indexes, figures = tmp_path / "packs", tmp_path / "indexes", tmp_path / "figures.json"
    write_pack(packs / "toys")
    write_pack(packs / "toys-again", records=False)
    (packs / "no-pack").mkdir()
    assert main(["evaluate", str(packs), "--each", "--index", str(indexes), "--json", str(figures)]) == 0
    found = json.loads(figures.read_text())
    assert list(found) == ["toys", "toys-again"]
    assert found["toys"].items() >= FIGURES.items()
    assert found["toys-again"] == found["toys"]
    assert len(Layout(indexes / "toys").history()) == 1  # what both ask over was built once
    assert capsys.readouterr().out.endswith(table({"toys": FIGURES, "toys-again": FIGURES}) + "\n")


def test_the_records_of_a_pack_are_its_own_or_those_it_is_named_after(tmp_path: Path) -> None:
    for name in ("med", "medquad", "medquad-similar", "other"):
        (tmp_path / name).mkdir()
    for name in ("med", "medquad"):
        (tmp_path / name / "records.jsonl").write_text("")
    assert records_of(tmp_path / "medquad-similar") == tmp_path / "medquad" / "records.jsonl"
    (tmp_path / "medquad-similar" / "records.jsonl.gz").write_text("")
    assert records_of(tmp_path / "medquad-similar") == tmp_path / "medquad-similar" / "records.jsonl.gz"
    with pytest.raises(
        SearchError, match=r"other has no records\.jsonl, and no folder beside it whose name it begins with"
    ):
        records_of(tmp_path / "other")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"title": "x"}', "records.jsonl:8: the field id is missing"),
        ('{"id": "toy:lip", "title": "x"}', "records.jsonl:8: id toy:lip was used"),
    ],
)
def test_a_bad_record_of_a_pack_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, message: str
) -> None:
    folder = write_pack(tmp_path / "packs" / "toys", records=False)
    write([LIP, *(record for record in RECORDS if record is not LIP)], folder / "records.jsonl")
    with open(folder / "records.jsonl", "a") as file:
        file.write(line + "\n")
    assert main(["evaluate", str(tmp_path / "packs"), "--each", "--index", str(tmp_path / "indexes")]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--each"], "holds no packs (folders with queries.jsonl and qrels.txt)"),
        ([], "is no pack, as it has no queries.jsonl; give a folder with queries.jsonl and qrels.txt"),
    ],
)
def test_a_folder_that_is_no_pack(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["evaluate", str(tmp_path / "empty"), "--index", str(built), *arguments]) == 1
    assert message in capsys.readouterr().err


def test_the_figures_are_those_of_the_measures_on_the_engines_run(engine: Engine, tmp_path: Path) -> None:
    pack = read_pack(write_pack(tmp_path / "toys"))
    run = {query: engine.run(text, 100, without=query) for query, text in pack.queries.items()}
    assert [record for record, _ in run["toy:lip"]][:2] == ["toy:numb", "toy:eyelid"]
    assert measure(pack, run) == FIGURES


def test_a_pack_is_named_like_its_folder_from_inside_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_pack(tmp_path / "toys")
    monkeypatch.chdir(folder)
    assert read_pack(Path()).name == "toys"
    assert records_of(Path()) == folder / "records.jsonl.gz"


def test_a_model_is_for_building_alone(built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(write_pack(tmp_path / "toys")), "--index", str(built), "--model", "m"]) == 2
    assert "--model says what to build with, and needs --each" in capsys.readouterr().err


@pytest.mark.parametrize("floor", ["no JSON", "[1]", '{"toys": 1}'])
def test_a_floor_without_figures_is_said_before_anything_is_asked(
    floor: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack, file = write_pack(tmp_path / "toys"), tmp_path / "floor.json"
    file.write_text(floor)
    assert main(["evaluate", str(pack), "--index", str(tmp_path / "none"), "--floor", str(file)]) == 1
    assert capsys.readouterr() == (
        "",
        f"python -m indexer: {file} holds no figures; give a file that --json wrote\n",
    )


def test_what_is_wrong_with_the_last_pack_is_said_before_the_first_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_pack(tmp_path / "packs" / "toys")
    (write_pack(tmp_path / "packs" / "zoo") / "qrels.txt").write_text("rash 0 toy:rash\n")
    assert main(["evaluate", str(tmp_path / "packs"), "--each", "--index", str(tmp_path / "indexes")]) == 1
    assert capsys.readouterr().err.endswith("qrels.txt:1: expected 4 columns, found 3\n")
    assert not (tmp_path / "indexes").exists()
