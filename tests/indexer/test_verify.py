"""Verification finds what is wrong with a version, and says where."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.records import Record
from indexer.build import build
from indexer.verify import verify
from search import terms
from search.dense import DenseView, Rows, View
from search.errors import IndexRefused
from search.facets import Counts
from search.families import Families
from search.hits import Inferred
from search.inferred import Specialties
from search.layout import Layout, Manifest, Version, seal
from search.lexical import Lexical, record_text, stems
from search.nearest import _build
from search.terms import RecordTerms, Terms
from tests.search.toy_pages import build_store
from tests.toy_encoder import CARD, ToyEncoder
from tests.toy_records import ANSWER_ONLY, BY_ROW, LIP


@pytest.fixture
def version(index: Layout) -> Version:
    """The published toy version, this test's own."""
    return index.version(index.published() or "nothing published")


def resign(version: Version) -> None:
    """Writes the files' own hashes into the manifest, as if they had been built like this."""
    replace(Manifest.load(version), files=version.hashes()).save(version)


def change_view(version: Version, change: Callable[[DenseView], DenseView]) -> None:
    path = version.dense / View.ANSWER
    change(DenseView.load(path)).save(path)
    resign(version)


def test_a_whole_version_passes(version: Version) -> None:
    assert verify(version) == verify(version, ToyEncoder()) == Manifest.load(version)
    resign(version)
    assert verify(version, ToyEncoder()).records == 7


def test_a_flipped_byte_is_found_in_every_file(version: Version) -> None:
    paths = list(version.files())
    assert {path.parent.name for path in paths} == {
        version.root.name,
        "columns",
        "dense",
        "headings",
        "lexical",
        "terms",
        "words",
    }
    for path in paths:
        whole = path.read_bytes()
        middle = len(whole) // 2
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :] if whole else b"\0")
        with pytest.raises(IndexRefused) as caught:
            verify(version)
        assert str(caught.value).startswith(f"{path} was changed: expected ")
        path.write_bytes(whole)
    assert verify(version).records == 7


def test_a_missing_file_is_named(version: Version) -> None:
    for path in list(version.files()):
        whole = path.read_bytes()
        path.unlink()
        with pytest.raises(IndexRefused) as caught:
            verify(version)
        assert str(caught.value) == f"{path} is missing; roll back or build the index again"
        path.write_bytes(whole)


@pytest.mark.parametrize("name", ["extra", "dense/extra.faiss", "lexical/.extra"])
def test_an_extra_file_is_named(version: Version, name: str) -> None:
    (version.root / name).write_text("")
    with pytest.raises(IndexRefused) as caught:
        verify(version)
    assert str(caught.value) == f"{version.root / name} is not in the manifest; remove it"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("records", 8, "records in the store: expected 8, found 7"),
        ("passages", {"title": 3}, "passages in the table: expected 3, found 22"),
        ("corpus", "c0" * 32, "hash of the records: expected c0c0c0"),
        ("id", "20000101T000000.000000Z", "id in the manifest: expected 2.*, found 20000101T000000"),
        ("format", 0, "expected index format 5, found 0"),
    ],
)
def test_a_manifest_that_says_otherwise_is_found(version: Version, field: str, value: object, message: str) -> None:
    manifest = json.loads(version.manifest.read_text())
    version.manifest.write_text(seal(manifest | {field: value}))
    with pytest.raises(IndexRefused, match=message):
        verify(version)


def test_swapped_vectors_are_found(version: Version) -> None:
    def swap(view: DenseView) -> DenseView:
        rows, vectors = view.rows, view.vectors(view.rows)
        other = next(number for number in range(len(rows)) if vectors[number] @ vectors[0] < 0.9)
        vectors[[0, other]] = vectors[[other, 0]]
        return DenseView.build(rows, vectors)

    change_view(version, swap)
    assert verify(version).records == 7  # without the model nobody can know
    with pytest.raises(IndexRefused, match=r"answer: passage \d+ has the vector of another text"):
        verify(version, ToyEncoder())


def test_a_vector_that_is_not_unit_is_found(version: Version) -> None:
    change_view(version, lambda view: DenseView.build(view.rows, view.vectors(view.rows) * np.float32(1.01)))
    with pytest.raises(IndexRefused, match=r"answer: a vector has length 1\.0100, not 1"):
        verify(version)


def test_a_vector_that_is_no_number_is_found(version: Version) -> None:
    def spoil(view: DenseView) -> DenseView:
        vectors = view.vectors(view.rows)
        vectors[-1] = np.nan
        return DenseView.build(view.rows, vectors)

    change_view(version, spoil)
    with pytest.raises(IndexRefused, match="answer: a vector has length nan, not 1"):
        verify(version)


@pytest.mark.parametrize("turned", [False, True])
def test_codes_of_other_vectors_are_found(version: Version, turned: bool) -> None:
    def coded(view: DenseView) -> DenseView:
        vectors = view.vectors(view.rows)
        codes = _build("codes", np.ascontiguousarray(vectors[::-1]) if turned else vectors)
        return DenseView(view.rows.astype(np.int32), vectors, codes)

    change_view(version, coded)
    if not turned:
        assert verify(version).records == 7
        return
    with pytest.raises(IndexRefused, match=r"answer: passage \d+ does not find itself \(cosine 0\.\d+\)"):
        verify(version)


