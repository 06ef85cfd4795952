"""The one place that speaks to the user about errors: problem+json for programs, a page for people."""

from __future__ import annotations

import logging
import os
import re
import traceback
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from search.errors import BadQuestion, HomeLost, NotFound, NotThere
from search.safety import urgent
from web import MAX_BODY, form, notice, params
from web.admission import BUSY, TOO_LONG, TOO_MANY
from web.serving import NoIndexError

DETAILS = {  # the words of the framework, said for this site
    401: "This page is for operators. Give their token as the password.",
    404: "There is nothing at this address. It may have been mistyped, or the page may have been removed.",
    405: "This address does not take requests of this kind.",
    413: f"The request is larger than {MAX_BODY // 1024} KiB. A question may have up to 20,000 characters.",
    429: "Too many requests came from your network. Please wait a moment and try again.",
    500: "Something went wrong on our side. It has been noted, without your question. Please try again.",
    503: "The collection is being opened. Please try again in a moment.",
}
LOST = "The collection cannot be reached at the moment, so nothing was searched. Please try again in a few seconds."
BUSY_DETAILS = {why: f"The site is busy ({why}). Please try again in a few seconds." for why in (TOO_MANY, TOO_LONG)}
HEADLINES = {
    400: "Please check your question",
    404: "Page not found",
    401: "For operators",
    413: "That is too long",
    429: "One moment, please",
    500: "Something went wrong",
    503: "One moment, please",
}
CHECK_FILTERS = "Please check the filters"
CHECK_DAYS = (
    "Please check the years: a year such as 2012 or a date such as 2012-01-15, the first not later than the last."
)
EMPTY = "the question is empty"  # as the engine says it
FOR_PROGRAMS = ("/api", "/healthz", "/readyz", "/metrics")
ASKING = ("pages.ask", "api.search", "api.search_post")  # where a question may describe an emergency
READ_CHARS = 4_000  # of a question that could not be answered: that is said at once, however long it is
RETRY_AFTER_S = 5
KEPT_HEADERS = ("Allow", "WWW-Authenticate", "Retry-After")  # of the framework's own answers
INNER_FRAMES = 6  # calls shown in the log, those nearest to the error

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, as RFC 9457 has it; `parameter` names the part of the request that is wrong."""

    status: int
    detail: str
    parameter: str = ""

    @property
    def title(self) -> str:
        """The usual phrase for the status."""
        return HTTPStatus(self.status).phrase

    @property
    def headline(self) -> str:
        """The same said to a person."""
        return CHECK_FILTERS if self.parameter in params.FILTERS else HEADLINES.get(self.status, self.title)

    @property
    def advice(self) -> str:
        """The detail said to a person, who has met no parameters."""
        if self.status == HTTPStatus.NOT_FOUND:
            return DETAILS[404]
        return CHECK_DAYS if self.parameter in form.ONCE else self.detail.removeprefix("q: ")

    def json(self) -> dict[str, Any]:
        """The problem as JSON."""
        value = {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail}
        return value | ({"parameter": self.parameter} if self.parameter else {})


class BusyError(Exception):
    """There is no room for this request now; the message says why."""


def register(app: Flask) -> None:
    """Every error of the application goes through `answer`, and so does a request that was not admitted."""
    app.register_error_handler(Exception, answer)
    app.log_exception = unforeseen  # type: ignore[method-assign,assignment]

    @app.before_request
    def admitted() -> None:
        if why := request.environ.get(BUSY):
            raise BusyError(why)


def answer(error: Exception) -> Response:
    """The response to an error: JSON under /api and at the addresses of those who operate the site, else a page."""
    problem = problem_of(error)
    response = jsonify(problem.json() | _urgent()) if _wants_json() else _page(problem)
    response.status_code = problem.status
    if _wants_json():
        response.content_type = "application/problem+json"
    if isinstance(error, HTTPException):
        response.headers.extend((name, text) for name, text in error.get_headers() if name in KEPT_HEADERS)
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def unforeseen(raised: tuple[Any, ...]) -> None:
    """What the framework logs of an error in answering an error: its kind and place, in place of its messages."""
    log.error("%s while an error was answered, at %s", raised[0].__name__, _place(raised[1]))


def problem_of(error: Exception) -> Problem:
    """What to say about an error; one that was not foreseen is logged and says nothing about itself."""
    match error:
        case BadQuestion():
            named = re.search(rf"\b{re.escape(error.parameter)}\b", str(error))
            return Problem(400, str(error) if named else f"{error.parameter}: {error}", error.parameter)
        case NotFound():
            return Problem(404, str(error), "id")
        case BusyError():
            return Problem(503, BUSY_DETAILS[str(error)])
        case NoIndexError():
            return Problem(503, str(error) if request.path == "/readyz" else DETAILS[503])
        case HomeLost() | NotThere():  # what is not there was replaced: the site opens the version that is live now
            return Problem(503, str(error) if request.path == "/readyz" else LOST)
        case HTTPException() if error.code and error.code != HTTPStatus.INTERNAL_SERVER_ERROR:
            return Problem(error.code, DETAILS.get(error.code) or error.description or "")
    log.error("%s in %s at %s", type(error).__name__, request.endpoint, _place(error))
    return Problem(500, DETAILS[500])


def _wants_json() -> bool:
    return request.path.startswith("/api/") or request.path in FOR_PROGRAMS


def _page(problem: Problem) -> Response:
    try:
        told = notice.in_language(_urgent().get("urgent"))
        chosen = form.chosen(params.of_form(_sent()))
        return make_response(render_template("error.html", problem=problem, asked=_asked(), chosen=chosen, urgent=told))
    except Exception as error:  # whatever is wrong with the page, the problem is said
        log.error("%s in the page of an error at %s", type(error).__name__, _place(error))
        return Response(f"{problem.title}: {problem.detail}\n", content_type="text/plain; charset=utf-8")


def _urgent() -> dict[str, Any]:
    """The emergency notice for a question that could not be answered, whose rules need no index, under its name."""
    try:
        found = urgent(_asked()[:READ_CHARS], os.environ.get("MEDQA_COUNTRY", ""))
    except Exception as error:  # whatever is wrong with the notice, the problem is said
        log.error("%s in the notice of an error at %s", type(error).__name__, _place(error))
        return {}
    return {"urgent": found.to_json()} if found else {}


def _asked() -> str:
    """The question as it was sent, so that nobody has to write it again; empty where none was, or none can be read."""
    if request.endpoint not in ASKING:
        return ""
    try:
        sent = request.form if request.method == "POST" else request.args
        asked = request.get_json()["q"] if request.is_json else sent.get("q", "")
    except (HTTPException, ValueError, RecursionError, LookupError, TypeError):
        return ""
    return asked if isinstance(asked, str) else ""


def _sent() -> MultiDict[str, str]:
    """What came with a question for a page; empty where none did, or it cannot be read."""
    if request.endpoint != "pages.ask":
        return MultiDict()
    try:
        return request.form if request.method == "POST" else request.args
    except HTTPException:
        return MultiDict()


def _place(error: Exception) -> str:
    """Where the error was raised, innermost call last. Its message stays out: it may quote the question."""
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-INNER_FRAMES:])
