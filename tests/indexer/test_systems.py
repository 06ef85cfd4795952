"""Systems held against each other, question by question."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.bootstrap import interval
from indexer.cli import main
from indexer.evaluate import evaluate
from indexer.measures import Pack, read_pack
from indexer.systems import OURS, PARTS, compare
from search.engine import Engine
from tests.indexer.test_evaluate import FIGURES, write_pack


def test_differences_are_taken_query_by_query() -> None:
    pack = Pack("toy", dict.fromkeys("pqr", "text"), {query: {"a": 1} for query in "pqr"}, {})
    ours = {"p": [("a", 1.0)], "q": [("a", 1.0)], "r": [("b", 1.0), ("a", 0.5)]}
    other = {"p": [("a", 1.0)], "q": [("b", 1.0), ("a", 0.5)], "r": [("b", 1.0), ("a", 0.5)]}
    found = compare(pack, {OURS: ours, "other": other})
    assert found["other"]["mrr@10"] == round((1 + 0.5 + 0.5) / 3, 4)
    assert found["other"]["mrr@10 bounds"] == interval([1, 0.5, 0.5])
    assert found["other"]["ours above, mrr@10"] == (round(0.5 / 3, 4), *interval([0, 0.5, 0]))
    assert found[OURS]["ours above, hit@1"] == (0.0, 0.0, 0.0)


def test_each_part_answers_by_itself(engine: Engine, tmp_path: Path) -> None:
    found = evaluate(read_pack(write_pack(tmp_path / "toys")), engine, systems=PARTS)["systems"]
    assert list(found) == [OURS, *PARTS]
    assert found[OURS].items() >= FIGURES.items()


@pytest.mark.usefixtures("toy_model")
def test_evaluate_fails_where_a_figure_fell(built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack, floor = write_pack(tmp_path / "toys"), tmp_path / "floor.json"
    floor.write_text(json.dumps({"toys": FIGURES}))
    arguments = ["evaluate", str(pack), "--index", str(built), "--floor", str(floor)]
    assert main(arguments) == 0
    floor.write_text(json.dumps({"toys": FIGURES | {"hit@1": 0.6}}))
    assert main(arguments) == 1
    assert "quality fell: toys: hit@1 was 0.6, is now 0.5" in capsys.readouterr().err
