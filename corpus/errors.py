"""The one error that the command line shows as it is."""

from __future__ import annotations


class CorpusError(Exception):
    """A command cannot go on; the message says what, why, and what to do next, in one line for the user."""
