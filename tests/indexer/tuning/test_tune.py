"""The command `tune` from records to a model folder, with a tiny model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from corpus.jsonl import write
from corpus.records import Answer, Record
from indexer.cli import main
from indexer.convert import open_encoder
from indexer.models import Source, fingerprint
from indexer.tuning.pairs import Pair
from indexer.tuning.save import read_weights
from indexer.tuning.train import MAX_TOKENS, Recipe, embed, mean, mix, reduced, train, trained_weights
from search.layout import Layout

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
ORGANS = "heart lung liver kidney skin eye ear nose knee hip back foot hand neck tooth bowel".split()
SIGNS = "pain itch swelling bleeding cramp rash numbness stiffness".split()
FEW = ORGANS[:8]
DAYS = range(5)
OTHER = dict(
    zip(ORGANS, "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho".split(), strict=True)
)


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """A page for each organ, sign and day; the answer calls the organ by another name, which only training can tell."""
    found = [
        Record(
            f"t:{organ}-{sign}-{day}",
            title=f"{sign} of the {organ} for {day} days?",
            answers=(Answer(f"After {day} days the {OTHER[organ]} has {sign}."),),
        )
        for organ in ORGANS
        for sign in SIGNS
        for day in DAYS
    ]
    write(found, tmp_path / "records.jsonl")
    return tmp_path / "records.jsonl"


def test_training_draws_the_pairs_together_and_leaves_the_frozen_layers(tiny: Path) -> None:
    model = Source("tiny", tiny).load()
    pairs = [Pair(f"{sign} of the {organ}?", f"The {organ} has {sign}.", f"{organ} {sign}", "k")
             for organ in ORGANS for sign in SIGNS[:4]]  # fmt: skip
    before = {name: tensor.detach().clone() for name, tensor in model.named_parameters()}
    names = set(trained_weights(model))
    train(model, [pairs] * 20, Recipe(rate=3e-3))
    after = dict(model.named_parameters())
    assert {name for name in before if not np.array_equal(before[name].numpy(), after[name].detach().numpy())} <= names
    assert not any(".embeddings." in name or ".layer.0." in name or ".layer.1." in name for name in names)
    anchors = embed(model, [pair.anchor for pair in pairs]).detach().numpy()
    positives = embed(model, [pair.positive for pair in pairs]).detach().numpy()
    cosines = anchors @ positives.T
    assert (cosines.argmax(axis=1) == np.arange(len(pairs))).mean() > 0.5  # by chance: one in 64


def _entry(heading: str, asked: str, not_answered: str, topic: str) -> Pair:
    return Pair(heading, asked, f"{topic}:{heading}", "written-faq-entry", (not_answered,))


def test_what_no_entry_of_a_list_answers_is_told_from_what_one_answers(tiny: Path) -> None:
    model = Source("tiny", tiny).load()
    lists = [
        [_entry(f"{sign} of the {organ}", f"my {OTHER[organ]}", f"{organ} of a dog", sign) for organ in FEW]
        for sign in SIGNS
    ]

    def told() -> float:
        """Of a list's questions that are answered and not, two by two, the share in which the entry is the nearer."""
        shares = []
        for pairs in lists:
            entries, asked, not_answered = (
                embed(model, texts).detach().numpy()
                for texts in zip(*((pair.anchor, pair.positive, *pair.negatives) for pair in pairs), strict=True)
            )
            right, nearest = (entries * asked).sum(axis=1), (not_answered @ entries.T).max(axis=1)
            shares.append((right[:, None] > nearest[None, :]).mean())
        return float(np.mean(shares))

    before = told()
    train(model, lists * 18, Recipe(rate=4e-3, labels=0, keep=0, apart=1, frozen=0))
    assert told() > max(0.9, before + 0.3)


