"""The parser of every command line of the product: wrong usage is exit 2 with one line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

WRONG_USAGE = 2


def path(text: str) -> Path:
    """The path that an argument states. Raises ArgumentTypeError for an empty one, which would be the folder here."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the path is empty; give the name of a file or folder")
    return Path(text)


class Parser(argparse.ArgumentParser):
    """Argument parser that says in one line what is wrong."""

    def error(self, message: str) -> NoReturn:
        """Exit 2 with the message."""
        shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in message)
        self.exit(WRONG_USAGE, f"{self.prog}: {shown}; see {self.prog} --help\n")
