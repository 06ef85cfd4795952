"""What single records give is derived once, and again only where it is not known or was changed on the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from indexer.remembered import Remembered, recall
from search.database import LOOKUP_BATCH

HASHES = [f"{number:064x}" for number in range(LOOKUP_BATCH + 20)]


def recalled(path: Path, hashes: Sequence[str]) -> tuple[list[bytes], list[int]]:
    """What was recalled, and the places of which it was derived anew."""
    asked: list[int] = []

    def derive(new: Sequence[int]) -> list[bytes]:
        asked.extend(new)
        return [f"of {hashes[place]}".encode() for place in new]

    return recall(path, "things", hashes, derive), asked


def test_what_is_known_is_not_derived_again(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "things.sqlite"
    expected = [f"of {digest}".encode() for digest in HASHES]
    assert recalled(path, HASHES[3:]) == (expected[3:], [*range(len(HASHES) - 3)])
    assert recalled(path, HASHES) == (expected, [0, 1, 2])
    assert recalled(path, HASHES[::-1]) == (expected[::-1], [])
    assert recalled(path, []) == ([], [])


def test_what_was_changed_on_the_disk_is_derived_again(tmp_path: Path) -> None:
    path = tmp_path / "things.sqlite"
    recalled(path, HASHES[:3])
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE remembered SET data = data || x'00' WHERE hash = ?", (HASHES[1],))
        db.execute("UPDATE remembered SET hash = 'x' || substr(hash, 2) WHERE hash = ?", (HASHES[2],))
    assert recalled(path, HASHES[:3])[1] == [1, 2]
    assert recalled(path, HASHES[:3])[1] == []


def test_what_is_gone_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "things.sqlite"
    recalled(path, HASHES)
    with closing(Remembered(path, "things")) as held:
        held.keep_only(HASHES[:5])
        assert sorted(held.get(HASHES)) == HASHES[:5]
    assert f"of {HASHES[9]}".encode() not in path.read_bytes()


def test_a_file_that_is_no_cache_makes_room_for_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "things.sqlite"
    path.write_bytes(b"not a database, but long enough to be read as one" * 100)
    assert recalled(path, HASHES[:2]) == ([f"of {digest}".encode() for digest in HASHES[:2]], [0, 1])
    assert f"{path} was damaged" in capsys.readouterr().err
    assert recalled(path, HASHES[:2])[1] == []
