"""Learning from a teacher: its cosines in the pupil's space, and a pupil that comes to find alike what it does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from indexer.models import Source
from indexer.tuning.pairs import Pair
from indexer.tuning.teacher import Teacher, in_space_of
from indexer.tuning.train import Recipe, embed, train
from search.dense import Vectors

COLORS = "red blue green white black brown grey pink".split()
ORGANS = "heart lung liver kidney skin eye ear nose knee hip back foot hand neck tooth bowel".split()
TEXTS = [f"{color} {organ}" for organ in ORGANS for color in COLORS]


def by_organ(texts: list[str]) -> Vectors:
    """A teacher with a direction for each organ, who does not see colors: unit rows of shape (texts, 16)."""
    return np.array([[float(organ in text) for organ in ORGANS] for text in texts], np.float32)


def unit(rows: Vectors) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_a_turned_row_keeps_its_cosines_and_lies_near_the_pupils() -> None:
    rng = np.random.default_rng(1)
    low = rng.normal(size=(200, 8)).astype(np.float32)
    wide = unit(low @ np.linalg.qr(rng.normal(size=(40, 8)))[0].T.astype(np.float32))  # eight directions of forty
    turn = np.linalg.qr(rng.normal(size=(8, 8)))[0].astype(np.float32)
    own = unit(unit(low) @ turn + 0.05 * rng.normal(size=(200, 8)).astype(np.float32))
    goals = in_space_of(wide, own)
    assert goals.shape == own.shape
    assert np.allclose(goals @ goals.T, wide @ wide.T, atol=1e-3)
    assert (goals * own).sum(axis=1).min() > 0.9


def test_teachers_side_by_side_have_the_mean_of_their_cosines() -> None:
    rng = np.random.default_rng(2)
    one, other, own = (unit(rng.normal(size=(len(TEXTS), size))) for size in (6, 10, 8))
    taught = Teacher([*TEXTS, *TEXTS], [lambda _: one, lambda _: other], lambda _: own)  # each text is asked for once
    assert np.allclose(taught.said @ taught.said.T, (one @ one.T + other @ other.T) / 2, atol=1e-5)
    goals, said = taught.of([TEXTS[3], TEXTS[0]])
    assert np.array_equal(goals, taught.goals[[3, 0]])
    assert np.array_equal(said, taught.said[[3, 0]])


@pytest.mark.model
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_pupil_comes_to_find_alike_what_its_teacher_does(tiny: Path) -> None:
    model = Source("tiny", tiny).load()

    def own(texts: list[str]) -> Vectors:
        return np.asarray(embed(model, texts).detach().numpy(), np.float32)

    def likeness() -> float:
        rows, said = own(TEXTS), by_organ(TEXTS)
        return float(np.corrcoef((rows @ rows.T).ravel(), (said @ said.T).ravel())[0, 1])

    pairs = [Pair(text, text.split()[1], text, "k") for text in TEXTS]
    batches = [pairs[start::2] for start in (0, 1)] * 20
    before = likeness()
    texts = [*TEXTS, *ORGANS]
    teacher = Teacher(texts, [lambda texts: by_organ(list(texts))], lambda texts: own(list(texts)))
    train(model, batches, Recipe(rate=2e-3, labels=0, keep=1, likeness=1, frozen=0), teacher)
    assert likeness() > before + 0.1


@pytest.mark.model
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_pupil_learns_of_texts_that_are_in_no_pair(tiny: Path) -> None:
    """Pairs tell of two organs alone; of the others, what the teacher says of texts that stand alone."""
    pairs = [Pair(text, text.split()[1], text, "k") for text in TEXTS if text.split()[1] in ORGANS[:2]]
    others = [text for text in TEXTS if text.split()[1] not in ORGANS[:2]]
    said = by_organ(others)

    def likeness(alone: int) -> float:
        model = Source("tiny", tiny).load()

        def own(texts: Sequence[str]) -> Vectors:
            return np.asarray(embed(model, texts).detach().numpy(), np.float32)

        teacher = Teacher([*TEXTS, *ORGANS], [lambda texts: by_organ(list(texts))], own)
        recipe = Recipe(rate=2e-3, labels=0, keep=1, likeness=1, frozen=0, alone=alone)
        train(model, [pairs] * 30, recipe, teacher, others)
        rows = own(others)
        return float(np.corrcoef((rows @ rows.T).ravel(), (said @ said.T).ravel())[0, 1])

    assert likeness(alone=64) > likeness(alone=0) + 0.1
