"""What all records give together is the same whether this process finds it or one beside it."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection

import pytest

from corpus.records import Record
from indexer import together as module
from indexer.together import SPAWN, _work, begin, together
from indexer.vocabulary import word_lists
from search.errors import SearchError
from tests.toy_records import BY_ROW


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> Sequence[Record]:
    """Records that are enough for a process of their own."""
    monkeypatch.setattr(module, "FEW", 1)
    monkeypatch.setattr(module, "word_lists", word_lists)  # as the other process has them
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})
    return BY_ROW


def test_a_process_beside_finds_what_this_one_would(many: Sequence[Record]) -> None:
    begun = begin(many, ["zxcvb"])
    assert SPAWN.active_children() != []
    assert begun() == together(many, ["zxcvb"])
    assert SPAWN.active_children() == []


def test_few_records_need_no_process() -> None:
    begun = begin(BY_ROW, [])
    assert SPAWN.active_children() == []
    assert begun().vocabulary == together(BY_ROW, []).vocabulary


def test_a_process_that_is_killed_is_an_error_with_a_way_out(many: Sequence[Record]) -> None:
    begun = begin(many, [])
    [process] = SPAWN.active_children()
    os.kill(process.pid or 0, signal.SIGKILL)
    with pytest.raises(SearchError, match=r"ended early \(no memory\?\); run the command again"):
        begun()


def test_an_error_of_the_other_process_is_told(many: Sequence[Record], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.setattr(module, "_work", _refusing)
    with pytest.raises(SearchError, match="the package x is not installed"):
        begin(many, [])()


def test_a_fault_in_the_other_process_is_told_with_its_place(
    many: Sequence[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_work", _faulty)
    told = r"^gathering words failed with KeyError: 'no such word' \(test_together\.py, line \d+\); .* report it"
    with pytest.raises(SearchError, match=told) as caught:
        begin(many, [])()
    assert "\n" not in str(caught.value)
    assert "in _families" in caught.value.__notes__[0]
    assert SPAWN.active_children() == []


def test_a_file_that_ends_too_soon_in_the_other_process_is_no_lack_of_memory(
    many: Sequence[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_work", _at_an_end)
    with pytest.raises(SearchError, match="failed with EOFError: the list ends in the middle "):
        begin(many, [])()


def test_what_cannot_be_sent_to_the_other_process_is_told(many: Sequence[Record]) -> None:
    with pytest.raises(SearchError, match=r"^gathering words failed with .*pickle"):
        begin([*many, lambda: None], [])()  # type: ignore[list-item]


def _refusing(connection: object) -> None:
    connection.recv()  # type: ignore[attr-defined]
    connection.send(SearchError("the package x is not installed"))  # type: ignore[attr-defined]


def _faulty(connection: Connection) -> None:
    module.families = _families
    _work(connection)


def _families(records: Sequence[Record]) -> list[tuple[int, ...]]:
    raise KeyError("no such word")


def _at_an_end(connection: Connection) -> None:
    module.families = _ended
    _work(connection)


def _ended(records: Sequence[Record]) -> list[tuple[int, ...]]:
    raise EOFError("the list ends in the middle")
