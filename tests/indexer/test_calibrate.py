"""Calibration: a known curve is found again, and the measures of it are worked out by hand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from indexer.calibrate import AS_ASKED, SHOWN, Sample, check, collect, fit
from indexer.cli import main
from indexer.measures import Pack
from search.engine import Engine
from search.errors import SearchError
from search.match import ALONE, ANSWERED, ASKED, FORMS, TITLE_SAME, Calibration
from tests.indexer.test_evaluate import write_pack


def sample(
    scores: list[float], right: list[int], kind: str = "question", form: str = ALONE, title: float = 0.5
) -> Sample:
    count = len(scores)
    return Sample(
        np.array(scores),
        np.array(right, bool),
        np.zeros(count, bool),
        np.array([kind] * count),
        np.array([form] * count),
        np.full(count, title, np.float32),
    )


def drawn(offset: float, slope: float, kind: str = "question", form: str = ALONE) -> Sample:
    """Scores all over the range, and whether they are right as often as the curve says."""
    rng = np.random.default_rng(4)
    scores = rng.random(4_000)
    right = rng.random(4_000) < 1 / (1 + np.exp(-(offset + slope * scores)))
    return sample(scores.tolist(), right.tolist(), kind, form)


def near(curve: Calibration, offset: float, slope: float, within: float = 0.4) -> bool:
    return abs(curve.offset - offset) < within and abs(curve.slope - slope) < 2 * within


def test_the_curve_that_results_were_drawn_from_is_found() -> None:
    assert near(fit([drawn(-6.0, 9.0)])["question"][ALONE], -6, 9)


def test_each_kind_and_each_form_has_its_own_curve() -> None:
    """Four curves, of which the fourth follows from what the kind and the form add to the first."""
    cells = [
        ("question", ALONE, -6, 9),
        ("message", ALONE, -4, 9),
        ("question", ASKED, -6, 12),
        ("message", ASKED, -4, 12),
    ]
    found = fit([drawn(offset, slope, kind, form) for kind, form, offset, slope in cells])
    assert all(near(found[kind][form], offset, slope) for kind, form, offset, slope in cells)


def test_a_kind_and_a_form_that_nobody_asked_have_the_curve_of_all() -> None:
    found = fit([drawn(-6.0, 9.0)])
    assert set(found) == {"question", "message", "text", "term"}
    assert all(set(of_forms) == set(FORMS) for of_forms in found.values())
    assert near(found["term"][ANSWERED], -6, 9, within=1.0)


def test_the_check_is_the_mean_square_error_of_what_is_said() -> None:
    """A curve that says 1/2 at 0 and 3/4 at ln 3, where any other form says 0."""
    curves = {ALONE: Calibration(offset=0.0, slope=1.0), ASKED: Calibration(offset=-99.0, slope=0.0)}
    found = check(sample([0.0, 0.0, np.log(3)], [1, 0, 1]), {"question": curves})
    assert found == {
        "results": 3,
        "right": round(2 / 3, 4),
        "brier": round((0.25 + 0.25 + 1 / 16) / 3, 4),
        "brier_of_the_mean": round((2 * (1 / 3) ** 2 + (2 / 3) ** 2) / 3, 4),
        "curve": [(0.5, 0.5, 2), (0.75, 1.0, 1)],
        "said_same": 1,
        "said_same_right": 1.0,
    }
    assert check(sample([0.0], [1], form=ASKED), {"question": curves})["brier"] == 1.0
    near = check(sample([0.0, 0.0], [1, 0], title=TITLE_SAME), {"question": curves})
    assert near["brier"] == pytest.approx((0.1**2 + 0.9**2) / 2)
    assert (near["near_titles"], near["near_titles_right"]) == (2, 0.5)


def test_what_is_right_is_left_out_for_half_of_the_questions(engine: Engine) -> None:
    pack = Pack("toys", {str(n): "Which rash?" for n in range(40)}, {str(n): {"toy:rash": 1} for n in range(40)}, {})
    found = collect(pack, engine)
    assert 10 < found.right.sum() < 30  # about half of 40 questions have their one right record
    assert len(found.scores) == 40 * SHOWN
    assert set(found.kinds) == {"question"}
    assert set(found.forms) <= set(FORMS)
    assert 0 < found.fitting.mean() < 1
    assert 0 < np.isnan(found.titles).sum() < len(found.titles)  # some of the pages have no title


def test_a_looked_up_term_is_left_out_of_what_is_fitted(engine: Engine) -> None:
    pack = Pack("toys", {str(n): "hot flush" for n in range(4)}, {str(n): {"toy:fever": 1} for n in range(3)}, {})
    as_asked = {item.score for _, item in engine.runs("hot flush", SHOWN, {"": None}, "", AS_ASKED)[""]}
    assert as_asked != {score for _, score in engine.run("hot flush", SHOWN)}
    assert set(collect(pack, engine).scores) == as_asked


def test_a_pack_with_questions_that_nothing_answers_stays_as_it_is(engine: Engine) -> None:
    queries = {str(n): "Which rash?" for n in range(20)}
    found = collect(Pack("toys", queries, {str(n): {"toy:rash": 1} for n in range(12)}, {}), engine)
    assert found.right.sum() == 12


def test_a_pack_with_too_few_questions_is_said(engine: Engine) -> None:
    with pytest.raises(SearchError, match="toys finds too little to fit on one half and check on the other"):
        collect(Pack("toys", {"q": "Which rash?"}, {"q": {"toy:rash": 1}}, {}), engine)


@pytest.fixture
def packs(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one pack, of 30 questions, and its index beside it."""
    monkeypatch.setattr("indexer.calibrate.open_encoder", lambda layout, name=None: None)
    pack = write_pack(tmp_path / "packs" / "toys")
    (pack / "queries.jsonl").write_text(
        "".join(json.dumps({"id": f"q{n}", "text": "Which rash?"}) + "\n" for n in range(30))
    )
    (pack / "qrels.txt").write_text("".join(f"q{n} 0 toy:rash 1\n" for n in range(30)))
    (pack / "negatives.txt").unlink()
    (tmp_path / "toys").symlink_to(built)
    return pack.parent


