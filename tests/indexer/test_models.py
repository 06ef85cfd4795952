"""Models: told apart by what is in their files, and the embedded one as it is used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.passages import cut
from corpus.records import Answer, Record
from indexer.models import EMBEDDED_MODEL, EMBEDDED_SHA256, fingerprint, model_folder, open_encoder
from search.encoder import OpenVinoEncoder
from search.errors import SearchError
from search.layout import Layout, ModelCard, file_hash


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files of a model."""
    (tmp_path / "1_Pooling").mkdir()
    for name in ("model.safetensors", "config.json", "1_Pooling/config.json", "vocab.txt", "README.md"):
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "1_Pooling/config.json", "vocab.txt"])
def test_a_fingerprint_changes_with_each_file_that_matters(folder: Path, name: str) -> None:
    before = fingerprint(folder)
    (folder / name).write_text("changed")
    changed = fingerprint(folder)
    (folder / name).rename(folder / "other.json")
    assert len({before, changed, fingerprint(folder)}) == 3


def test_a_fingerprint_is_of_the_model_alone(folder: Path, tmp_path: Path) -> None:
    before = fingerprint(folder)
    (folder / "README.md").write_text("changed")
    (folder / "model.onnx").write_text("another form of it")
    assert fingerprint(folder) == before
    assert fingerprint(folder.rename(tmp_path.with_name("elsewhere"))) == before


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    assert model_folder(str(tmp_path)) == tmp_path
    with pytest.raises(SearchError, match="holds no model; give the folder of a sentence-transformers model"):
        open_encoder(Layout(tmp_path / "index"), str(tmp_path))
    assert not (tmp_path / "index").exists()


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> OpenVinoEncoder:
    """The embedded model, converted."""
    return open_encoder(Layout(tmp_path_factory.mktemp("model")))


@pytest.mark.model
def test_the_embedded_model_is_the_one_that_was_chosen(encoder: OpenVinoEncoder) -> None:
    folder = model_folder(EMBEDDED_MODEL)
    assert file_hash(folder / "model.safetensors") == EMBEDDED_SHA256
    assert encoder.card == ModelCard("all-MiniLM-L6-v2", fingerprint(folder), 384, 256)


@pytest.mark.model
def test_a_paraphrase_is_nearer_than_another_topic(encoder: OpenVinoEncoder) -> None:
    texts = [
        "My lower lip keeps twitching.",
        "Why do I have spasms of my mouth?",
        "How long is a broken arm in plaster?",
    ]
    vectors = encoder.encode(texts)
    assert vectors.shape == (3, 384)
    assert np.linalg.norm(vectors, axis=1).tolist() == pytest.approx([1, 1, 1], abs=1e-5)
    asked, paraphrase, other = vectors
    assert asked @ paraphrase > asked @ other + 0.2


@pytest.mark.model
def test_a_text_has_the_same_vector_in_any_company(encoder: OpenVinoEncoder) -> None:
    texts = ["Lip.", "My lower lip has been twitching since Monday. " * 20, "", "皮膚 🍮", "Is it a stroke?"]
    together = encoder.encode(texts)
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert (together * alone).sum(axis=1).tolist() == pytest.approx([1] * len(texts), abs=1e-5)
    assert encoder.encode([]).shape == (0, 384)


@pytest.mark.model
def test_a_long_text_is_cut_and_nothing_of_it_is_truncated(encoder: OpenVinoEncoder) -> None:
    words = [f"word{number}" + "." * (number % 17 == 0) for number in range(3000)]
    text = " ".join(words)
    spans = encoder.spans(text)
    assert {text[start:end] for start, end in spans} >= {"word", "."}
    assert spans[-1][1] == len(text)
    record = Record("x", title="A long answer", answers=(Answer(text),))
    passages = [passage for passage in cut(record, encoder, encoder.card.max_tokens - 2) if passage.heading]
    assert " ".join(passage.text for passage in passages) == text
    assert max(len(encoder.spans(passage.embedded)) for passage in passages) <= 254
    end = encoder.encode([passages[-1].embedded, passages[-1].embedded + " stroke"])
    assert end[0] @ end[1] < 0.9999  # the last word of the last passage is read
