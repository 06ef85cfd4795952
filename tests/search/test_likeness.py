"""Emergencies that no rule knows: told by the vector of the question, for the encoder that it was learnt for."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from indexer import likeness as learning
from indexer.likeness import least_for, unseen
from indexer.likeness import main as learn
from indexer.models import find
from search.encoder import ModelEncoder
from search.engine import Engine
from search.errors import SearchError
from search.hits import Question
from search.layout import Layout
from search.opening import open_index
from search.safety import likeness, urgent
from search.safety.likeness import Likeness, load
from search.safety.rules import LIKENESS
from search.safety.rules import load as load_rules
from tests.toy_encoder import CARD, WORDS, ToyEncoder

UNSEEN = Path(__file__).with_name("safety_unseen.tsv")
RASH, FEVER = ([4.0 * (word == of) for word in (*WORDS, "")] for of in ("rash", "fever"))
# A question of rash alone is as like poisoning as may be, one of fever like sepsis; it must be nearly that.
TOY = Likeness(
    CARD.fingerprint,
    ("poisoning", "sepsis"),
    np.array([[0.0] * CARD.dimension, RASH, FEVER], np.float32),
    np.zeros(3, np.float32),
    math.log(math.exp(3) + 1),
)


@pytest.fixture
def taught(built: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The toy index, opened where the toy encoder's vectors were learnt from."""
    monkeypatch.setattr(likeness, "load", lambda: TOY)
    monkeypatch.setenv("MEDQA_COUNTRY", "US")
    opened = open_index(built, ToyEncoder())
    yield opened
    opened.close()


def notice(engine: Engine, text: str) -> dict[str, object] | None:
    return engine.search(Question(text)).urgent


def test_a_question_like_an_emergency_raises_the_notice_with_the_numbers_of_its_kind(taught: Engine) -> None:
    found = notice(taught, "there is rash and rash")
    assert found is not None
    assert (found["kind"], found["matched"], found["also"]) == (LIKENESS, [], ["poisoning"])
    assert found["title"] == "This may not be able to wait"
    assert "call 911 or go to" in str(found["text"])
    numbers = [action["number"] for action in found["actions"]]  # type: ignore[attr-defined]
    assert numbers == ["911", "1-800-222-1222"]
    assert notice(taught, "there is only fever") is not None


@pytest.mark.parametrize(
    "text",
    [
        "there is rash and cough",  # not near enough
        "rash and rash",  # a name
        "ich habe rash und das ist nicht gut, was kann ich machen",
        "皮膚科医 皮膚科医 皮膚科医 皮膚科医 rash",
    ],
)
def test_what_is_less_like_one_or_a_name_or_another_language_raises_none(taught: Engine, text: str) -> None:
    assert notice(taught, text) is None


def test_a_rule_that_is_met_goes_first(taught: Engine) -> None:
    found = notice(taught, "rash, and my face is drooping")
    assert found is not None
    assert found["kind"] == "stroke"


def test_the_vectors_of_another_encoder_are_like_nothing(built: Path, engine: Engine) -> None:
    assert notice(engine, "there is rash and rash") is None


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    TOY.save(tmp_path / "toy.npz")
    found = load(tmp_path / "toy.npz")
    assert (found.fingerprint, found.kinds) == (TOY.fingerprint, TOY.kinds)
    assert found.least == pytest.approx(TOY.least)
    np.testing.assert_allclose(found.weights, TOY.weights, rtol=1e-3)


def test_what_is_shipped_was_learnt_for_the_embedded_model_and_of_kinds_that_have_a_rule() -> None:
    assert load().fingerprint == find().fingerprint, "run make likeness"
    assert set(load().kinds) <= {rule.kind for rule in load_rules().rules if rule.whens}


def test_the_least_likeness_is_that_of_a_share_of_real_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "RAISED", 0.25)
    vectors = ToyEncoder().encode(["rash", "cough", "coffee", "lip"] * 25)
    least = least_for(TOY, vectors)
    assert (TOY.log_odds(vectors) >= least).mean() == 0.25


def test_a_line_that_is_no_phrase_is_named(tmp_path: Path) -> None:
    table = tmp_path / "unseen.tsv"
    table.write_text("emergency\tno air\ta\nserious\tno air\ta\n")
    with pytest.raises(SearchError, match=r"unseen\.tsv:2: expected emergency or ordinary"):
        unseen(table)


