"""A short storm of kills; `python -m tests.reliability.kills --json docs/reliability/kills.json` is the long one."""

from __future__ import annotations

from pathlib import Path

from tests.reliability.kills import storm

KILLS = 15


def test_nothing_is_lost_to_kills(tmp_path: Path) -> None:
    made = storm(KILLS, seed=2, root=tmp_path)
    assert made.lost == []
    assert made.outcomes.total() == KILLS + made.outcomes["left alone"]
    assert made.outcomes["left alone"] == 3