def test_look_alikes_of_any_question_end_farther_than_right_texts(tiny: Path) -> None:
    model = Source("tiny", tiny).load()
    pairs = [Pair(f"sore {organ}", f"my {OTHER[organ]}", organ, "k", (f"{organ} of a dog",)) for organ in FEW]

    def told() -> float:
        """Of right and wrong texts, two by two over all questions, the share in which the right one is the nearer."""
        anchors, right, wrong = (
            embed(model, texts).detach().numpy()
            for texts in zip(*((pair.anchor, pair.positive, *pair.negatives) for pair in pairs), strict=True)
        )
        return float(((anchors * right).sum(axis=1)[:, None] > (anchors * wrong).sum(axis=1)[None, :]).mean())

    before = told()
    train(model, [pairs] * 40, Recipe(rate=4e-3, labels=0, keep=0, tricked=1, frozen=0))
    assert told() > max(0.9, before + 0.3)


def test_training_ends_when_its_time_is_over(tiny: Path) -> None:
    pairs = [Pair(f"{sign} of the {organ}?", f"{OTHER[organ]} {sign}", organ, "k") for organ in FEW for sign in SIGNS]
    assert train(Source("tiny", tiny).load(), [pairs] * 3, Recipe(), seconds=600) == 3
    assert train(Source("tiny", tiny).load(), [pairs] * 3, Recipe(), seconds=1e-9) == 1


def test_a_mix_lies_between_two_models() -> None:
    import torch

    old, new = {"w": torch.tensor([1.0, 2.0])}, {"w": torch.tensor([3.0, -2.0])}
    assert mix(old, new, 0.25)["w"].tolist() == [1.5, 1.0]
    assert mix(old, new, 0)["w"].tolist() == [1.0, 2.0]
    assert mix(old, new, 1)["w"].tolist() == [3.0, -2.0]
    assert mean([old, new, new])["w"].tolist() == pytest.approx([7 / 3, -2 / 3])
    assert mean([old])["w"].tolist() == [1.0, 2.0]


def test_embeddings_come_in_the_order_of_the_texts(tiny: Path) -> None:
    model = Source("tiny", tiny).load()
    texts = [f"{'very ' * (number % 7)}sore {organ}" for number, organ in enumerate(ORGANS)] * 2
    rows = embed(model, texts).detach().numpy()
    model.max_seq_length = MAX_TOKENS
    with reduced():
        expected = model.encode(texts, normalize_embeddings=True)
    cosines = rows @ expected.T  # batches of other lengths round otherwise
    assert np.allclose(np.diag(cosines), 1, atol=1e-3)
    assert (cosines.argmax(axis=1) % len(ORGANS) == np.arange(len(texts)) % len(ORGANS)).all()


