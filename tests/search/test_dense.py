"""The dense half against plain numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from corpus.passages import Part
from search.dense import DenseView, Vectors, View, build_views, load_views, save_views
from search.errors import IndexRefused

ROWS = np.array([2, 3, 5, 8], np.int64)
VECTORS = np.array([[1, 0], [0.6, 0.8], [0, 1], [-1, 0]], np.float32)


def unit(rows: Vectors) -> Vectors:
    """The rows, each made one long; an empty one is the first axis."""
    rows = rows.copy()
    rows[~rows.any(axis=1), 0] = 1
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


COUNTS = st.integers(1, 30).flatmap(lambda n: arrays(np.float32, (n, 5), elements=st.integers(-3, 3).map(float)))
QUERY = arrays(np.float32, (1, 5), elements=st.integers(-3, 3).map(float))


@given(COUNTS, QUERY, st.integers(1, 40), st.data())
def test_search_finds_what_numpy_finds(counts: Vectors, query: Vectors, k: int, data: st.DataObject) -> None:
    vectors, asked = unit(counts), unit(query)[0]
    rows = np.arange(len(vectors), dtype=np.int64) * 3 + 1
    passing = data.draw(st.none() | st.sets(st.sampled_from(rows.tolist())))
    allowed = None
    if passing is not None:
        allowed = np.zeros(rows[-1] + 1, np.bool_)
        allowed[list(passing)] = True

    view = DenseView.build(rows, vectors)
    found, cosines = view.search(asked, k, None if allowed is None else view.passing(allowed))

    exact = {int(row): float(vector @ asked) for row, vector in zip(rows, vectors, strict=True)}
    kept = {row: cosine for row, cosine in exact.items() if passing is None or row in passing}
    assert len(set(found.tolist())) == len(found)
    assert set(found.tolist()) <= kept.keys()
    assert cosines.tolist() == pytest.approx([kept[row] for row in found.tolist()], abs=1e-6)
    assert cosines.tolist() == pytest.approx(sorted(kept.values(), reverse=True)[:k], abs=1e-6)


def test_the_nearest_comes_first_with_its_cosine() -> None:
    rows, cosines = DenseView.build(ROWS, VECTORS).search(np.array([0, 1], np.float32), 3)
    assert rows.tolist() == [5, 3, 2]
    assert cosines.tolist() == pytest.approx([1, 0.8, 0])


def test_a_mask_that_lets_nothing_through_finds_nothing() -> None:
    view = DenseView.build(ROWS, VECTORS)
    rows, cosines = view.search(VECTORS[0], 3, view.passing(np.zeros(9, np.bool_)))
    assert (rows.tolist(), cosines.tolist()) == ([], [])


def test_a_view_without_passages_finds_nothing() -> None:
    view = DenseView.build(np.empty(0, np.int64), np.empty((0, 2), np.float32))
    assert [found.tolist() for found in view.search(VECTORS[0], 3)] == [[], []]
    assert view.vectors(np.empty(0, np.int64)).shape == (0, 2)


def test_vectors_come_back_for_the_rows_asked_for_in_that_order() -> None:
    view = DenseView.build(ROWS, VECTORS)
    assert view.rows.tolist() == [2, 3, 5, 8]
    assert view.vectors(np.array([8, 2])).tolist() == [[-1, 0], [1, 0]]
    with pytest.raises(KeyError, match="not every one of the rows"):
        view.vectors(np.array([2, 4]))


def test_a_view_is_the_same_after_the_disk(tmp_path: Path) -> None:
    DenseView.build(ROWS, VECTORS).save(tmp_path / "view")
    view = DenseView.load(tmp_path / "view")
    assert view.rows.tolist() == ROWS.tolist()
    assert view.vectors(ROWS).tolist() == VECTORS.tolist()


@pytest.mark.parametrize(
    ("rows", "vectors", "message"),
    [
        (ROWS[:3], VECTORS, "3 rows for 4 vectors of float32"),
        (ROWS, VECTORS.astype(np.float64), "4 rows for 4 vectors of float64"),
    ],
)
def test_rows_and_vectors_must_agree(rows: Vectors, vectors: Vectors, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DenseView.build(rows, vectors)


@pytest.mark.parametrize("foreign", [ROWS, VECTORS.astype(np.float64)])
def test_arrays_of_another_type_are_refused(foreign: Vectors, tmp_path: Path) -> None:
    DenseView.build(ROWS, VECTORS).save(tmp_path / "view")
    np.save(tmp_path / ("view.rows.npy" if foreign is ROWS else "view.vectors.npy"), foreign)
    with pytest.raises(IndexRefused, match=r"view: expected int32 rows and float32 vectors, found .*64"):
        DenseView.load(tmp_path / "view")


@pytest.mark.parametrize("name", ["rows", "vectors"])
def test_a_file_that_is_no_array_is_refused_by_name(name: str, tmp_path: Path) -> None:
    DenseView.build(ROWS, VECTORS).save(tmp_path / "view")
    path = tmp_path / f"view.{name}.npy"
    path.write_bytes(b"not an array")
    with pytest.raises(IndexRefused, match=rf"view\.{name}\.npy cannot be read as an array"):
        DenseView.load(tmp_path / "view")
    path.unlink()
    with pytest.raises(IndexRefused, match=rf"view\.{name}\.npy cannot be read as an array"):
        DenseView.load(tmp_path / "view")


def test_rows_that_are_fewer_than_the_vectors_are_refused(tmp_path: Path) -> None:
    DenseView.build(ROWS, VECTORS).save(tmp_path / "view")
    np.save(tmp_path / "view.rows.npy", ROWS[:3].astype(np.int32))
    with pytest.raises(IndexRefused, match=r"3 rows for vectors of shape \(4, 2\); build the index again"):
        DenseView.load(tmp_path / "view")


def test_what_lies_in_some_places_is_read() -> None:
    view = DenseView.build(ROWS, VECTORS)
    places = np.array([1, 3])
    assert view.rows_at(places).tolist() == [3, 8]
    assert view.vectors_at(places).tolist() == VECTORS[places].tolist()
    assert view.cosines(np.array([0, 1], np.float32), places).tolist() == pytest.approx([0.8, 0])


def test_each_passage_is_in_the_view_of_its_part(tmp_path: Path) -> None:
    views = build_views([Part.QUESTION, Part.MORE_INFO, Part.QUESTION, Part.ANSWER], VECTORS)
    save_views(views, tmp_path / "dense")
    loaded = load_views(tmp_path / "dense")
    assert {view: index.rows.tolist() for view, index in loaded.items()} == {
        View.TITLE: [],
        View.QUESTION: [0, 2],
        View.ANSWER: [1, 3],
    }
    assert loaded[View.ANSWER].vectors(np.array([3, 1])).tolist() == VECTORS[[3, 1]].tolist()
