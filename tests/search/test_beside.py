"""Work is done beside the caller's where somebody is free, else by the caller; it gives the same, errors too."""

from __future__ import annotations

import threading

import pytest

from search.beside import Beside


def test_a_free_thread_does_it_and_where_none_is_the_caller_does() -> None:
    beside, may = Beside(1, "test"), threading.Event()
    first = beside.begin(lambda: may.wait(10) and threading.current_thread().name)
    second = beside.begin(lambda: threading.current_thread().name)
    assert second.done()
    assert second.result() == threading.current_thread().name
    may.set()
    assert str(first.result()).startswith("test")
    beside.close()


def test_a_thread_that_is_done_is_free_again() -> None:
    beside = Beside(1, "test")
    for number in range(50):
        assert beside.begin(lambda number=number: number).result() == number
    may = threading.Event()
    waiting = beside.begin(may.wait, 10)
    assert not waiting.done()
    may.set()
    beside.close()
    assert waiting.result()


def test_an_error_comes_where_the_result_is_asked_for() -> None:
    beside, may = Beside(1, "test"), threading.Event()
    by_thread = beside.begin(lambda: may.wait(10) and int("x"))
    by_caller = beside.begin(int, "x")
    may.set()
    for begun in (by_thread, by_caller):
        with pytest.raises(ValueError, match="invalid literal"):
            begun.result()
    beside.close()
