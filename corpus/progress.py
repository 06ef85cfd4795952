"""How far long work has come: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import Self

from tqdm import tqdm

LINE_SECONDS = 5.0  # between two plain lines; work that is done sooner prints none
SIZE = (79, 24)  # of a terminal that does not say its own, as in some containers: a bar of no width is not seen


class Progress:
    """Counter on stderr, used in a `with` block; `total` is None where nobody knows it."""

    def __init__(self, total: int | None, unit: str) -> None:
        self.total, self.unit, self.done = total, unit, 0
        self._started = self._printed = time.monotonic()
        self._bar = None
        if sys.stderr.isatty():
            known = os.get_terminal_size(sys.stderr.fileno()).columns > 0
            columns, rows = (None, None) if known else SIZE
            self._bar = tqdm(total=total, unit=f" {unit}", unit_scale=True, leave=False, ncols=columns, nrows=rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.close()

    def add(self, count: int) -> None:
        """Count `count` more units as done."""
        self.done += count
        if self._bar is not None:
            self._bar.update(count)
        elif time.monotonic() - self._printed >= LINE_SECONDS:
            self._printed = time.monotonic()
            print(self.line(self._printed - self._started), file=sys.stderr, flush=True)

    def line(self, seconds: float) -> str:
        """The plain line after so many seconds: `2,000 of 8,000 bytes, 400/s, 15 s left`."""
        rate = self.done / max(seconds, 1e-9)
        if self.total is None:
            return f"{self.done:,} {self.unit}, {rate:,.0f}/s"
        left = (self.total - self.done) / max(rate, 1e-9)
        return f"{self.done:,} of {self.total:,} {self.unit}, {rate:,.0f}/s, {left:,.0f} s left"
