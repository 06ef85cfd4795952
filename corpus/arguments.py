"""The parser of every command line of the product: wrong usage is exit 2 with one line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NoReturn

WRONG_USAGE = 2


def path(text: str) -> Path:
    """The path that an argument states. Raises ArgumentTypeError for an empty one, which would be the folder here."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the path is empty; give the name of a file or folder")
    return Path(text)


class _Commands(argparse._SubParsersAction):  # type: ignore[type-arg]  # when it runs, it takes none
    """Commands of which each says in its own help, too, what it does."""

    def add_parser(self, name: str, **kwargs: Any) -> Any:
        return super().add_parser(name, description=kwargs.get("help"), **kwargs)


class Parser(argparse.ArgumentParser):
    """Argument parser that says in one line what is wrong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.register("action", "parsers", _Commands)

    def error(self, message: str) -> NoReturn:
        """Exit 2 with the message."""
        shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in message)
        self.exit(WRONG_USAGE, f"{self.prog}: {shown}; see {self.prog} --help\n")
