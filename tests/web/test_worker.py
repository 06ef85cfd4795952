"""What a running server makes of requests as they come over the wire, whole or not."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest

from search.hits import MAX_QUESTION_CHARS
from tests.web.test_cli import PATIENCE_S, server, url_of
from web import MAX_BODY
from web.worker import Worker, missing

ASKED = b'{"q": "lip", "k": 1}'
POST = b"POST /api/search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
NEXT = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
IN_CHUNKS = POST + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(ASKED), ASKED)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where a site over the toy records listens."""
    with server("1") as process:
        yield int(url_of(process).rsplit(":", 1)[1])


def answered(port: int, *sent: bytes) -> bytes:
    """All that comes back for this, after which the client sends no more."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as client:
        for piece in sent:
            client.sendall(piece)
        client.shutdown(socket.SHUT_WR)
        found = b""
        while more := client.recv(65536):
            found += more
        return found


def statuses(answer: bytes) -> list[bytes]:
    return re.findall(rb"HTTP/1\.1 (\d\d\d) ", answer)


@pytest.mark.parametrize("end", [b"0\r\n\r\n", b"000\r\n\r\n", b"0;a=b\r\n\r\n", b"0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n"])
def test_a_body_in_chunks_is_whole_with_its_last_chunk_whatever_follows(port: int, end: bytes) -> None:
    assert statuses(answered(port, IN_CHUNKS + end, NEXT)) == [b"200", b"200"]
    for following in (b"", NEXT):
        assert missing(IN_CHUNKS + end + following) is False
    for cut in range(1, len(end)):
        assert missing(IN_CHUNKS + end[:-cut]) is True


def test_a_body_that_is_too_long_is_never_waited_for() -> None:
    for length in (b"%d" % (MAX_BODY + 1), b"9" * 13, b"9" * 5000):
        assert missing(POST + b"Content-Length: " + length + b"\r\n\r\n") is None
    assert missing(POST + b"Content-Length: %d\r\n\r\n" % MAX_BODY) is True


@pytest.mark.parametrize("length", [MAX_BODY + 1, 10**15])
def test_a_connection_ends_with_a_body_that_is_too_long_and_the_answer_says_so(port: int, length: int) -> None:
    answer = answered(port, POST + b"Content-Length: %d\r\n\r\n" % length + b"x" * (MAX_BODY + 1), NEXT)
    assert statuses(answer) == [b"413"]
    assert b"\r\nconnection: close\r\n" in answer.lower()


@pytest.mark.parametrize(("length", "status"), [(MAX_QUESTION_CHARS, b"200"), (MAX_QUESTION_CHARS + 1, b"400")])
def test_the_longest_question_may_be_of_any_characters(port: int, length: int, status: bytes) -> None:
    question = "\N{FACE WITH THERMOMETER}" * length
    for kind, address, body in (
        ("application/json", "/api/search", json.dumps({"q": question})),
        ("application/x-www-form-urlencoded", "/", urlencode({"q": question})),
    ):
        head = f"POST {address} HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        assert statuses(answered(port, head.encode(), body.encode())) == [status]


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_a_body_that_ends_too_early_is_not_taken_for_a_shorter_question(port: int, kind: str) -> None:
    address, asked = ("/api/search", ASKED) if kind.endswith("json") else ("/", b"q=lip")
    head = f"POST {address} HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\nContent-Length: {len(asked) + 1}\r\n\r\n"
    answer = answered(port, head.encode(), asked)
    assert statuses(answer) == [b"400"]
    assert f"The body ended after {len(asked)} of the {len(asked) + 1} bytes that were stated.".encode() in answer


@pytest.mark.parametrize("chunk", [b"3\r\n{}}}}\r\n0\r\n\r\n", b"x\r\n{}\r\n0\r\n\r\n", b"9\r\n{}\r\n"])
@pytest.mark.parametrize("address", [b"/api/search", b"/"])
def test_chunks_that_are_none_are_the_client_s_fault(port: int, address: bytes, chunk: bytes) -> None:
    kind = b"application/x-www-form-urlencoded" if address == b"/" else b"application/json"
    head = b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n" % (address, kind)
    answer = answered(port, head + chunk)
    assert statuses(answer) == [b"400"]
    assert b"The body did not come whole" in answer


EXPECTING = POST + b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"


@pytest.mark.parametrize("cut", [0, 60, len(EXPECTING) - 5])
def test_a_client_that_waits_for_leave_to_send_its_body_gets_it_once(port: int, cut: int) -> None:
    head = EXPECTING % len(ASKED)
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as client:
        client.sendall(head[:cut])
        time.sleep(0.02)
        client.sendall(head[cut:])
        assert client.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(ASKED)
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_no_leave_is_given_for_what_is_there_or_too_long_or_to_who_cannot_know_it(port: int) -> None:
    assert statuses(answered(port, EXPECTING % len(ASKED) + ASKED)) == [b"200"]
    assert statuses(answered(port, EXPECTING % (MAX_BODY + 1))) == [b"413"]
    older = (EXPECTING % len(ASKED)).replace(b"HTTP/1.1", b"HTTP/1.0")
    assert answered(port, older, ASKED).startswith(b"HTTP/1.0 200 ")


def test_a_client_that_left_before_it_was_given_leave_stops_nobody() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        connection = SimpleNamespace(sock=ours, seen=-1)
        Worker._wait_for_more(object.__new__(Worker), connection, EXPECTING % len(ASKED))
    assert connection.seen == len(EXPECTING % len(ASKED))
