"""Folders in which a part of a model is missing, as copying leaves them where it was cut off."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from indexer.convert import open_encoder
from search.errors import SearchError
from search.layout import Layout

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.fixture
def copied(tiny: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny, tmp_path / "copied"))


def refused(folder: Path, tmp_path: Path) -> str:
    with pytest.raises(SearchError) as caught:
        open_encoder(Layout(tmp_path / "index"), str(folder))
    assert not list((tmp_path / "index").rglob("card.json"))
    return str(caught.value)


def test_weights_that_were_cut_short_are_said(copied: Path, tmp_path: Path) -> None:
    [weights] = copied.glob("*.safetensors")
    weights.write_bytes(weights.read_bytes()[:1000])
    assert refused(copied, tmp_path).startswith(
        f"the model {copied} cannot be loaded (Error while deserializing header"
    )


def test_a_layer_without_its_settings_is_said(copied: Path, tmp_path: Path) -> None:
    shutil.rmtree(copied / "1_Pooling")
    assert refused(copied, tmp_path).startswith(f"the model {copied} cannot be loaded (")


def test_a_model_without_its_tokenizer_is_not_one_to_which_all_words_are_alike(copied: Path, tmp_path: Path) -> None:
    for path in copied.glob("tokenizer*"):
        path.unlink()
    said = f"the model {copied} does not tell words apart: its tokenizer's files are not with it"
    assert refused(copied, tmp_path) == said
