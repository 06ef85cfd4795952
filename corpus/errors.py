"""The one error that the command line shows as it is, and what it shows of the system's."""

from __future__ import annotations


class CorpusError(Exception):
    """A command cannot go on; the message says what, why, and what to do next, in one line for the user."""


def system_error(error: OSError) -> str:
    """What the system refused, with the file that it is about and what to do next."""
    name = error.filename2 or error.filename or "a file"
    return f"{name}: {error.strerror or error}; check the path, its permissions and the room on the disk"
