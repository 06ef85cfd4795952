"""Opening: which encoder a version gets."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from search.converted import CARD
from search.encoder import ModelEncoder
from search.errors import IndexRefused
from search.opening import shared_encoder
from tests.toy_encoder import ToyEncoder


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that encoders were loaded from; all of them toys."""
    seen: list[Path] = []

    def load(folder: Path, streams: int = 1) -> ToyEncoder:
        seen.append(folder)
        return ToyEncoder()

    monkeypatch.setattr(ModelEncoder, "load", load)
    return seen


def test_versions_of_one_model_share_its_encoder(tmp_path: Path, loads: list[Path]) -> None:
    (tmp_path / CARD).write_text("one")
    first = shared_encoder(tmp_path)
    assert shared_encoder(tmp_path) is first
    assert len(loads) == 1


def test_another_card_is_another_encoder(tmp_path: Path, loads: list[Path]) -> None:
    (tmp_path / CARD).write_text("one")
    first = shared_encoder(tmp_path)
    (tmp_path / CARD).write_text("other")
    assert shared_encoder(tmp_path) is not first


def test_an_encoder_that_nobody_uses_is_let_go(tmp_path: Path, loads: list[Path]) -> None:
    (tmp_path / CARD).write_text("one")
    first = shared_encoder(tmp_path)
    del first
    gc.collect()
    again = shared_encoder(tmp_path)
    assert len(loads) == 2
    assert again is shared_encoder(tmp_path)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexRefused, match="cannot be read"):
        shared_encoder(tmp_path)