def test_tune_writes_a_model_that_an_index_can_be_built_with(
    records: Path, tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, weights = tmp_path / "tuned", tmp_path / "changed" / "weights.safetensors"
    arguments = ["tune", str(records), "--base", str(tiny), "-o", str(out), "--weights", str(weights), "--runs", "2"]
    assert main([*arguments, "--no-terms", "--no-written", "--rate", "0.004"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"wrote {out}; build with it: python -m indexer build")
    note = json.loads((out / "provenance.txt").read_text())
    assert (note["runs"], len(note["batches"])) == (2, 2)
    held_out = note["held_out"]["title-answer"]
    assert held_out["after"]["mrr"] > held_out["before"]["mrr"]
    assert note["base_fingerprint"] == fingerprint(tiny)
    assert sum(note["pairs"].values()) + held_out["after"]["pairs"] == len(ORGANS) * len(SIGNS) * len(DAYS)
    whole, laid_over = Source("tuned", out), Source("laid over", tiny, weights)
    texts = ["pain of the heart?", "The knee has cramp."]
    cosines = (whole.load().encode(texts) * laid_over.load().encode(texts)).sum(axis=1)
    assert (cosines > 0.9999).all()  # half precision is enough
    assert len({whole.fingerprint, laid_over.fingerprint, Source("tiny", tiny).fingerprint}) == 3
    assert open_encoder(Layout(tmp_path / "index"), str(out)).card.fingerprint == whole.fingerprint
    assert main([*arguments, "--no-terms", "--no-written"]) == 1
    assert f"{out} exists already" in capsys.readouterr().err


def test_weights_that_were_trained_before_are_half_of_the_mean(
    records: Path, tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, both = tmp_path / "one.safetensors", tmp_path / "both.safetensors"
    arguments = [
        "tune",
        str(records),
        "--base",
        str(tiny),
        "--no-terms",
        "--no-written",
        "--rate",
        "0.004",
        "--share=1",
    ]
    assert main([*arguments, "-o", str(tmp_path / "a"), "--weights", str(one)]) == 0
    given = ["--mean-with", str(one), "-o", str(tmp_path / "b"), "--weights", str(both)]
    assert main([*arguments, *given]) == 0
    old = trained_weights(Source("tiny", tiny).load())
    first, second = (read_weights(path, old) for path in (one, both))
    assert all(np.allclose(first[name].numpy(), second[name].numpy(), atol=2e-3) for name in first)  # of itself
    one.write_bytes(b"no weights")
    assert main([*arguments, "--mean-with", str(one), "-o", str(tmp_path / "c")]) == 1
    assert "one.safetensors cannot be read as weights" in capsys.readouterr().err


def test_a_teacher_is_learnt_from_in_all_layers_and_named_in_the_note(
    records: Path, tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = ["tune", str(records), "--no-terms", "--no-written", "--share=1", "--rate", "0.004"]
    teacher, pupil, out = tmp_path / "teacher", tmp_path / "pupil", tmp_path / "taught"
    assert main([*shared, "--base", str(tiny), "-o", str(teacher)]) == 0
    shutil.copytree(tiny, pupil)
    (pupil / "provenance.txt").write_text('{"from": "before"}')
    weights = tmp_path / "weights.safetensors"
    taught = ["--teacher", str(teacher), "--passes", "3.5", "--keep", "1", "--long", "560", "--most=title-answer=500"]
    assert main([*shared, "--base", str(pupil), "-o", str(out), "--weights", str(weights), *taught]) == 0
    assert "asking the teachers about" in capsys.readouterr().err
    note = json.loads((out / "provenance.txt").read_text())
    assert (note["teachers"], note["passes"], note["base_provenance"]) == (["teacher"], 3.5, {"from": "before"})
    assert note["pairs"] == {"title-answer": 500}
    assert note["held_out"]["title-answer"]["after"]["mrr"] > note["held_out"]["title-answer"]["before"]["mrr"]
    names = read_weights(weights, trained_weights(Source("tiny", tiny).load(), 0))
    assert any(".layer.0." in name for name in names)


def test_a_model_that_is_not_better_is_not_written(
    records: Path, tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "tuned"
    assert (
        main(["tune", str(records), "--base", str(tiny), "-o", str(out), "--no-terms", "--no-written", "--rate", "0"])
        == 1
    )
    assert "the tuned model is not better on the held-out pairs; nothing was written" in capsys.readouterr().err
    assert not out.exists()


def test_training_that_leaves_all_numbers_behind_is_given_up(
    records: Path, tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "tuned"
    arguments = ["tune", str(records), "--base", str(tiny), "-o", str(out), "--no-terms", "--no-written"]
    assert main([*arguments, "--rate", "1e30"]) == 1
    assert "give a lower --rate; nothing was written" in capsys.readouterr().err
    assert not out.exists()


def test_time_that_is_over_before_training_is_told(
    records: Path, tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "tuned"
    arguments = ["tune", str(records), "--base", str(tiny), "-o", str(out), "--no-terms", "--no-written"]
    assert main([*arguments, "--minutes", "0.0001"]) == 1
    assert "0.0001 minutes are over before training begins; give --minutes more, or inf" in capsys.readouterr().err
    assert not out.exists()
