"""Databases are read from the path that was given, whatever characters it has."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.browse import Browse
from search.database import read_only
from search.families import Families
from search.hits import Inferred
from search.inferred import Specialties
from search.store import Store
from tests.search.toy_pages import build_store
from tests.toy_records import BY_ROW

NAMES = ["a#b", "a?mode=rwc", "a%41b", "a&b c=d", "Zürich", "100%"]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_version_holds_is_read_from_a_folder_of_any_name(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    build_store(BY_ROW, folder / "records.sqlite")
    Families.build([(0, 2)], BY_ROW, folder / "families.sqlite")
    Specialties.build({1: Inferred("Neurology", 0.9)}, folder / "specialties.sqlite")
    before = sorted(tmp_path.rglob("*"))
    store, browse = Store(folder / "records.sqlite"), Browse(folder / "records.sqlite")
    families, specialties = Families(folder / "families.sqlite", 3), Specialties(folder / "specialties.sqlite", 3)
    assert tuple(store.all()) == BY_ROW
    assert browse.count_topics() == len({topic.lower() for record in BY_ROW for topic in record.topics})
    assert families.firsts([0, 1, 2]) == [0, 1, 0]
    assert specialties.of([0, 1]) == {1: Inferred("Neurology", 0.9)}
    for each in (store, browse, families, specialties):
        each.close()
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("immutable", [True, False])
def test_a_file_that_is_not_there_is_not_made(immutable: bool, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="unable to open database file"):
        read_only(tmp_path / "none.sqlite", immutable)
    assert list(tmp_path.iterdir()) == []
