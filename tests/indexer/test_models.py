"""Models: told apart by what is in their files, and the embedded one as it is used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from corpus.passages import cut
from corpus.records import Answer, Record
from indexer.convert import beside, open_encoder
from indexer.models import BASE_MODEL, BASE_SHA256, TUNED_MODEL, TUNED_SHA256, TUNED_WEIGHTS, Source, find, fingerprint
from search.converted import Converted
from search.encoder import ModelEncoder
from search.errors import IndexRefused, SearchError
from search.layout import Layout, ModelCard, file_hash
from tests.toy_encoder import CARD, ToyEncoder


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


@pytest.mark.parametrize("name", ["", " "])
def test_an_empty_name_is_no_model(name: str) -> None:
    with pytest.raises(SearchError, match="the name of the model is empty; give a name or a folder"):
        find(name)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    assert find(str(tmp_path)) == Source(str(tmp_path), tmp_path)
    with pytest.raises(SearchError, match="holds no model; give the folder of a sentence-transformers model"):
        open_encoder(Layout(tmp_path / "index"), str(tmp_path))
    assert not (tmp_path / "index").exists()


def test_a_damaged_conversion_makes_room_for_a_new_one(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    index, done = Layout(tmp_path.with_name("index")), []
    home = index.model(fingerprint(folder))
    home.mkdir(parents=True)
    (home / "model.bin").write_bytes(b"weights")
    Converted(CARD).save(home)
    monkeypatch.setattr("indexer.convert._convert", lambda source, digest, where: done.append(where.exists()))
    monkeypatch.setattr(ModelEncoder, "load", lambda folder, streams=1: ToyEncoder())
    open_encoder(index, str(folder))
    assert (done, home.is_dir()) == ([], True)
    (home / "model.bin").write_bytes(b"weighty")
    with pytest.raises(IndexRefused, match=r"was changed: .*; build the index again, which converts the model anew$"):
        Converted.load(home)
    open_encoder(index, str(folder))
    assert done == [False]
    said = capsys.readouterr().err.splitlines()
    assert (said[0].split(":")[0], said[0][-15:]) == (f"{home}/model.bin was changed", ": it is removed")


@pytest.fixture
def loading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every model loads at once, and is none."""
    said = SimpleNamespace(get_embedding_dimension=lambda: 9, get_max_seq_length=lambda: 16)
    monkeypatch.setattr(Source, "load", lambda source: said)
    monkeypatch.setattr(ModelEncoder, "load", lambda folder, streams=1: ToyEncoder())


@pytest.mark.usefixtures("loading")
def test_of_two_commands_that_convert_one_model_the_second_takes_what_the_first_made(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Layout(tmp_path.with_name("raced"))
    home = index.model(fingerprint(folder))

    def write(model: object, card: ModelCard, part: Path) -> None:
        home.mkdir()
        (home / "card.json").write_text("the first")

    monkeypatch.setattr("indexer.convert._write", write)
    assert open_encoder(index, str(folder)).card == CARD
    assert [path.read_text() for path in index.models.rglob("*.json")] == ["the first"]
    assert [path.name for path in index.models.iterdir()] == [home.name]


@pytest.mark.usefixtures("loading")
def test_what_a_killed_command_left_goes_and_what_another_one_is_at_stays(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Layout(tmp_path.with_name("killed"))
    home = index.model(fingerprint(folder))
    monkeypatch.setattr("indexer.convert._write", lambda model, card, part: None)
    with beside(home) as part:
        at_work = part.rename(part.with_suffix(".1"))
        for left in (part, part.with_suffix(".2")):  # the first had the number that this process has
            left.mkdir()
            (left / "half").write_text("")
        open_encoder(index, str(folder))
        assert sorted(index.models.iterdir()) == sorted([at_work, home])
        assert list(home.iterdir()) == []


@pytest.mark.usefixtures("loading")
def test_a_disk_that_is_full_while_a_model_is_converted_is_said(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(model: object, card: ModelCard, part: Path) -> None:
        raise Exception("No space left on device (os error 28)")  # as tokenizers does

    index = Layout(tmp_path.with_name("filled"))
    monkeypatch.setattr("indexer.convert._write", write)
    with pytest.raises(SearchError, match=f"there is no room left on the disk of {index.models}"):
        open_encoder(index, str(folder))
    assert list(index.models.iterdir()) == []


@pytest.fixture(scope="module")
def encoder(converted: Layout) -> ModelEncoder:
    """The embedded model, converted."""
    return open_encoder(converted)


@pytest.mark.model
def test_the_embedded_model_is_the_one_that_was_chosen(encoder: ModelEncoder) -> None:
    source = find()
    assert (source.name, source.weights) == (TUNED_MODEL, TUNED_WEIGHTS)
    assert file_hash(source.folder / "model.safetensors") == BASE_SHA256
    assert file_hash(TUNED_WEIGHTS) == TUNED_SHA256
    assert replace(encoder.card, kind="f32") == ModelCard(TUNED_MODEL, source.fingerprint, 384, 256)
    assert find(BASE_MODEL) == Source(BASE_MODEL, source.folder)
    assert source.fingerprint != find(BASE_MODEL).fingerprint


def test_weights_that_are_not_those_that_were_pinned_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "w.safetensors").write_bytes(b"other")
    monkeypatch.setattr("indexer.models.TUNED_WEIGHTS", tmp_path / "w.safetensors")
    with pytest.raises(SearchError, match=f"{TUNED_MODEL}: expected weights {TUNED_SHA256[:12]}, found d9298a10d1b0; "):
        find()
    (tmp_path / "w.safetensors").unlink()
    with pytest.raises(SearchError, match="found no file; reinstall it"):
        find()


@pytest.mark.model
def test_a_paraphrase_is_nearer_than_another_topic(encoder: ModelEncoder) -> None:
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
def test_a_text_has_the_same_vector_in_any_company(encoder: ModelEncoder) -> None:
    texts = ["Lip.", "My lower lip has been twitching since Monday. " * 20, "", "皮膚 🍮", "Is it a stroke?"]
    together = encoder.encode(texts)
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert (together * alone).sum(axis=1).tolist() == pytest.approx([1] * len(texts), abs=1e-5)
    assert encoder.encode([]).shape == (0, 384)


@pytest.mark.model
def test_a_long_text_is_cut_and_nothing_of_it_is_truncated(encoder: ModelEncoder) -> None:
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
