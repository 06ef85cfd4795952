"""What the server says of a request that never reached the site: a problem that quotes nothing of it."""

from __future__ import annotations

import json
from http import HTTPStatus

from gunicorn.http.errors import (
    ConfigurationProblem,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)

OWN_FAULTS = (ConfigurationProblem, InvalidResponseHeader, InvalidResponseHeaderName)  # of the server, not the client
STATUSES = {LimitRequestLine: 414, LimitRequestHeaders: 431, UnsupportedTransferCoding: 501}
DETAILS = {
    400: "This is no request that can be read.",
    408: "The request did not come whole in time.",
    414: "The address is longer than 8,190 bytes. Send a longer question in the body of a POST.",
    431: "The lines before the body are too many or too long.",
    501: "The body comes in a form that is not read here.",
}


def refusal_of(error: BaseException) -> bytes:
    """The whole answer to what could not be read as a request; empty where the error is another."""
    if not isinstance(error, ParseException) or isinstance(error, OWN_FAULTS):
        return b""
    return refusal(STATUSES.get(type(error), 400))


def refusal(status: int) -> bytes:
    """The whole answer with this status, after which the connection ends."""
    title = HTTPStatus(status).phrase
    problem = {"type": "about:blank", "title": title, "status": status, "detail": DETAILS[status]}
    body = json.dumps(problem).encode()
    head = f"HTTP/1.1 {status} {title}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
