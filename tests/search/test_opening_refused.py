"""An index that is not opened: one of another model, none at all, one that is gone, or in a country without numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search.abbreviations import Abbreviations
from search.annotations import Annotations
from search.engine import Engine
from search.errors import IndexRefused, SearchError
from search.lay_terms import LayTerms
from search.layout import Layout, Manifest
from search.local import LocalHome
from search.opening import open_halves, open_index, published
from search.question import Reader
from search.vocabulary import Vocabulary
from tests.toy_encoder import CARD, ToyEncoder


def test_a_country_without_numbers_is_refused_at_once(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDQA_COUNTRY", "Atlantis")
    with pytest.raises(SearchError, match="MEDQA_COUNTRY: no emergency numbers for 'Atlantis'"):
        open_index(built, ToyEncoder())


def test_another_model_is_refused_with_both_named(built: Path) -> None:
    other = ToyEncoder(replace(CARD, name="other", fingerprint="a1b2c3d4e5f6" + "0" * 52))
    with pytest.raises(
        IndexRefused, match=r"made by toy \(707070707070, .*this is other \(a1b2c3d4e5f6, .*build the index"
    ):
        open_index(built, other)


def test_another_dimension_is_refused_with_both_named(built: Path) -> None:
    layout = Layout(built)
    version = layout.version(layout.published() or "")
    with pytest.raises(IndexRefused, match=r"dimension 9\).*dimension 10\)"):
        Engine(
            LocalHome(Manifest.load(version), open_halves(version), Annotations.load(version, 7)),
            Reader(ToyEncoder(replace(CARD, dimension=10)), LayTerms("toy", ()), Vocabulary({}), Abbreviations.load()),
        )


def test_a_folder_without_an_index_is_refused_with_the_way_out(tmp_path: Path) -> None:
    assert published(tmp_path) is None
    with pytest.raises(IndexRefused, match=r"there is no index in .*; build one with: python -m indexer build RECORDS"):
        open_index(tmp_path, ToyEncoder())


def test_a_published_version_that_is_gone_is_refused(index: Layout) -> None:
    index.current.write_text("20000101T000000.000000Z\n")
    with pytest.raises(IndexRefused, match=r"20000101T000000\.000000Z has no manifest"):
        open_index(index.root, ToyEncoder())
