"""The map: made, kept, refused, and told by ids."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.build import Changes, build, update
from indexer.map import lay_out, likeness
from search.errors import IndexRefused
from search.layout import Layout
from search.map import CorpusMap
from search.opening import open_index
from tests.toy_encoder import ToyEncoder
from tests.toy_records import LIP, RECORDS


def test_every_record_has_a_place_and_its_specialty(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "index")
    build(RECORDS, layout, ToyEncoder(), mapped=True)
    engine = open_index(layout.root, ToyEncoder())
    found = engine.map()
    assert found is not None
    assert engine.has_map
    assert list(found.ids) == sorted(record.id for record in RECORDS)
    by_id = {record.id: record.specialty.casefold() for record in RECORDS}
    names = [found.specialties[number].casefold() for number in found.numbers]
    assert names == [by_id[record_id] for record_id in found.ids]
    assert found.places.shape == (len(RECORDS), 2)
    engine.close()

    update(Changes(removed=frozenset({LIP.id})), layout, ToyEncoder())  # a map is made again without being asked for
    engine = open_index(layout.root, ToyEncoder())
    again = engine.map()
    assert again is not None
    assert LIP.id not in again.ids
    assert len(again.ids) == len(again.places) == len(RECORDS) - 1
    engine.close()


def test_an_index_without_a_map_has_none(built: Path) -> None:
    engine = open_index(built, ToyEncoder())
    assert (engine.has_map, engine.map()) == (False, None)
    engine.close()


def test_what_is_alike_lies_together() -> None:
    chance = np.random.default_rng(3)
    centers = np.eye(12, dtype=np.float32)[:6]
    vectors = centers.repeat(40, axis=0) + chance.normal(0, 0.15, (240, 12)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    places = lay_out(vectors)
    assert places.min() >= 0
    assert places.max() <= 1
    assert np.array_equal(places, lay_out(vectors))
    kept, by_chance = likeness(vectors, places)
    assert kept > 0.85 > 3 * by_chance


@pytest.mark.parametrize("count", [1, 3, 4, 9])
def test_few_records_have_places_too(count: int) -> None:
    places = lay_out(np.eye(16, dtype=np.float32)[:count])
    assert places.shape == (count, 2)
    assert np.all((places >= 0) & (places <= 1))


def test_records_that_are_all_alike_have_places() -> None:
    places = lay_out(np.ones((8, 4), np.float32) / 2)
    assert np.all((places >= 0) & (places <= 1))


def test_a_map_of_other_records_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "map.npy"
    CorpusMap.save(np.zeros((3, 2), np.float32), path)
    assert CorpusMap.load(path, 3).places is not None
    with pytest.raises(IndexRefused, match=r"expected places of 4 records, found \(3, 2\)"):
        CorpusMap.load(path, 4)
    path.write_bytes(b"no array")
    with pytest.raises(IndexRefused, match="cannot be read as an array"):
        CorpusMap.load(path, 3)
    assert CorpusMap.load(tmp_path / "none.npy", 3).places is None
