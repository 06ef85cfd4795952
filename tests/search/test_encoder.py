"""The encoder's folder is checked before it is opened, and texts are put into batches of like length."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from search.converted import CARD, MODEL, TOKENIZER, WEIGHTS, Converted
from search.dense import Vectors
from search.encoder import BATCH_TOKENS, LIKE, ModelEncoder, _batches, _width
from search.errors import IndexRefused
from search.runtimes import KINDS, Ids
from tests import toy_encoder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as a conversion leaves it, with something else in the place of the model."""
    for name in (MODEL, WEIGHTS, TOKENIZER):
        (tmp_path / name).write_text(name)
    Converted(toy_encoder.CARD).save(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", [MODEL, WEIGHTS, TOKENIZER])
def test_a_file_that_was_changed_is_refused_by_name(folder: Path, name: str) -> None:
    (folder / name).write_text("changed")
    said = f"{name} was changed: expected [0-9a-f]{{12}}, found [0-9a-f]{{12}}; build the index again"
    with pytest.raises(IndexRefused, match=said):
        ModelEncoder.load(folder)


@pytest.mark.parametrize("name", [MODEL, WEIGHTS, TOKENIZER, CARD])
def test_a_file_that_is_missing_is_refused_by_name(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(
        IndexRefused, match=f"the converted model in .* cannot be read .*{name}.*; build the index again"
    ):
        ModelEncoder.load(folder)


@pytest.mark.parametrize("card", ["", "[]", "{}", '{"model": {"name": "toy"}, "files": {}}'])
def test_a_card_that_says_too_little_is_refused(folder: Path, card: str) -> None:
    (folder / CARD).write_text(card)
    with pytest.raises(IndexRefused, match=r"the converted model in .* cannot be read"):
        ModelEncoder.load(folder)


def test_the_card_says_which_model_it_is(folder: Path) -> None:
    assert json.loads((folder / CARD).read_text())["model"] == {
        "name": "toy",
        "fingerprint": toy_encoder.CARD.fingerprint,
        "dimension": 9,
        "max_tokens": 16,
        "kind": "f32",
    }


def test_a_folder_from_before_there_were_kinds_holds_float32(folder: Path) -> None:
    value = json.loads((folder / CARD).read_text())
    del value["model"]["kind"], value["measured"], value["probes"], value["seal"]
    (folder / CARD).write_text(json.dumps(value))
    assert Converted.load(folder) == Converted(toy_encoder.CARD)


def test_a_kind_that_is_not_known_is_refused(folder: Path) -> None:
    Converted(replace(toy_encoder.CARD, kind="int4")).save(folder)
    with pytest.raises(IndexRefused, match=f"expected a model of the kind {' or '.join(KINDS)}, found int4$"):
        ModelEncoder.load(folder)


class Counting:
    """A runtime whose vector of a text says how often each of its words stands there; it notes each call's shape."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, ids: Ids, mask: Ids) -> Vectors:
        self.shapes.append(ids.shape)
        counts = np.array([np.bincount(row[row > 2], minlength=9) for row in ids], np.float32)
        return np.asarray(counts / np.maximum(1, np.linalg.norm(counts, axis=1, keepdims=True)), np.float32)


def counting(path: Path) -> tuple[ModelEncoder, Counting]:
    """An encoder that reads sixteen tokens, the one in front and the one behind among them."""
    words = {word: number for number, word in enumerate(("[PAD]", "[UNK]", "[CLS]", "lip", "fever", "rash"))}
    tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [CLS]", special_tokens=[("[CLS]", 2)])
    tokenizer.save(str(path))
    runtime = Counting()
    return ModelEncoder(toy_encoder.CARD, path, runtime), runtime


def test_a_long_text_counts_to_its_end(tmp_path: Path) -> None:
    encoder, runtime = counting(tmp_path / TOKENIZER)
    texts = ["lip " * 14, "lip " * 14 + "fever " * 28, "rash", "lip " * 14 + "fever " * 14, "?"]
    found = encoder.encode(texts)[:, 3:6]
    assert found == pytest.approx(
        np.array([[1, 0, 0], [5**-0.5, 2 * 5**-0.5, 0], [0, 0, 1], [0.5**0.5, 0.5**0.5, 0], [0, 0, 0]])
    )
    assert all(width <= toy_encoder.CARD.max_tokens for _, width in runtime.shapes)
    for text, vector in zip(texts, found, strict=True):
        assert encoder.encode([text])[0, 3:6] == pytest.approx(vector)
    del runtime.shapes[:]
    encoder.encode(texts[1:2])
    assert runtime.shapes == [(1, 16)] * 3  # between which others have their turn


def test_a_text_that_fits_is_one_row(tmp_path: Path) -> None:
    encoder, runtime = counting(tmp_path / TOKENIZER)
    encoder.encode(["lip. " * 7])
    assert runtime.shapes == [(1, 16)]


@given(st.integers(1, 300))
def test_a_text_is_padded_to_few_widths_and_never_cut(tokens: int) -> None:
    width = _width(tokens, 256)
    assert width >= tokens
    step = 1 if tokens <= 8 else 4 if tokens <= 32 else 16
    assert width == tokens or (width % step == 0 and width - tokens < step)


def test_words_are_not_padded(tmp_path: Path) -> None:
    encoder, runtime = counting(tmp_path / TOKENIZER)
    encoder.encode(["lip", "lip fever", "rash"])
    assert sorted(runtime.shapes) == [(1, 4), (2, 3)]  # with the two that the model adds


@given(st.lists(st.integers(0, 3000), max_size=60))
def test_each_text_is_in_one_batch_and_no_batch_is_too_large(lengths: list[int]) -> None:
    batches = list(_batches(lengths))
    assert sorted(number for batch in batches for number in batch) == list(range(len(lengths)))
    for batch in batches:
        own = [lengths[number] for number in batch]
        assert len(batch) == 1 or len(batch) * max(own) <= BATCH_TOKENS
        assert min(own) >= LIKE * max(own)
    longest = [max(lengths[number] for number in batch) for batch in batches]
    assert longest == sorted(longest, reverse=True)


def test_a_card_with_one_byte_changed_is_refused(folder: Path) -> None:
    text = (folder / CARD).read_text()
    (folder / CARD).write_text(text.replace('"max_tokens": 16', '"max_tokens": 17'))
    with pytest.raises(IndexRefused, match="it was changed since it was written"):
        Converted.load(folder)
