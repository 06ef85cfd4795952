"""What all records give together is the same whether this process finds it or one beside it."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence

import pytest

from corpus.records import Record
from indexer import together as module
from indexer.together import SPAWN, begin, together
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


def _refusing(connection: object) -> None:
    connection.recv()  # type: ignore[attr-defined]
    connection.send(SearchError("the package x is not installed"))  # type: ignore[attr-defined]
