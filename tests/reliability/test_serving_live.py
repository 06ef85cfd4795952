"""The running server under bad luck and bad clients: it sheds, replaces, drains and swaps, and fails nobody else."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from indexer.build import build
from search.layout import Layout
from tests.reliability.site import PATIENCE_S, Reply, Site, running
from tests.reliability.swaps import ask_through
from tests.toy_encoder import ToyEncoder
from tests.toy_records import LIP

SLOW_S = 1  # what the sites here give a client
CROWD = 80  # slow clients: more than twice the threads of the server
SOON_S = 1.5  # an answer to others meanwhile, or as many times what it takes when nobody else asks, on a busy machine
AS_OFTEN = 10


@pytest.fixture(scope="module")
def site(built: Path) -> Iterator[Site]:
    """A site with two answers at a time and little patience; tests leave it as it was."""
    with running(built, waiting=2, patience=1, slow_after=SLOW_S, hung_after=30) as found:
        yield found


def answered_meanwhile(site: Site) -> list[Reply]:
    """Some answers to others."""
    return [site.get("/api/search?q=Is+lip+twitching+a+stroke&k=1") for _ in range(5)]


def assert_fine(replies: list[Reply], site: Site) -> None:
    assert [reply.json["results"][0]["id"] for reply in replies] == ["toy:lip"] * len(replies)
    assert max(reply.seconds for reply in replies) < soon(site)


def soon(site: Site) -> float:
    """Seconds that count as at once: many times what an answer takes when nobody else asks."""
    return max(SOON_S, AS_OFTEN * max(reply.seconds for reply in answered_meanwhile(site)))


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /api/se",
        b"POST /api/search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
        b"POST /api/search HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
    ],
)
def test_slow_senders_hold_nobody_up_and_are_given_up(site: Site, sent: bytes) -> None:
    crowd = [site.connect(sent) for _ in range(CROWD)]
    time.sleep(0.2)
    for slow in crowd[: CROWD // 2]:  # some of them send a byte now and then
        slow.sendall(b"x")
    replies = answered_meanwhile(site)
    started = time.monotonic()
    for slow in crowd:
        answer = slow.recv(4096)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"Content-Type: application/problem+json\r\n" in answer
        slow.close()
    assert time.monotonic() - started < SLOW_S + 3 + soon(site)
    assert_fine(replies, site)


def test_slow_readers_hold_nobody_up(site: Site) -> None:
    request = b"GET /?q=lip HTTP/1.1\r\nHost: a\r\n\r\n"
    crowd = [site.connect(request) for _ in range(6)]
    for slow in crowd:  # an answer waits to be read; before that it is a busy site that sheds others, as it should
        assert select.select([slow], [], [], PATIENCE_S)[0]
    replies = answered_meanwhile(site)
    for slow in crowd:
        assert slow.recv(20).startswith(b"HTTP/1.1 ")
        slow.close()
    assert_fine(replies, site)


def test_a_request_in_pieces_is_answered_like_any_other(site: Site) -> None:
    body = b'{"q": "Is lip twitching a stroke?", "k": 1}'
    head = (
        f"POST /api/search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with site.connect() as slow:
        for _ in range(2):  # the second one on the same connection
            for piece in (head[:5], head[5:40], head[40:], body[:10], body[10:]):
                slow.sendall(piece if isinstance(piece, bytes) else piece.encode())
                time.sleep(0.05)
            found = b""
            while b"took_ms" not in found:
                found += slow.recv(65536)
            assert found.startswith(b"HTTP/1.1 200 OK")


def test_a_client_that_waits_to_be_told_to_go_on_is_told(site: Site) -> None:
    body = b'{"q": "lip"}'
    head = b"POST /api/search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
    with site.connect(head + b"Content-Length: %d\r\n\r\n" % len(body)) as polite:
        assert polite.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n")
        polite.sendall(body)
        found = b""
        while b"took_ms" not in found:
            found += polite.recv(65536)
        assert b"HTTP/1.1 200 OK" in found


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /?q=" + b"x" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(70)) + b"\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 40_000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 9_000 + b"\r\n\r\n", b"431"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000, b"413"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\nx", b"413"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/9.9\r\n\r\n", b"400"),
        (b"\0\r\n\r\n", b"400"),
    ],
)
def test_what_is_too_large_or_no_request_is_refused(site: Site, sent: bytes, status: bytes) -> None:
    with site.connect(sent) as client:
        answer = client.recv(4096)
    assert answer[:12] == b"HTTP/1.1 " + status
    assert b"\r\nConnection: close\r\n" in answer
    assert b"\r\ncontent-type: text/html" not in answer.lower() or status == b"413"  # the site's own page
    assert_fine(answered_meanwhile(site)[:1], site)


def test_what_is_too_large_only_in_its_second_piece_is_refused_by_a_worker_that_lives_on(site: Site) -> None:
    workers = site.workers()
    with site.connect(b"GET / HTTP/1.1\r\nHost: a\r\nX: aaa") as client:
        time.sleep(0.3)
        client.sendall(b"x" * 60_000)
        assert client.recv(12) == b"HTTP/1.1 431"
    assert_fine(answered_meanwhile(site)[:1], site)
    assert site.workers() == workers


def test_beyond_what_can_wait_the_answer_is_a_quick_503(site: Site) -> None:
    with ThreadPoolExecutor(12) as pool:
        asked = [pool.submit(site.get, "/api/search?q=sleep+1.5") for _ in range(10)]
        time.sleep(0.5)
        health = [site.get(path) for path in ("/healthz", "/readyz", "/metrics")]
        replies = [job.result() for job in asked]
    assert [reply.status for reply in health] == [200] * 3
    assert max(reply.seconds for reply in health) < soon(site)
    refused = [reply for reply in replies if reply.status == 503]
    assert sorted({reply.status for reply in replies}) == [200, 503]
    assert len([reply for reply in replies if reply.status == 200]) >= 2
    assert len(refused) >= 6
    assert sorted(reply.seconds for reply in refused)[5] < soon(site)  # those for whom there was no room at all
    assert {reply.headers["Retry-After"] for reply in refused} == {"5"}
    assert {reply.headers["Content-Type"] for reply in refused} == {"application/problem+json"}
    assert refused[0].json["detail"] == "The site is busy (too many requests). Please try again in a few seconds."
    assert_fine(answered_meanwhile(site)[:1], site)


def test_an_answer_that_takes_too_long_is_given_up(site: Site) -> None:
    reply = site.get("/api/search?q=sleep+3.5")
    assert reply.status == 503
    assert "the answer took too long" in reply.json["detail"]
    time.sleep(1.5)
    assert_fine(answered_meanwhile(site)[:1], site)


def test_a_worker_that_dies_comes_back_and_the_other_answers_meanwhile(built: Path) -> None:
    with running(built, workers=2) as site:
        first, second = site.workers()
        os.kill(first, signal.SIGKILL)
        site.wait_for_new(first)
        assert second in site.workers()
        output, errors = site.stop()
        assert output.endswith("stopped: \n"), errors


@pytest.mark.parametrize("way", ["answers hang", "the process stands still"])
def test_a_worker_that_hangs_is_replaced(built: Path, way: str) -> None:
    with running(built, patience=1, slow_after=1, hung_after=3) as site:
        [worker] = site.workers()
        if way == "answers hang":
            site.get("/api/search?q=sleep+600")
        else:
            os.kill(worker, signal.SIGSTOP)
        site.wait_for_new(worker)
        _, errors = site.stop()
        assert "this worker is replaced" in errors or way != "answers hang"


def test_at_the_end_what_was_asked_is_still_answered(built: Path) -> None:
    with running(built) as site, ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(site.get, "/api/search?q=sleep+1.5") for _ in range(2)]
        idle = site.connect()
        time.sleep(0.6)
        output, _ = site.stop()
        assert [job.result().status for job in asked] == [200, 200]
        assert output.endswith("stopped: \n")
        idle.close()


def test_twenty_publishes_under_load_fail_nobody_and_mix_nothing(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "index")
    found = ask_through(layout, publishes=20, clients=3, seconds_between=0.1)
    assert found.failed == []
    assert found.mixed == []
    assert found.answers > 50
    assert len(found.versions) >= 4  # versions that are replaced within a second may never be opened


def test_an_idle_worker_takes_a_new_version_without_being_asked(index: Layout) -> None:
    with running(index.root) as site:
        newer = build([LIP], index, ToyEncoder()).manifest.id
        while f'medqa_index_version{{version="{newer}"}} 1.0' not in site.get("/metrics").body:  # opens nothing itself
            time.sleep(0.2)
        assert site.get("/api/search?q=lip").json["index"]["id"] == newer
