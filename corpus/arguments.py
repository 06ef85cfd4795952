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


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help in which each option that takes a text or a number says its default."""

    def _get_help_string(self, action: argparse.Action) -> str:
        text = action.help or ""
        if not action.option_strings or action.nargs == 0 or not isinstance(action.default, (int, float, str)):
            return text
        return (
            text
            if "(default" in text or action.default in ("", argparse.SUPPRESS)
            else f"{text} (default: %(default)s)"
        )


class Parser(argparse.ArgumentParser):
    """Argument parser that says in one line what is wrong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"formatter_class": _Help} | kwargs)
        self.register("action", "parsers", _Commands)

    def error(self, message: str) -> NoReturn:
        """Exit 2 with the message."""
        shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in message)
        self.exit(WRONG_USAGE, f"{self.prog}: {shown}; see {self.prog} --help\n")
