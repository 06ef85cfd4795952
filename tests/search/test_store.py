"""The record store: what goes in comes out, by row and by id."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.records import Answer, Record, content_hash
from search.database import LOOKUP_BATCH
from search.errors import IndexRefused, NotFound
from search.store import Store
from tests.search.toy_pages import build_store, many
from tests.toy_records import ACCENTS, BY_ROW, LIP


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The toy records, in the order of their ids."""
    build_store(BY_ROW, tmp_path / "records.sqlite")
    return Store(tmp_path / "records.sqlite")


@pytest.fixture(scope="module")
def filtered(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store of records of every kind, more than one statement looks up."""
    path = tmp_path_factory.mktemp("store") / "records.sqlite"
    build_store(many(LOOKUP_BATCH + 50), path)
    return Store(path)


def test_records_come_back_as_they_went_in(store: Store) -> None:
    assert tuple(store.all()) == BY_ROW
    assert len(store) == 7
    assert store.records([5, 3]) == [ACCENTS, LIP]
    assert store.ids([3, 0]) == {3: "toy:lip", 0: "toy:cough"}
    assert [store.row(record.id) for record in BY_ROW] == [0, 1, 2, 3, 4, 5, 6]
    assert store.hashes() == {record.id: content_hash(record) for record in BY_ROW}


def test_more_rows_than_one_statement_looks_up(filtered: Store) -> None:
    rows = [*range(LOOKUP_BATCH + 49, -1, -1)]
    assert filtered.records(rows) == [*reversed(many(LOOKUP_BATCH + 50))]
    assert filtered.ids(rows) == {row: f"many:{row:04}" for row in rows}


def test_unknown_ids_and_rows(store: Store) -> None:
    with pytest.raises(NotFound, match=r"^no record has the id toy:lips$"):
        store.row("toy:lips")
    with pytest.raises(NotFound):
        store.row("toy:\ud800")
    with pytest.raises(IndexRefused, match="the record store has no row 7"):
        store.records([0, 7])


def test_an_id_stands_once(tmp_path: Path) -> None:
    twice = [Record(id="x", title="one"), Record(id="x", answers=(Answer("two"),))]
    with pytest.raises(Exception, match=r"UNIQUE constraint failed: records\.id"):
        build_store(twice, tmp_path / "records.sqlite")


def test_a_store_is_never_changed(store: Store, tmp_path: Path) -> None:
    before = (tmp_path / "records.sqlite").read_bytes()
    store.specialties()
    store.titles().suggest("lip", 8)
    store.close()
    assert (tmp_path / "records.sqlite").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["records.sqlite"]


def test_what_is_no_store_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(IndexRefused, match=r"records\.sqlite is missing"):
        Store(tmp_path / "records.sqlite")
    (tmp_path / "records.sqlite").write_text("not a database")
    with pytest.raises(IndexRefused, match=r"records\.sqlite cannot be read as a record store"):
        Store(tmp_path / "records.sqlite")
