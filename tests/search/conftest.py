"""A file of questions for the command line."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    """A file of two questions, the second named like a record."""
    path = tmp_path / "queries.jsonl"
    path.write_text('{"id": "q1", "text": "Which rash?"}\n\n{"id": "toy:fever", "text": "Which fever?"}\n')
    return path
