"""Calibration: a known curve is found again, and the measures of it are worked out by hand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from indexer.calibrate import Sample, check, collect, fit, fit_kinds
from indexer.cli import main
from indexer.measures import Pack
from search.engine import Engine
from search.match import Calibration
from tests.indexer.test_evaluate import write_pack


def sample(scores: list[float], right: list[int], kind: str = "question") -> Sample:
    return Sample(np.array(scores), np.array(right, bool), np.zeros(len(scores), bool), np.array([kind] * len(scores)))


def drawn(offset: float, slope: float, kind: str) -> Sample:
    """Scores all over the range, and whether they are right as often as the curve says."""
    rng = np.random.default_rng(4)
    scores = rng.random(20_000)
    right = rng.random(20_000) < 1 / (1 + np.exp(-(offset + slope * scores)))
    return sample(scores.tolist(), right.tolist(), kind)


def test_the_curve_that_results_were_drawn_from_is_found() -> None:
    found = fit([drawn(-6.0, 9.0, "question")])
    assert (found.offset, found.slope) == (pytest.approx(-6, abs=0.3), pytest.approx(9, abs=0.3))


def test_each_kind_has_its_own_curve_and_one_that_nobody_asked_that_of_all() -> None:
    question, message = drawn(-6.0, 9.0, "question"), drawn(-3.0, 8.0, "message")
    found = fit_kinds([question, message])
    assert (found["question"], found["message"]) == (fit([question]), fit([message]))
    assert found["term"] == fit([question, message])


def test_the_check_is_the_mean_square_error_of_what_is_said() -> None:
    """A curve that says 1/2 at 0 and 3/4 at ln 3."""
    curve = Calibration(offset=0.0, slope=1.0)
    found = check(sample([0.0, 0.0, np.log(3)], [1, 0, 1]), {"question": curve})
    assert found == {
        "results": 3,
        "right": round(2 / 3, 4),
        "brier": round((0.25 + 0.25 + 1 / 16) / 3, 4),
        "brier_of_the_mean": round((2 * (1 / 3) ** 2 + (2 / 3) ** 2) / 3, 4),
        "curve": [(0.5, 0.5, 2), (0.75, 1.0, 1)],
    }


def test_what_is_right_is_left_out_for_half_of_the_questions(engine: Engine) -> None:
    pack = Pack("toys", {str(n): "Which rash?" for n in range(40)}, {str(n): {"toy:rash": 1} for n in range(40)}, {})
    found = collect(pack, engine)
    assert 10 < found.right.sum() < 30  # about half of 40 questions have their one right record
    assert set(found.kinds) == {"question"}
    assert 0 < found.fitting.mean() < 1


def test_a_pack_with_questions_that_nothing_answers_stays_as_it_is(engine: Engine) -> None:
    queries = {str(n): "Which rash?" for n in range(20)}
    found = collect(Pack("toys", queries, {str(n): {"toy:rash": 1} for n in range(12)}, {}), engine)
    assert found.right.sum() == 12


@pytest.mark.usefixtures("toy_model")
def test_calibrate_writes_the_curves_and_how_well_they_fit(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.calibrate.open_encoder", lambda layout, name=None: None)
    pack = write_pack(tmp_path / "packs" / "toys")
    (pack / "queries.jsonl").write_text(
        "".join(json.dumps({"id": f"q{n}", "text": "Which rash?"}) + "\n" for n in range(30))
    )
    (pack / "qrels.txt").write_text("".join(f"q{n} 0 toy:rash 1\n" for n in range(30)))
    (tmp_path / "toys").symlink_to(built)
    out, report = tmp_path / "curves.json", tmp_path / "report.json"
    assert (
        main(["calibrate", str(pack.parent), "--index", str(tmp_path), "--out", str(out), "--json", str(report)]) == 0
    )
    assert set(json.loads(out.read_text())) == {"question", "message", "text", "term"}
    assert json.loads(report.read_text())["toys"]["results"] > 0
    assert capsys.readouterr().out.startswith("question: probability = 1 / (1 + exp(-(")
    shutil.copytree(pack, pack.parent / "toys-names")
    again = ["calibrate", str(pack.parent), "--index", str(tmp_path), "--out", str(out), "--json", str(report)]
    assert main([*again, "--without", "toys-names"]) == 0
    assert set(json.loads(report.read_text())) == {"toys"}
    assert main([*again, "--without", "toy-names"]) == 1
    assert "--without toy-names: no pack of that name is in" in capsys.readouterr().err
