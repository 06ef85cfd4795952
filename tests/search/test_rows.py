"""The passage table: which place each row is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.passages import Part, Passage
from search.errors import IndexRefused
from search.rows import COLUMNS, PassageTable, Place

PASSAGES = [
    (0, Passage(Part.TITLE, 0, 0, 4, "Rash")),
    (0, Passage(Part.ANSWER, 1, 12, 70_000, "...")),
    (1, Passage(Part.QUESTION, 0, 2, 9, "Is it a")),
    (1, Passage(Part.MORE_INFO, 0, 0, 3, "See")),
]
PLACES = [
    Place(0, Part.TITLE, 0, 0, 4),
    Place(0, Part.ANSWER, 1, 12, 70_000),
    Place(1, Part.QUESTION, 0, 2, 9),
    Place(1, Part.MORE_INFO, 0, 0, 3),
]


def test_a_row_is_the_place_of_its_passage() -> None:
    table = PassageTable.build(PASSAGES)
    assert [table.place(row) for row in range(len(table))] == PLACES
    assert table.parts() == [Part.TITLE, Part.ANSWER, Part.QUESTION, Part.MORE_INFO]
    assert table.record.tolist() == [0, 0, 1, 1]
    assert table.spoken.tolist() == [True, True, True, False]


def test_a_table_is_the_same_after_the_disk(tmp_path: Path) -> None:
    PassageTable.build(PASSAGES).save(tmp_path / "passages.npy")
    table = PassageTable.load(tmp_path / "passages.npy")
    assert [table.place(row) for row in range(len(table))] == PLACES


def test_a_table_out_of_record_order_is_refused() -> None:
    with pytest.raises(IndexRefused, match="not in record order"):
        PassageTable.build(PASSAGES[::-1])


def test_a_table_of_other_columns_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "passages.npy", np.zeros(3, COLUMNS[["record", "start"]]))
    with pytest.raises(IndexRefused, match=r"expected columns \('record', 'part', 'answer', 'start', 'end'\), found"):
        PassageTable.load(tmp_path / "passages.npy")


@pytest.mark.parametrize("content", [b"", b"no table", b"\x93NUMPY\x01\x00v\x00{'descr': '|O', "])
def test_a_file_that_is_no_table_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "passages.npy").write_bytes(content)
    with pytest.raises(IndexRefused, match=r"passages\.npy cannot be read as an array"):
        PassageTable.load(tmp_path / "passages.npy")


def test_a_pickle_is_not_opened(tmp_path: Path) -> None:
    np.save(tmp_path / "passages.npy", np.array([{"x": 1}], object), allow_pickle=True)
    with pytest.raises(IndexRefused, match="cannot be read as an array"):
        PassageTable.load(tmp_path / "passages.npy")