def test_it_is_learnt_measured_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(learning, "open_encoder", lambda layout: ToyEncoder())
    monkeypatch.setattr(learning, "_written", lambda: ["coffee and lip", "eyelid", "coffee"] * 5)
    monkeypatch.setattr(learning, "RAISED", 0.5)
    tables = {
        "phrases": "sepsis\tfever\tdev\npoisoning\trash\tdev\n" * 9,
        "ordinary": "ordinary\ta cough\tdev\n" * 9,
        "unseen": "emergency\tthere is a fever\ta\nordinary\tthere is a cough\ta\n",
        "asked": '{"text": "there is a fever"}\n{"text": "there is a cough"}\n',
    }
    for name, text in tables.items():
        (tmp_path / name).write_text(text)
    arguments = [str(tmp_path / name) for name in ("phrases", "ordinary", "unseen")]
    arguments += ["--questions", str(tmp_path / "asked"), "--index", str(tmp_path)]
    arguments += ["--json", str(tmp_path / "likeness.json"), "--out", str(tmp_path / "likeness.npz")]
    assert learn(arguments) == 0
    assert "| set a, emergency | 1 | 0.0% | 100.0% | 100.0% |\n" in capsys.readouterr().out
    found = load(tmp_path / "likeness.npz")
    assert found.kind("there is a fever", ToyEncoder().encode(["fever"])[0]) == "sepsis"
    assert found.kind("there is a cough", ToyEncoder().encode(["cough"])[0]) is None
    assert json.loads((tmp_path / "likeness.json").read_text())["unseen"]["set a, ordinary"]["likeness"] == 0


def test_a_table_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "phrases"
    table.write_text("as it was\n")
    named = str(table)
    assert learn([named, named, named, "--questions", named, "--index", str(tmp_path), "--json", named]) == 1
    said = f"python -m indexer.likeness: {table} is read here; give another file with --json\n"
    assert capsys.readouterr().err == said
    assert table.read_text() == "as it was\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("phrases", None, "TABLE: No such file or directory; check the path, its permissions and the room on the disk"),
        ("phrases", b"", "TABLE holds no phrases"),
        ("ordinary", b"\xff", "TABLE is not UTF-8"),
        ("ordinary", b"x\n", "TABLE:1: expected kind, phrase, dev or test, between tabs; found 'x'"),
        ("unseen", b"\xff", "TABLE is not UTF-8"),
        ("asked", b'{"text": "a"}\n\n{"text": 5}\n', "TABLE:3: expected a query with a text, or a record"),
        ("asked", b"[1]\n", "TABLE:1: expected a query with a text, or a record"),
        ("asked", b'{"text": "my chest hurts and I cannot breathe"}\n',
         "--questions holds none that raises no notice; give files of what people ask"),
        ("asked.gz", b"no gzip", "TABLE is damaged (Not a gzipped file (b'no'))"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_before_anything_is_learnt(
    name: str, content: bytes | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = {"phrases": "sepsis\tfever\tdev\n", "ordinary": "o\tcough\tdev\n", "unseen": "emergency\tfever\ta\n"}
    for each, text in (good | {"asked": '{"title": "a cough"}\n'}).items():
        (tmp_path / each).write_text(text)
    table = tmp_path / name
    table.unlink(missing_ok=True)
    if content is not None:
        table.write_bytes(content)
    arguments = [str(tmp_path / each) for each in ("phrases", "ordinary", "unseen")]
    asked = table if name.startswith("asked") else tmp_path / "asked"
    arguments += ["--questions", str(asked), "--index", str(tmp_path / "no"), "--json", str(tmp_path / "json")]
    assert learn([*arguments, "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == f"python -m indexer.likeness: {said.replace('TABLE', str(table))}\n"
    assert not (tmp_path / "out").exists()


@pytest.mark.model
def test_more_of_what_nobody_saw_is_recognized_and_little_else(converted: Layout) -> None:
    encoder = ModelEncoder.load(converted.model(find().fingerprint))
    for (name, label), texts in unseen(UNSEEN).items():
        vectors = encoder.encode(texts)
        raised = [bool(urgent(text) or load().kind(text, vector)) for text, vector in zip(texts, vectors, strict=True)]
        share, most = sum(raised) / len(raised), 0.1 if name == "over" else 0.04
        assert share >= 0.8 if label == "emergency" else share <= most, (name, label)
