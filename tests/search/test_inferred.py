"""Inferred specialties on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.errors import IndexRefused
from search.hits import Inferred
from search.inferred import Specialties


def test_what_was_inferred_is_found_by_row(tmp_path: Path) -> None:
    inferred = {1: Inferred("Neurology", 0.81), 700: Inferred("Dentistry", 0.6)}
    Specialties.build(inferred, tmp_path / "s.sqlite")
    found = Specialties(tmp_path / "s.sqlite", 701)
    assert found.of([0, 700]) == {700: Inferred("Dentistry", 0.6)}
    assert found.of(range(701)) == inferred
    assert (found.of([]), len(found)) == ({}, 2)


def test_an_empty_store_infers_nothing(tmp_path: Path) -> None:
    Specialties.build({}, tmp_path / "s.sqlite")
    assert Specialties(tmp_path / "s.sqlite", 3).of([0, 1, 2]) == {}


def test_what_is_no_store_of_specialties_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexRefused, match="is missing"):
        Specialties(tmp_path / "none.sqlite", 5)
    (tmp_path / "bad.sqlite").write_text("no database at all, only words" * 50)
    with pytest.raises(IndexRefused, match="cannot be read as a store of specialties"):
        Specialties(tmp_path / "bad.sqlite", 5)
    Specialties.build({3: Inferred("Neurology", 0.8)}, tmp_path / "s.sqlite")
    with pytest.raises(IndexRefused, match="a row that none of the 3 records is"):
        Specialties(tmp_path / "s.sqlite", 3)
