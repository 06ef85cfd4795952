"""Where the passages of records lie in the views."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.passages import Part, Passage
from search.dense import VIEW_OF, View
from search.errors import IndexRefused
from search.rows import PassageTable
from search.spans import Spans

PARTS = st.lists(st.lists(st.sampled_from(list(Part)), max_size=5), min_size=1, max_size=8)


def spans_of(records: list[list[Part]]) -> tuple[Spans, dict[View, list[tuple[int, int]]]]:
    """The spans of records with passages of these parts; and of each view its (record, passage row), in order."""
    passages = [(row, Passage(part, 0, 0, 0, "")) for row, parts in enumerate(records) for part in parts]
    views: dict[View, list[tuple[int, int]]] = {view: [] for view in View}
    for number, (row, passage) in enumerate(passages):
        views[VIEW_OF[passage.part]].append((row, number))
    rows = {view: np.array([number for _, number in held], np.int64) for view, held in views.items()}
    return Spans.of(PassageTable.build(passages), len(records), rows), views


@given(PARTS, st.data())
def test_every_passage_of_the_records_is_found_in_order(records: list[list[Part]], data: st.DataObject) -> None:
    spans, views = spans_of(records)
    wanted = sorted(data.draw(st.sets(st.integers(0, len(records) - 1))))
    assert len(spans) == len(records)
    for view, held in views.items():
        places, counts = spans.places(view, np.array(wanted, np.int64))
        assert places.tolist() == [place for place, (row, _) in enumerate(held) if row in wanted]
        assert counts.tolist() == [sum(row == each for row, _ in held) for each in wanted]
        assert spans.lengths[view] == len(held)


def test_spans_are_the_same_after_the_disk(tmp_path: Path) -> None:
    spans, _ = spans_of([[Part.TITLE, Part.ANSWER], [], [Part.MORE_INFO]])
    spans.save(tmp_path / "spans.npy")
    assert Spans.load(tmp_path / "spans.npy") == spans
    assert spans_of([[Part.TITLE], [Part.ANSWER], [Part.MORE_INFO]])[0] != spans


@pytest.mark.parametrize("foreign", [np.zeros((3, 4)), np.zeros((2, 4), np.int32), np.zeros((3, 0), np.int32)])
def test_what_is_no_spans_is_refused(foreign: np.ndarray, tmp_path: Path) -> None:  # type: ignore[type-arg]
    np.save(tmp_path / "spans.npy", foreign)
    with pytest.raises(IndexRefused, match=r"the spans: expected int32 of shape \(3, n\), found"):
        Spans.load(tmp_path / "spans.npy")
    (tmp_path / "spans.npy").write_bytes(b"not an array")
    with pytest.raises(IndexRefused, match=r"spans\.npy cannot be read as an array"):
        Spans.load(tmp_path / "spans.npy")