@pytest.mark.usefixtures("toy_model")
def test_calibrate_writes_the_curves_and_how_well_they_fit(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, report = tmp_path / "curves.json", tmp_path / "report.json"
    calibrate = ["calibrate", str(packs), "--index", str(tmp_path), "--out", str(out), "--json", str(report)]
    assert main(calibrate) == 0
    written = json.loads(out.read_text())
    assert set(written) == {"question", "message", "text", "term"}
    assert all(set(curves) == set(FORMS) for curves in written.values())
    found = json.loads(report.read_text())["toys"]
    assert found["results"] > 0
    assert "brier_fitted_on_other_packs" not in found  # there are none
    assert capsys.readouterr().out.startswith("question, title alone: probability = 1 / (1 + exp(-(")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "toys").symlink_to(packs / "toys")
    assert main(["calibrate", str(tmp_path / "links"), *calibrate[1:]]) == 0  # the same pack, which counts once
    assert json.loads(report.read_text())["toys"] == found
    shutil.copytree(packs / "toys", packs / "toys-names")
    assert main([*calibrate, "--without", "toys-names"]) == 0
    assert set(json.loads(report.read_text())) == {"toys"}
    (tmp_path / "toys-names").symlink_to(tmp_path / "toys")
    assert main(calibrate) == 0
    assert 0 <= json.loads(report.read_text())["toys-names"]["brier_fitted_on_other_packs"] < 1


@pytest.mark.usefixtures("toy_model")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--without", "toy-names"], "--without toy-names: no pack of that name is in"),
        (["--without", "toys"], "every pack is left out; give fewer of them with --without"),
        (["OTHERS"], "two packs are called toys, and figures are told apart by the name; rename one"),
    ],
)
def test_packs_that_cannot_be_told_apart_or_are_none_are_said(
    arguments: list[str], said: str, packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "curves.json"
    others = packs.with_name("others")
    shutil.copytree(packs, others)
    more = [str(others) if argument == "OTHERS" else argument for argument in arguments]
    assert main(["calibrate", str(packs), *more, "--index", str(tmp_path), "--out", str(out)]) == 1
    assert said in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.usefixtures("toy_model")
def test_an_index_that_lacks_what_a_pack_judges_fits_nothing(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (packs / "toys" / "qrels.txt").write_text("q1 0 toy:elsewhere 1\n")
    out = tmp_path / "curves.json"
    assert main(["calibrate", str(packs), "--index", str(tmp_path), "--out", str(out)]) == 1
    assert "1 of the 1 judged records of toys are not in the index" in capsys.readouterr().err
    assert not out.exists()
