"""Contrasts: the sides that words take, and what it costs to be on another one."""

from __future__ import annotations

import numpy as np
import pytest

from corpus.records import Asker, Record
from search.contrasts import contrasts


def cost(asked: str, page: str) -> float:
    """What a page with this title loses when this is asked."""
    marks = np.array([contrasts().marks_of(Record("p", title=page))], np.uint32)
    return float(contrasts().costs(contrasts().marks(asked), marks)[0])


@pytest.mark.parametrize(
    ("asked", "page", "expected"),
    [
        ("pain in my left arm", "Pain in the left arm", 0),
        ("pain in my left arm", "Pain in the right arm", 0.1),
        ("pain in my left arm", "Pain in the arm", 0),  # a page that takes no side fits both
        ("pain in my arm", "Pain in the right arm", 0),
        ("left and right arm", "Pain in the right arm", 0),
        ("My husband snores", "Snoring in women", 0.05),
        ("my baby boy has a rash", "Rash in elderly women", 0.10),  # sex and age
        ("high blood pressure", "Low blood pressure", 0.05),
        ("Can I drink on this?", "Can I not drink on this?", 0.02),
        ("I can't sleep", "Unable to sleep", 0),
        ("I can\N{RIGHT SINGLE QUOTATION MARK}t sleep", "How to sleep", 0.02),
        ("leftover chicken", "Right after eating chicken", 0),  # whole words only
    ],
)
def test_what_a_page_on_another_side_loses(asked: str, page: str, expected: float) -> None:
    assert cost(asked, page) == pytest.approx(expected)


def test_a_page_without_a_title_is_on_the_sides_of_its_message() -> None:
    assert contrasts().marks_of(Record("p", question="My left ear")) == contrasts().marks("left")


def test_who_asked_counts_where_the_heading_says_nothing() -> None:
    woman = Record("p", title="Hair loss", asker=Asker("80+", "female"))
    assert contrasts().marks_of(woman) == contrasts().marks("loss woman elderly")
    assert contrasts().marks_of(Record("p", title="Hair of my son", asker=Asker("40-49", "female"))) == (
        contrasts().marks("son")
    )
    for age, word in {"0-9": "child", "10-19": "", "60-69": "", "70-79": "elderly"}.items():
        assert contrasts().marks_of(Record("p", title="Hair", asker=Asker(age, ""))) == contrasts().marks(word)


def test_every_side_has_a_bit_of_its_own() -> None:
    sides = [bit for contrast in contrasts().table.values() for bit in contrast.sides.values()]
    assert len(sides) == len(set(sides)) <= 32
    assert all(bit.bit_count() == 1 for bit in sides)
