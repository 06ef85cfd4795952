"""Moving house: in every direction a copy answers alike, no vector is made again, and what differs is not published."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.records import from_json, to_json
from indexer import alike
from indexer.build import build
from indexer.cli import main
from indexer.copy import bring_model, copy
from indexer.milvus.source import MilvusSource
from indexer.sources import FolderSource
from indexer.verify import verify
from search.address import MilvusAddress, parse
from search.encoder import ModelEncoder
from search.engine import Engine
from search.errors import IndexRefused, SearchError
from search.hits import Question
from search.layout import Layout, Manifest
from search.milvus.opening import client_of, published
from search.opening import open_index
from tests.homes.held import live
from tests.toy_encoder import CARD, ToyEncoder
from tests.toy_records import LIP, RECORDS

PLAIN = [from_json(to_json(record)) for record in (*RECORDS, replace(LIP, id="toy:again", source="Elsewhere"))]


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> ToyEncoder:
    """What every index is opened with; it tells what it was asked to embed."""
    made = ToyEncoder()
    monkeypatch.setattr(ModelEncoder, "load", lambda folder, streams=1: made)
    return made


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index folder of records of which two ask the same, with the model that made it."""
    monkeypatch.setenv("MEDQA_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("MEDQA_CACHE", str(tmp_path / "cache"))
    layout = Layout(tmp_path / "index")
    build(PLAIN, layout, ToyEncoder(), mapped=True, memory=100_000)
    layout.model(CARD.fingerprint).mkdir(parents=True)
    (layout.model(CARD.fingerprint) / "card.json").write_text("{}")
    return layout.root


@pytest.fixture
def address(tmp_path: Path) -> Iterator[MilvusAddress]:
    """An address in this process where nothing is yet."""
    found = parse(f"milvus-lite:{tmp_path}/home.db/toy")
    assert isinstance(found, MilvusAddress)
    yield found
    client_of(found).close()


def test_a_model_that_another_process_brings_meanwhile_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, brought = Path(os.environ["MEDQA_MODELS"]) / CARD.fingerprint[:32], shutil.copytree

    def beside(source: Path, part: Path, dirs_exist_ok: bool) -> None:
        brought(source, part, dirs_exist_ok=dirs_exist_ok)
        brought(source, model)

    monkeypatch.setattr(shutil, "copytree", beside)
    assert bring_model(FolderSource(folder), model.parent) == model
    assert [path.name for path in model.parent.iterdir()] == [model.name]


def test_there_and_back_again(folder: Path, address: MilvusAddress, tmp_path: Path, encoder: ToyEncoder) -> None:
    lines = list(copy(folder, address))
    assert lines[0] == "compared: 8 records and their hash, 32 passages: the same"
    assert lines[1].startswith("compared: the texts of 8 records: the same; answers to ")
    assert lines[2] == f"published {published(address)} in {address}: 8 records, 32 passages"
    assert (tmp_path / "models" / CARD.fingerprint[:32] / "card.json").exists()
    other = replace(address, name="other")
    back = Layout(tmp_path / "back")
    assert len([*copy(address, other), *copy(other, back.root)]) == 6
    assert verify(back.version(back.published() or "")).records == len(PLAIN)
    assert back.model(CARD.fingerprint).is_dir()
    one, same = FolderSource(folder), FolderSource(back.root)
    assert (one.records, one.whole) == (same.records, same.whole)
    for found in (same, MilvusSource(other)):
        expected, pieces = one.pieces(0, len(PLAIN)), found.pieces(0, len(PLAIN))
        assert [(row, p.part, p.answer, p.start, p.end) for row, p in expected.passages] == [
            (row, p.part, p.answer, p.start, p.end) for row, p in pieces.passages
        ]
        assert np.array_equal(expected.vectors, pieces.vectors)
        assert expected.inferred == pieces.inferred
    assert same.places is None  # no map is kept in Milvus
    engine = open_index(back.root, ToyEncoder())
    family = engine.family(LIP.id)
    assert family is not None
    assert [member.id for member in family.members] == ["toy:again", LIP.id]
    engine.close()


def test_what_may_be_taken_up_in_memory_is_copied_too(folder: Path, tmp_path: Path, encoder: ToyEncoder) -> None:
    copied = Layout(tmp_path / "copied")
    list(copy(folder, copied.root))
    assert Manifest.load(copied.version(copied.published() or "")).memory == 100_000


def test_a_part_of_the_records_is_read_as_it_is_in_the_whole(folder: Path) -> None:
    source = FolderSource(folder)
    whole, part = source.pieces(0, len(PLAIN)), source.pieces(2, 5)
    rows = [number for number, (row, _) in enumerate(whole.passages) if 2 <= row < 5]
    assert part.passages == [(whole.passages[row][0] - 2, whole.passages[row][1]) for row in rows]
    assert np.array_equal(part.vectors, whole.vectors[rows])


def test_another_models_index_is_not_written_over(
    folder: Path, address: MilvusAddress, tmp_path: Path, encoder: ToyEncoder
) -> None:
    other = Layout(tmp_path / "other")
    build(PLAIN, other, ToyEncoder(replace(CARD, name="other", fingerprint="a1" * 32)))
    before = other.published()
    with pytest.raises(
        IndexRefused, match=r"other holds an index made by other \(a1\w+, f32\), this one was made by toy"
    ):
        list(copy(folder, other.root))
    assert other.published() == before
    list(copy(folder, address))
    with pytest.raises(IndexRefused, match=r"toy holds an index made by toy .* this one was made by other"):
        list(copy(other.root, address))
    assert len(live(address).records) == len(PLAIN)


def test_a_copy_that_answers_otherwise_is_not_published(
    folder: Path, address: MilvusAddress, encoder: ToyEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = Engine.search

    def backwards(self: Engine, question: Question):  # type: ignore[no-untyped-def]
        found = search(self, question)
        own = "." in self.manifest.id  # an id of a folder's version has a dot
        return found if own else replace(found, hits=found.hits[1:])

    monkeypatch.setattr(Engine, "search", backwards)
    with pytest.raises(IndexRefused, match=r"of the first 10 results of \d+ questions [\d.]+% are the same, at least"):
        list(copy(folder, address))
    assert published(address) is None
    monkeypatch.setattr(Engine, "search", search)
    list(copy(folder, address))
    assert published(address) is not None


def test_a_place_where_something_is_missing_may_answer_a_little_otherwise(
    folder: Path, address: MilvusAddress, encoder: ToyEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = Engine.search

    def short(self: Engine, question: Question):  # type: ignore[no-untyped-def]
        found = search(self, question)
        return found if "." in self.manifest.id else replace(found, hits=found.hits[:-1])  # 7 of 8

    monkeypatch.setattr(Engine, "search", short)
    monkeypatch.setattr(alike, "LEAST_DEGRADED", 0.85)
    with pytest.raises(IndexRefused, match="at least 98% must be"):
        list(copy(folder, address))
    monkeypatch.setattr(Engine, "missing", ("There is no BM25 here",))
    assert list(copy(folder, address))[2] == "There is no BM25 here"
    assert published(address) is not None


def test_what_cannot_be_copied_is_one_line(
    folder: Path, address: MilvusAddress, tmp_path: Path, encoder: ToyEncoder, capsys: pytest.CaptureFixture[str]
) -> None:
    for source, to, said in (
        (tmp_path / "none", address, f"there is no index in {tmp_path}/none to copy; build one first"),
        (address, tmp_path / "to", f"there is no index at {address} to copy; build one first"),
        (folder, folder, f"{folder} is where the index is already; give another place with --to"),
    ):
        assert main(["copy", "--index", str(source), "--to", str(to)]) == 1
        assert capsys.readouterr().err == f"python -m indexer: {said}\n"


def test_what_is_compared_is_counted(folder: Path) -> None:
    manifest = FolderSource(folder).manifest
    engines = open_index(folder, ToyEncoder()), open_index(folder, ToyEncoder())
    with pytest.raises(IndexRefused, match="the copy differs: records: expected 8, found 7; nothing was published"):
        list(alike.compare(manifest, replace(manifest, records=7), engines))
    with pytest.raises(SearchError, match="the copy differs: corpus"):
        list(alike.compare(manifest, replace(manifest, corpus="0" * 64), engines))
    for engine in engines:
        engine.close()
