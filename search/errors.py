"""Errors whose message is written for the user: one line that says what is wrong and what to do next."""

from __future__ import annotations


class SearchError(Exception):
    """The command or request cannot be done; the message says why."""


class IndexRefused(SearchError):
    """There is no index here that this program can open; the message names what was expected and what was found."""


class NotThere(IndexRefused):
    """The server answered, and what an index lies in is not there."""


class BadQuestion(SearchError):
    """The question cannot be asked as it stands; `parameter` names the part that is wrong."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


class NotFound(SearchError):
    """No record has the given id."""


class HomeLost(SearchError):
    """The engine in which the index lies cannot be reached, or did not answer in time; what was asked is not known."""
