"""The kind of numbers that an encoder is run in is the fastest of those that are near enough to float32."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer import precision
from indexer.cache import EmbeddingCache, key_of
from indexer.models import find
from indexer.precision import LEAST_COSINE, choose, measured, quantized, texts
from search import openvino_runtime
from search.converted import Converted
from search.dense import Vectors
from search.encoder import ModelEncoder
from search.errors import IndexRefused
from search.hits import Question
from search.layout import Layout
from search.opening import open_index
from search.openvino_runtime import supported
from search.runtimes import KINDS
from tests.toy_encoder import CARD, ToyEncoder


def figures(cosine: float, query_ms: float, passages_per_s: float) -> dict[str, float]:
    return {"cosine": cosine, "query_ms": query_ms, "passages_per_s": passages_per_s}


def test_the_fastest_kind_is_taken_where_it_is_near_enough() -> None:
    exact = figures(1.0, 4.0, 50)  # 0.08
    assert choose({"f32": exact, "int8": figures(0.995, 2.0, 100)}) == "int8"  # 0.02
    assert choose({"f32": exact, "int8": figures(0.9949, 2.0, 100)}) == "f32"
    assert choose({"f32": exact, "int8": figures(float("nan"), 2.0, 100)}) == "f32"
    assert choose({"f32": exact, "int8": figures(0.999, 6.0, 60)}) == "f32"  # 0.1
    assert (
        choose({"f32": exact, "bf16": figures(1.0, 3.0, 75), "int8": figures(0.999, 4.0, 125)}) == "int8"
    )  # .04, .032


class Turned(ToyEncoder):
    """An encoder whose vectors are all as far from the toy encoder's as the angle whose cosine is 0.6."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = super().encode(texts)
        return np.asarray(0.6 * vectors + 0.8 * np.roll(vectors, 1, axis=1) * (vectors.max() == 1), np.float32)


def test_a_kind_is_held_against_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "texts", lambda most: ["lip"] * most)
    found = measured({"f32": ToyEncoder(), "int8": Turned()}, "f32")
    assert [found[kind]["cosine"] for kind in ("f32", "int8")] == pytest.approx([1, 0.6])
    assert [found[kind]["least_cosine"] for kind in ("f32", "int8")] == pytest.approx([1, 0.6])
    assert choose(found) == "f32"


def test_without_nncf_there_is_no_8_bit_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "nncf", None)
    assert quantized(tmp_path / "model.xml", tmp_path / "tokenizer.json", 16) is None


@pytest.mark.parametrize(
    ("cpuinfo", "tried"),
    [
        ("flags : fpu avx2 avx512_vnni", True),
        ("flags : fpu avx2 avx_vnni amx_int8", True),
        ("flags : fpu avx2 fma", False),
        ("Features : fp asimd", True),  # ARM names them otherwise
        (None, True),
    ],
)
def test_8_bits_are_tried_where_the_processor_may_have_instructions_for_them(
    cpuinfo: str | None, tried: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cpuinfo"
    if cpuinfo:
        path.write_text(f"processor : 0\n{cpuinfo}\n")
    monkeypatch.setattr(openvino_runtime, "CPUINFO", path)
    assert ("int8" in supported()) == tried
    assert "f32" in supported()


def test_texts_are_from_all_over_the_built_in_corpus() -> None:
    assert len(texts(50)) == len(set(texts(50))) == 50
    assert len({text.split("\n")[0] for text in texts(50)}) > 40


def test_vectors_of_two_kinds_are_kept_apart(tmp_path: Path) -> None:
    one, other = (EmbeddingCache(tmp_path, replace(CARD, kind=kind)) for kind in ("f32", "int8"))
    one.put([key_of("lip")], ToyEncoder().encode(["lip"]))
    assert other.get([key_of("lip")]) == {}
    assert one.get([key_of("lip")]).keys() == {key_of("lip")}
    one.close()
    other.close()


def test_an_index_is_searched_with_another_kind_of_its_model(built: Path) -> None:
    opened = open_index(built, ToyEncoder(replace(CARD, kind="int8")))
    assert opened.manifest.model.kind == "f32"
    assert opened.search(Question("lip twitching")).hits[0].record.id == "toy:lip"
    opened.close()


@pytest.fixture
def folder(converted: Layout, tmp_path: Path) -> Path:
    """The embedded model, converted; this test's own."""
    return Path(shutil.copytree(converted.model(find().fingerprint), tmp_path / "model"))


@pytest.mark.model
def test_the_embedded_model_says_how_its_kind_was_chosen(folder: Path) -> None:
    card, kinds = Converted.load(folder), set(supported())
    assert kinds <= KINDS.keys()
    if len(kinds) == 1:
        assert ({card.model.kind}, card.measured) == (kinds, {})  # there was nothing to choose
    else:
        assert card.measured.keys() == kinds
        assert card.model.kind == choose(card.measured)
        assert card.measured[card.model.kind]["cosine"] >= LEAST_COSINE
    assert sorted(path.name for path in folder.iterdir()) == ["card.json", "model.bin", "model.xml", "tokenizer.json"]


@pytest.mark.model
def test_a_machine_that_makes_other_vectors_is_refused(folder: Path) -> None:
    card = Converted.load(folder)
    ModelEncoder.load(folder, streams=2)
    other = [[-value for value in vector] for vector in card.probes]
    replace(card, probes=other).save(folder)
    with pytest.raises(IndexRefused, match=r"other vectors on this machine .*\(cosine -1\.0000, at least 0\.99 is "):
        ModelEncoder.load(folder)
