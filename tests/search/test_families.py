"""Families on disk, and rankings folded by them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from corpus.records import Answer, Record
from search.errors import IndexRefused
from search.families import Families, folded
from search.hits import Family, Member, Reply
from search.ranking import Ranked

RECORDS = [
    Record(f"r{number}", f"Title {number}", source="toy", asked="2020-01-02", answers=answers)
    for number, answers in enumerate([(Answer("x", "Dr. A", "Neurology", "2020-01-03"),), (), (Answer("y"),), (), ()])
]
MEMBERS = (
    Member("r0", "Title 0", "toy", "2020-01-02", (Reply("Dr. A", "Neurology", "2020-01-03"),)),
    Member("r2", "Title 2", "toy", "2020-01-02", (Reply("", "", ""),)),
)


@pytest.fixture
def found(tmp_path: Path) -> Families:
    """Five records, of which 0 and 2 ask the same, and 1 and 4."""
    Families.build([(0, 2), (1, 4)], RECORDS, tmp_path / "families.sqlite")
    return Families(tmp_path / "families.sqlite", 5)


def fold(found: Families, ranked: list[Ranked], without: int = -1) -> list[Ranked]:
    return folded(ranked, found.firsts([item.row for item in ranked]), without)


def ranking(*rows: int) -> list[Ranked]:
    return [Ranked(row, 1 - place / 100, 0.5, -1) for place, row in enumerate(rows)]


def test_a_record_has_its_family_with_everyone_who_answered(found: Families) -> None:
    family = Family("r0", MEMBERS)
    assert found.of([2, 3]) == {2: family}
    assert found.of([0, 1, 2]) == {0: family, 2: family, 1: found.of([4])[4]}
    assert [member.id for member in found.of([4])[4].members] == ["r1", "r4"]
    assert found.of([]) == {}


def test_a_folded_ranking_keeps_the_best_of_each_family_in_order(found: Families) -> None:
    ranked = ranking(4, 2, 3, 0, 1)
    assert fold(found, ranked) == [ranked[0], ranked[1], ranked[2]]
    assert fold(found, ranking(3)) == ranking(3)
    assert fold(found, []) == []


def test_folding_is_what_a_plain_loop_does(tmp_path: Path) -> None:
    chance = random.Random(5)
    rows = list(range(200))
    chance.shuffle(rows)
    grouped = [tuple(sorted(rows[start : start + 3])) for start in range(0, 90, 3)]
    Families.build(grouped, [Record(f"r{number}") for number in range(200)], tmp_path / "f.sqlite")
    group_of = {row: number for number, family in enumerate(grouped) for row in family}
    for _ in range(20):
        ranked = ranking(*chance.sample(range(200), 60))
        seen: set[int] = set()
        kept = []
        for item in ranked:
            group = group_of.get(item.row, -item.row - 1)
            if group not in seen:
                kept.append(item)
            seen.add(group)
        assert fold(Families(tmp_path / "f.sqlite", 200), ranked) == kept


def test_a_family_can_be_left_out(found: Families) -> None:
    ranked = ranking(4, 2, 3, 0, 1)
    assert found.firsts([0, 2, 4, 3]) == [0, 0, 1, 3]
    assert fold(found, ranked, without=1) == [ranked[1], ranked[2]]


def test_what_is_no_store_of_families_is_refused(tmp_path: Path, found: Families) -> None:
    with pytest.raises(IndexRefused, match="is missing"):
        Families(tmp_path / "none.sqlite", 5)
    (tmp_path / "bad.sqlite").write_text("no database at all, only words" * 50)
    with pytest.raises(IndexRefused, match="cannot be read as a store of families"):
        Families(tmp_path / "bad.sqlite", 5)
    with pytest.raises(IndexRefused, match="a row that none of the 4 records is"):
        Families(tmp_path / "families.sqlite", 4)
