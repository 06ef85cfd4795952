"""What is said of an error that Ray wrapped, and which threads a worker runs in."""

from __future__ import annotations

import threading

import pytest

from indexer.spread.driver import Worker, reason
from indexer.spread.work import Columns, Work

WRAPPED = """ray::MapWorker(MapBatches(Worker)).submit() (pid=1, ip=127.0.0.1)
  File "work.py", line 4, in __call__
    raise HomeLost("gone")
search.errors.HomeLost: milvus://host/name cannot be reached: gone

The above exception was the direct cause of the following exception:

ray.exceptions.UserCodeException: UDF failed to process a data block.
To change retry attempts, see `ray.data.DataContext` (`a` for I/O; `b` for any task).
"""


def chained(text: str, cause: str) -> Exception:
    error = RuntimeError(text)
    error.__cause__ = ValueError(cause)
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RuntimeError(WRAPPED), "milvus://host/name cannot be reached: gone"),
        (ValueError("it has 4 processors, and 3 encoders need 5"), "it has 4 processors, and 3 encoders need 5"),
        (RuntimeError("two\nlines without a type"), "lines without a type"),
        (chained("outer", "search.errors.IndexRefused: inner"), "inner"),
        (chained("a.B: outer", ""), "outer"),
        (RuntimeError(), "RuntimeError"),
    ],
)
def test_the_reason_is_the_last_error_that_is_not_rays_own(error: Exception, expected: str) -> None:
    assert reason(error) == expected


def test_a_worker_is_made_and_asked_in_one_thread() -> None:
    def made() -> Work:
        own = threading.get_ident()
        return lambda batch: {"same": [own == threading.get_ident()]}

    found: list[Columns] = []
    worker = Worker(made)
    asking = threading.Thread(target=lambda: found.append(worker({})))
    asking.start()
    asking.join()
    assert found == [{"same": [True]}]
