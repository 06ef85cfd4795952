"""Inferred specialties, by arithmetic over two toy departments."""

from __future__ import annotations

from math import exp, log, sqrt
from pathlib import Path

import numpy as np
import pytest

from corpus.passages import Part, Passage
from corpus.records import Answer, Record
from indexer import derive
from indexer.build import build
from indexer.evaluate_specialty import Guess, figures
from indexer.specialty import (
    LEAST,
    TEMPERATURE,
    WORDS_HALF,
    WORDS_WEIGHT,
    Departments,
    choose,
    departments_file,
    infer,
    mean_vectors,
    score,
)
from search.hits import Inferred
from search.inferred import Specialties
from search.layout import Layout
from search.rows import PassageTable
from tests.toy_encoder import ToyEncoder

TOML = """
[Neurology]
says = ["lip twitching", "stroke", "eyelid"]

[Pediatrics]
says = ["fever and cough", "fever", "rash"]

["Family Medicine"]
says = ["coffee", "coffee"]
"""
LIP = Record("a", title="Lip twitching", answers=(Answer("A stroke."),))


@pytest.fixture
def toy(tmp_path: Path) -> Departments:
    """Three toy departments."""
    path = tmp_path / "departments.toml"
    path.write_text(TOML)
    return Departments.read(path)


def test_departments_are_their_sentences_and_how_rare_their_stems_are(toy: Departments) -> None:
    assert toy.names == ("Neurology", "Pediatrics", "Family Medicine")
    assert toy.sentences == (
        "lip twitching",
        "stroke",
        "eyelid",
        "fever and cough",
        "fever",
        "rash",
        "coffee",
        "coffee",
    )
    assert toy.owner.tolist() == [0, 0, 0, 1, 1, 1, 2, 2]
    assert set(toy.rarity[0]) == {"neurolog", "lip", "twitch", "stroke", "eyelid"}
    assert toy.rarity[0]["lip"] == pytest.approx(log(3 / 1))


def test_a_score_is_the_two_nearest_sentences_and_the_shared_words(toy: Departments) -> None:
    encoder = ToyEncoder()
    means = encoder.encode(["lip twitching stroke"])
    found = score([LIP], means, toy, encoder.encode(toy.sentences))
    cosines = (2 / sqrt(2 * 3) + 1 / sqrt(3)) / 2
    words = log(3) * (3 / 4 + 3 / 4 + 1 / 2)  # lip and twitching in the title, which counts three; stroke once
    assert found[0].tolist() == pytest.approx([cosines + WORDS_WEIGHT * words / (words + WORDS_HALF), 0, 0])


def test_confidence_is_the_share_of_the_scores_and_too_little_is_nothing() -> None:
    def sure(gap: float) -> float:
        return 1 / (1 + exp(-gap / TEMPERATURE))

    names = ("Neurology", "Pediatrics")
    scores = np.array([[0.5, 0.3], [0.3, 0.5], [0.5, 0.49]])
    assert choose(scores, names) == [
        Inferred("Neurology", round(sure(0.2), 2)),
        Inferred("Pediatrics", round(sure(0.2), 2)),
        None,
    ]
    assert sure(0.01) < LEAST < sure(0.2)
    assert choose(np.array([[0.9, 0.1]]), ("Family Medicine", "Neurology")) == [None]
    assert choose(np.empty((2, 0)), ()) == [None, None]


def test_the_vector_of_a_record_is_the_mean_of_its_parts_not_of_its_passages() -> None:
    passages = [
        (0, Passage(Part.TITLE, 0, 0, 1, "x")),
        (0, Passage(Part.ANSWER, 0, 0, 1, "x")),
        (0, Passage(Part.MORE_INFO, 0, 0, 1, "x")),
        (1, Passage(Part.TITLE, 0, 0, 1, "x")),
    ]
    vectors = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]], np.float32)
    table = PassageTable.build(passages)
    first, second = mean_vectors(table, vectors, [0, 1]).tolist()
    assert first == pytest.approx([2 / sqrt(6), 1 / sqrt(6), 1 / sqrt(6)])
    assert second == [0, 1, 0]
    assert mean_vectors(table, vectors, [1]).tolist() == [second]


def test_only_records_that_state_none_get_one(toy: Departments) -> None:
    encoder = ToyEncoder()
    records = [LIP, Record("b", title="Lip twitching", specialty="Dentistry"), Record("c", title="Nothing known")]
    passages = [(row, Passage(Part.TITLE, 0, 0, 1, one.title)) for row, one in enumerate(records)]
    table, vectors = PassageTable.build(passages), encoder.encode([passage.text for _, passage in passages])
    found = infer(records, range(len(records)), table, vectors, toy, encoder.encode(toy.sentences))
    assert {row: item.name for row, item in found.items()} == {0: "Neurology"}


def test_a_build_infers_and_a_rebuild_embeds_no_department_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "departments.toml").write_text(TOML)
    monkeypatch.setattr(derive, "departments_file", lambda: tmp_path / "departments.toml")
    layout, again = Layout(tmp_path / "index"), ToyEncoder()
    build([LIP, Record("b", title="Rash", specialty="Dermatology")], layout, ToyEncoder())
    found = Specialties(layout.version(layout.published() or "").specialties, 2)
    assert {row: item.name for row, item in found.of([0, 1]).items()} == {0: "Neurology"}
    again.seen.clear()
    assert build([LIP], layout, again).embedded == 0
    assert not set(again.seen) & {"lip twitching", "fever and cough", "rash", "coffee"}  # they are in the cache


def test_the_departments_of_the_package_are_whole() -> None:
    found = Departments.read(departments_file())
    assert (len(found.names), len(set(found.names)), len(set(found.sentences))) == (40, 40, len(found.sentences))
    assert min(np.bincount(found.owner)) >= 2


def test_figures_count_what_is_told_and_what_of_it_is_right() -> None:
    found = [
        Guess(LIP, "neurology", Inferred("Neurology", 0.9)),
        Guess(LIP, "Dentistry", Inferred("Neurology", 0.7)),
        Guess(LIP, "Dentistry", Inferred("Dentistry", 0.35)),
        Guess(LIP, "Dentistry", Inferred("Family Medicine", 0.99)),
    ]
    measured = figures(found)
    assert {step["least"]: (step["coverage"], step["right"]) for step in measured["at"]} == {
        0.0: (0.75, 0.667),
        0.3: (0.75, 0.667),
        0.4: (0.5, 0.5),
        0.5: (0.5, 0.5),
        0.6: (0.5, 0.5),
        0.7: (0.5, 0.5),
        0.8: (0.25, 1.0),
        0.9: (0.25, 1.0),
    }
    assert measured["confused"] == {"Dentistry -> Neurology": 1}
