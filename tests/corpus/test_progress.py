"""How far work has come, on a terminal."""

from __future__ import annotations

import fcntl
import os
import struct
import sys
import termios

import pytest

from corpus.progress import Progress


@pytest.mark.parametrize(("columns", "width"), [(0, 79), (50, 49)])
def test_a_bar_is_as_wide_as_the_terminal_or_as_most_are(
    monkeypatch: pytest.MonkeyPatch, columns: int, width: int
) -> None:
    ours, theirs = os.openpty()
    os.set_blocking(ours, False)
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", columns, columns, 0, 0))
    with os.fdopen(ours, "rb", buffering=0) as screen, os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with Progress(4, "questions"):
            shown = screen.read(4096).decode().strip("\r")
    assert (len(shown), shown[:6], shown[-12:]) == (width, "  0%| ", "questions/s]")
