"""The parser of every command line of the product: wrong usage is exit 2 with one line."""

from __future__ import annotations

import argparse
from typing import NoReturn

WRONG_USAGE = 2


class Parser(argparse.ArgumentParser):
    """Argument parser that says in one line what is wrong."""

    def error(self, message: str) -> NoReturn:
        """Exit 2 with the message."""
        shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in message)
        self.exit(WRONG_USAGE, f"{self.prog}: {shown}; see {self.prog} --help\n")
