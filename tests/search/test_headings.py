"""Headings: how much of a title is asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.records import Record
from search.contrasts import contrasts
from search.errors import IndexRefused
from search.headings import EXACTLY, Headings
from search.lexical import Lexical, idf

PAGES = (
    Record("a", title="Lip rash, lip rash"),
    Record("b", question="No title here, a rash"),
    Record("c", title="The left lip"),
    Record("d", title="Of the"),
)


@pytest.fixture
def headings(tmp_path: Path) -> Headings:
    """The headings of PAGES."""
    Lexical.build(PAGES, tmp_path / "lexical")
    Headings.build(PAGES, Lexical.load(tmp_path / "lexical"), tmp_path / "headings")
    return Headings.load(tmp_path / "headings")


def test_the_share_of_a_title_is_weighed_by_rarity(headings: Headings) -> None:
    lip, left = idf(2, 4), idf(1, 4)
    rows = np.array([2, 0, 1, 3, 2])
    assert headings.coverage(["lip", "cough"], rows) == pytest.approx(
        [lip / (lip + left), 0.5, np.nan, np.nan, lip / (lip + left)], nan_ok=True
    )
    assert headings.coverage(["lip", "rash", "left"], np.array([0, 2])).tolist() == [1, 1]
    assert headings.coverage([], np.array([0, 2])).tolist() == [0, 0]
    assert headings.coverage(["lip"], np.array([], np.int64)).tolist() == []


def test_a_title_is_the_name_that_is_asked_for_as_far_as_nothing_is_missing_or_too_much(headings: Headings) -> None:
    lip, left, cough = idf(2, 4), idf(1, 4), idf(0, 4)
    rarity = {"lip": lip, "left": left, "rash": lip, "cough": cough}.__getitem__
    rows = np.array([0, 1, 2, 3])
    whole = headings.named([["lip", "left"]], rows, rarity)
    assert whole == pytest.approx([(lip / (2 * lip + left)) ** EXACTLY, 0, 1, 0])
    less = headings.named([["lip", "left", "cough"]], rows, rarity)[2]
    assert less == pytest.approx(((lip + left) / (lip + left + cough)) ** EXACTLY)
    assert less < 0.1
    either = headings.named([["cough"], ["rash", "lip"], ["lip", "left"]], rows, rarity)
    assert either == pytest.approx([1, 0, 1, 0])
    assert headings.named([], rows, rarity).tolist() == [0, 0, 0, 0]


def test_what_speaks_against_a_page_is_by_its_row(headings: Headings) -> None:
    assert headings.marks(2) == contrasts().marks("left")
    assert headings.against(contrasts().marks("right"), np.array([0, 2])) == pytest.approx([0, 0.1])


def test_headings_that_cannot_be_read_are_refused(headings: Headings, tmp_path: Path) -> None:
    assert len(headings) == 4
    np.save(tmp_path / "headings" / "marks.npy", np.zeros(3, np.uint32))
    with pytest.raises(IndexRefused, match="do not fit together: 4 titles, 3 marks"):
        Headings.load(tmp_path / "headings")
    (tmp_path / "headings" / "marks.npy").write_bytes(b"")
    with pytest.raises(IndexRefused, match="cannot be read as an array"):
        Headings.load(tmp_path / "headings")
