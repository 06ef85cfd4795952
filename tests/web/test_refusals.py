"""Refusals of what never reached the site."""

from __future__ import annotations

import json

import pytest
from gunicorn.http.errors import (
    ConfigurationProblem,
    InvalidRequestMethod,
    InvalidResponseHeader,
    LimitRequestHeaders,
    LimitRequestLine,
    UnsupportedTransferCoding,
)

from web.refusals import refusal_of


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (LimitRequestLine(9000, 8190), 414),
        (LimitRequestHeaders("x"), 431),
        (UnsupportedTransferCoding("secret"), 501),
        (InvalidRequestMethod("secret"), 400),
    ],
)
def test_what_is_no_request_is_a_problem_that_quotes_nothing(error: Exception, status: int) -> None:
    head, _, body = refusal_of(error).partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"\r\nConnection: close\r\nContent-Type: application/problem+json\r\n" in head
    assert head.endswith(f"Content-Length: {len(body)}".encode())
    assert json.loads(body)["status"] == status
    assert b"secret" not in body


@pytest.mark.parametrize("error", [ValueError("x"), InvalidResponseHeader("x"), ConfigurationProblem("x")])
def test_any_other_error_is_the_server_s_own(error: Exception) -> None:
    assert refusal_of(error) == b""
