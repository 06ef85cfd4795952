"""Arrays in files: what is looked at comes back, and a process has little of a large one in its memory."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from search.arrays import Scattered, mapped
from search.errors import IndexRefused
from tests.in_memory import in_memory

WIDTH = 1024
ROWS = 1 << 15


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 32 million bytes, each row all of one number."""
    path = tmp_path_factory.mktemp("mapped") / "large.npy"
    rows = (np.arange(ROWS) % 251).astype(np.uint8)
    np.save(path, np.repeat(rows[:, None], WIDTH, axis=1))
    return path


def test_nothing_of_a_file_stays_in_memory_unless_it_is_kept(large: Path) -> None:
    places = np.random.default_rng(1).permutation(ROWS)[:1000]
    kept = Scattered(mapped(large), keep=True)
    kept.take(places)
    assert in_memory(large) > ROWS * WIDTH // 2
    del kept
    scattered = Scattered(mapped(large), keep=False)
    for start in range(0, len(places), 100):
        some = places[start : start + 100]
        assert (scattered.take(some)[:, 0] == some % 251).all()
        assert in_memory(large) < ROWS * WIDTH // 16


def test_what_is_looked_at_is_right_while_others_let_go(large: Path) -> None:
    scattered, wrong = Scattered(mapped(large), keep=False), []

    def look(seed: int) -> None:
        chance = np.random.default_rng(seed)
        for _ in range(40):
            places = chance.integers(0, ROWS, 300)
            if not (scattered.take(places) == (places % 251)[:, None]).all():
                wrong.append(seed)

    threads = [threading.Thread(target=look, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_an_array_in_memory_is_read_as_it_is() -> None:
    assert Scattered(np.arange(10), keep=False).take(np.array([3, 7])).tolist() == [3, 7]


def test_a_file_that_is_no_array_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.npy").write_bytes(b"not an array")
    for name in ("bad.npy", "missing.npy"):
        with pytest.raises(IndexRefused, match=f"{name} cannot be read as an array"):
            mapped(tmp_path / name)
