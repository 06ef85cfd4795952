"""Where the toy sources and the shared data are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from corpus.cli import main

# No database, so that a run leaves nothing behind; no deadline, as the machine may have other work.
settings.register_profile("quiet", database=None, deadline=None)
settings.load_profile("quiet")

TESTS = Path(__file__).parents[1]


@pytest.fixture
def toy() -> Path:
    """Folder of small sources, one of each format."""
    return TESTS / "toy" / "sources"


@pytest.fixture
def shared() -> Callable[[str], Path]:
    """Path of a file of the shared data; the test is skipped where it is absent."""

    def path(name: str) -> Path:
        found = TESTS.parents[1] / "shared" / "data" / name
        if not found.exists():
            pytest.skip(f"the shared data are absent: no {found}")
        return found

    return path


class Ran:
    """What a command came to."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def ran(*arguments: object) -> Ran:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:  # argparse leaves so
            code = int(stop.code or 0)
        return Ran(code, *capsys.readouterr())

    return ran
