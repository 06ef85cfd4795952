"""What proposes the nearest of many vectors, against all of them looked at."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import faiss
import numpy as np
import pytest

from search import dense, nearest
from search.dense import DenseView, Vectors
from search.errors import IndexRefused
from search.nearest import Plan, proposals
from tests.in_memory import in_memory

DIMENSION = 32
GRAPH, CODES = DIMENSION + nearest.GRAPH_BYTES, DIMENSION


def unit(rows: Vectors) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


CHANCE = np.random.default_rng(4)
TOPICS = unit(CHANCE.normal(size=(40, DIMENSION)))
VECTORS = unit(TOPICS[CHANCE.integers(0, 40, 6000)] + 0.15 * CHANCE.normal(size=(6000, DIMENSION)))
ASKED = unit(TOPICS[CHANCE.integers(0, 40, 50)] + 0.2 * CHANCE.normal(size=(50, DIMENSION)))
ROWS = np.arange(6000, dtype=np.int64) * 2


@pytest.fixture(scope="module", params=["graph", "codes", "small codes"])
def view(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> DenseView:
    """A view of 6,000 vectors, of each kind that is not exact, saved and mapped."""
    memory = {"graph": GRAPH, "codes": CODES, "small codes": CODES // 2}[request.param]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest, "SCAN_MOST", 5000)
        made = DenseView.build(ROWS, VECTORS, ASKED, memory)
    assert made.plan.kind == request.param
    assert made.plan.recall >= nearest.LEAST_RECALL
    path = tmp_path_factory.mktemp("view") / "view"
    made.save(path)
    return DenseView.load(path)


def exact(query: Vectors, k: int, passing: np.ndarray) -> list[int]:
    cosines = np.where(passing, VECTORS @ query, -2)
    return (2 * np.argsort(-cosines, kind="stable")[: min(k, int(passing.sum()))]).tolist()


@pytest.mark.parametrize("share", [1.0, 0.5, 0.05, 0.001])
def test_nearly_all_of_the_nearest_are_found_with_their_cosines(
    view: DenseView, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest, "SCAN_MOST", 1000)
    monkeypatch.setattr(dense, "EXACT_MOST", 100)
    passing = np.random.default_rng(1).random(6000) < share
    allowed = np.zeros(12_000, np.bool_)
    allowed[::2] = passing
    found_at_10 = found_at_100 = wanted_at_10 = wanted_at_100 = 0
    for query in ASKED:
        rows, cosines = view.search(query, 100, None if share == 1 else view.passing(allowed))
        right = exact(query, 100, passing)
        assert len(rows) == len(right) == len(set(rows.tolist()))
        assert passing[rows // 2].all()
        assert cosines.tolist() == pytest.approx((VECTORS[rows // 2] @ query).tolist(), abs=1e-4)
        assert cosines.tolist() == sorted(cosines.tolist(), reverse=True)
        found_at_10 += len({*rows[:10].tolist()} & {*right[:10]})
        found_at_100 += len({*rows.tolist()} & {*right})
        wanted_at_10, wanted_at_100 = wanted_at_10 + len(right[:10]), wanted_at_100 + len(right)
    assert found_at_10 >= 0.98 * wanted_at_10
    assert found_at_100 >= 0.98 * wanted_at_100


def test_a_search_runs_in_the_thread_that_asks_alone(view: DenseView) -> None:
    def threads_after_a_search() -> int:
        faiss.omp_set_num_threads(4)
        view.search(ASKED[0], 10)
        return int(faiss.omp_get_max_threads())

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(threads_after_a_search).result() == 1


@pytest.mark.parametrize("memory", [nearest.MEMORY, GRAPH + 2 * DIMENSION])
def test_vectors_beside_a_graph_stay_in_memory_only_where_they_have_room(
    memory: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest, "SCAN_MOST", 5000)
    monkeypatch.setattr(dense, "SCAN_MOST", 5000)
    DenseView.build(ROWS, VECTORS, ASKED, GRAPH).save(tmp_path / "view")
    vectors = tmp_path / "view.vectors.npy"
    for allowed in (memory, memory - 1 if memory < nearest.MEMORY else GRAPH):
        view = DenseView.load(tmp_path / "view", allowed)
        cosines = view.search(ASKED[0], 100)[1]
        assert cosines.tolist() == pytest.approx(np.sort(VECTORS @ ASKED[0])[::-1][:100].tolist(), abs=1e-3)
        assert (in_memory(vectors) > 0) == (allowed == memory)
        del view


def test_few_vectors_are_all_looked_at() -> None:
    made, plan = proposals(VECTORS[: nearest.EXACT_MOST], ASKED)
    assert (made, plan) == (None, Plan("exact", 0))


def test_codes_do_for_a_middling_number() -> None:
    made, plan = proposals(VECTORS, ASKED)
    assert made is not None
    assert (plan.kind, plan.bytes, plan.ef) == ("codes", CODES, 0)


def test_of_many_that_are_just_as_near_any_will_do() -> None:
    alike = VECTORS.copy()
    alike[::10] = VECTORS[0]  # 600 records of one title
    made, plan = proposals(alike, np.concatenate([ASKED, VECTORS[:1].repeat(5, axis=0)]))
    assert made is not None
    assert plan.kind == "codes"
    assert set(made.search(VECTORS[0], 100).tolist()) <= set(range(0, 6000, 10))


def test_what_fits_into_no_memory_is_refused() -> None:
    with pytest.raises(IndexRefused, match=r"no index over 6,000 vectors fits into 15 bytes each"):
        proposals(VECTORS, ASKED, memory=15)


def test_an_index_of_another_kind_is_refused(tmp_path: Path) -> None:
    DenseView.build(ROWS, VECTORS, ASKED).save(tmp_path / "view")
    for foreign in (faiss.IndexFlatIP(DIMENSION), faiss.IndexHNSWFlat(DIMENSION, 4)):
        faiss.write_index(foreign, str(tmp_path / "view.faiss"))
        with pytest.raises(IndexRefused, match=r"expected codes of 8 or 4 bits with inner products, found IndexFlat"):
            DenseView.load(tmp_path / "view")


def test_codes_of_fewer_vectors_are_refused(tmp_path: Path) -> None:
    DenseView.build(ROWS, VECTORS, ASKED).save(tmp_path / "view")
    DenseView.build(ROWS[:5000], VECTORS[:5000], ASKED).save(tmp_path / "other")
    (tmp_path / "other.faiss").rename(tmp_path / "view.faiss")
    with pytest.raises(IndexRefused, match=r"6000 rows for vectors of shape \(6000, 32\) and 5000 codes"):
        DenseView.load(tmp_path / "view")


def test_codes_that_cannot_be_read_or_are_missing_are_refused(tmp_path: Path) -> None:
    DenseView.build(ROWS, VECTORS, ASKED).save(tmp_path / "view")
    (tmp_path / "view.faiss").write_bytes(b"not an index")
    with pytest.raises(IndexRefused, match=r"view\.faiss cannot be read as a FAISS index"):
        DenseView.load(tmp_path / "view")
    (tmp_path / "view.faiss").unlink()
    with pytest.raises(IndexRefused, match=r"view\.faiss cannot be read as a FAISS index"):
        DenseView.load(tmp_path / "view")
