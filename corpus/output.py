"""Standard output of every command line of the product: any text can be written to it, whatever it takes."""

from __future__ import annotations

import io
import json
import re
import sys
from typing import Any

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def prepare() -> None:
    """From here on a character that it cannot show is written as an escape, and is no error."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def flush() -> None:
    """What was printed is written, or raises OSError; where standard output is closed, nothing was."""
    print(end="", flush=True)


def line(text: str) -> str:
    """Text of a page as one line for a terminal: without the characters that would move its cursor or clear it."""
    return " ".join(CONTROL.sub(" ", text).split())


def as_json(value: Any, indent: int | None = None) -> str:
    """JSON to be printed: in ASCII where standard output does not take every character, as an escape of another kind
    would not be JSON."""
    takes_all = sys.stdout is not None and sys.stdout.encoding.lower() == "utf-8"
    return json.dumps(value, ensure_ascii=not takes_all, indent=indent)