def test_vectors_of_another_model_are_found(version: Version) -> None:
    with pytest.raises(IndexRefused, match=r"model of the vectors: expected .*'toy'.*, found .*'other'"):
        verify(version, ToyEncoder(replace(CARD, name="other")))


@pytest.mark.parametrize("change", [lambda rows: rows + 1, lambda rows: rows * 0, lambda rows: rows[1:]])
def test_rows_that_are_not_one_each_are_found(version: Version, change: Callable[[Rows], Rows]) -> None:
    def changed(view: DenseView) -> DenseView:
        rows = change(view.rows)
        return DenseView.build(rows, view.vectors(view.rows)[-len(rows) :])

    change_view(version, changed)
    with pytest.raises(IndexRefused, match="the passage rows of the dense half are not 0 to 21"):
        verify(version)


def test_a_table_that_points_elsewhere_is_found(version: Version) -> None:
    table = np.load(version.passages)
    table["start"][table["part"] == 2] += 1
    np.save(version.passages, table)
    resign(version)
    with pytest.raises(IndexRefused, match=r"answer: passage \d+ is not where the table says"):
        verify(version, ToyEncoder())


def rewrite_lexical(version: Version, records: list[Record], tmp_path: Path) -> None:
    for path in version.lexical.iterdir():
        path.unlink()
    Lexical.build(records, tmp_path / "lexical")
    for path in (tmp_path / "lexical").iterdir():
        path.rename(version.lexical / path.name)
    resign(version)


def test_a_lexical_half_of_other_records_is_found(version: Version, tmp_path: Path) -> None:
    rewrite_lexical(
        version,
        [replace(record, title="", question="Otherwise.", answers=(), more_info="") for record in BY_ROW],
        tmp_path,
    )
    with pytest.raises(IndexRefused, match=r"record toy:\w+ does not find itself by its own words"):
        verify(version)


def test_a_lexical_half_of_fewer_records_is_found(version: Version, tmp_path: Path) -> None:
    rewrite_lexical(version, list(BY_ROW[1:]), tmp_path)
    with pytest.raises(IndexRefused, match="records in the lexical half: expected 7, found 6"):
        verify(version)


def test_stems_of_other_records_are_found(version: Version) -> None:
    def write(records: Sequence[Record]) -> None:
        shutil.rmtree(version.terms, ignore_errors=True)
        RecordTerms.save([Terms.of(stems(record_text(record))) for record in records], version.terms)
        resign(version)

    write([replace(record, question="fever " * 9) for record in BY_ROW])
    with pytest.raises(IndexRefused, match=r"terms: the stems of record toy:\w+ are not those of its text"):
        verify(version)
    write(BY_ROW[1:])
    with pytest.raises(IndexRefused, match="records with stems: expected 7, found 6"):
        verify(version)


def test_spans_that_point_elsewhere_are_found(version: Version) -> None:
    starts = np.load(version.spans)
    starts[0, 3] += 1
    np.save(version.spans, starts)
    resign(version)
    with pytest.raises(IndexRefused, match=r"spans\.npy: the passages of some record are not where the table says"):
        verify(version)


def test_a_store_of_other_records_is_found(version: Version) -> None:
    version.records.unlink()
    build_store([replace(record, title="Otherwise") if record is LIP else record for record in BY_ROW], version.records)
    resign(version)
    with pytest.raises(IndexRefused, match="hash of the records: expected"):
        verify(version)


def test_columns_of_other_records_are_found(version: Version) -> None:
    shutil.rmtree(version.columns)
    Counts.of_records([replace(record, source="Elsewhere") for record in BY_ROW]).save(version.columns)
    resign(version)
    with pytest.raises(IndexRefused, match=r"columns: record toy:\w+ says .*, found .*Elsewhere"):
        verify(version)
    shutil.rmtree(version.columns)
    Counts.of_records(BY_ROW[1:]).save(version.columns)
    resign(version)
    with pytest.raises(IndexRefused, match="records in the columns: expected 7, found 6"):
        verify(version)


def test_a_word_that_is_met_more_often_than_is_counted_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terms, "MOST_TIMES", 2)
    often = Record("toy:often", question="Fever, fever, fever, fever, fever and a cough?")
    built = build([LIP, often], Layout(tmp_path), ToyEncoder())
    assert built.manifest.records == 2


def test_families_and_inferred_specialties_of_other_records_are_found(version: Version) -> None:
    version.families.unlink()
    Families.build([(0, 1)], BY_ROW, version.families)
    version.specialties.unlink()
    Specialties.build({BY_ROW.index(ANSWER_ONLY): Inferred("Dentistry", 0.9)}, version.specialties)
    resign(version)
    assert verify(version).records == 7
    version.specialties.unlink()
    Specialties.build({BY_ROW.index(LIP): Inferred("Dentistry", 0.9)}, version.specialties)
    resign(version)
    with pytest.raises(IndexRefused, match="record row 3 has a specialty inferred beside the one that it states"):
        verify(version)
    version.families.unlink()
    Families.build([(0, 1)], BY_ROW[1:], version.families)
    resign(version)
    with pytest.raises(IndexRefused, match="record toy:cough is not in the family that its row is in"):
        verify(version)
