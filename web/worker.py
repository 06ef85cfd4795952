"""gunicorn's threaded worker, made patient: only whole requests reach a thread, and a worker that hangs ends itself.

A client that sends slowly waits in the poller, where it costs nothing; one that takes its answer slowly is given up.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import socket
import time
from collections import deque
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from web import MAX_BODY
from web.refusals import refusal, refusal_of

MOST_HEADER = 32 * 1024  # bytes of a request's lines before its body
MOST_REQUEST = MOST_HEADER + MAX_BODY
SEND_BUFFER = 256 * 1024  # bytes of an answer that the system takes at once; a page of 100 results is smaller
LINGER_S = 2.0  # how long a closed connection is read from, so that the client gets the answer's last bytes
END_OF_HEADER = b"\r\n\r\n"
TIMED_OUT = refusal(408)
TOO_LARGE = refusal(431)
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
EXPECTS = re.compile(rb"(?i)\A[^\r\n]* HTTP/1\.1\r\n(?:[^\r\n]+\r\n)*?expect:[ \t]*100-continue[ \t]*(?:\r\n|\Z)")
IN_CHUNKS = re.compile(rb"(?i)\r\ntransfer-encoding:")
LENGTH = re.compile(rb"(?i)\r\ncontent-length:[ \t]*(\d+)[ \t]*(?:\r\n|$)")
LAST_CHUNK = re.compile(rb"(?:^|\r\n)0+[ \t]*(?:;[^\r\n]*)?\r\n(?:[^\r\n]+\r\n)*\r\n")  # with the fields after it
MOST_AFTER = 256  # bytes from the last chunk on, with what may follow the request
MOST_DIGITS = 12  # of a length that is worth reading

log = logging.getLogger(__name__)


class Timed(socket.socket):
    """A connection on which nothing blocks for longer than `most` seconds, however often it is read from."""

    most = 10.0
    until = float("inf")  # when reading ends, on the monotonic clock

    def setblocking(self, flag: bool) -> None:
        """Blocking, here, is waiting for so long at most."""
        self.settimeout(self.most if flag else 0.0)

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Some bytes; raises TimeoutError once the time for this request is over."""
        if not flags and time.monotonic() > self.until:
            raise TimeoutError("the client sent too slowly")
        return super().recv(size, flags)


def missing(request: bytes) -> bool | None:
    """Whether more bytes must come before this can be answered; None where they need not, as it is too large."""
    header, end, body = request.partition(END_OF_HEADER)
    if not request or not end:
        return bool(request)
    if IN_CHUNKS.search(header):
        return None if len(body) > MAX_BODY else not LAST_CHUNK.search(body[-MOST_AFTER:])
    length = LENGTH.search(header)
    if length is None:
        return False
    return None if len(length[1]) > MOST_DIGITS or int(length[1]) > MAX_BODY else len(body) < int(length[1])


class Worker(ThreadWorker):  # type: ignore[misc]
    """Threads that answer, and one that waits for what comes in."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.lingering: deque[tuple[float, socket.socket]] = deque()  # closed connections, and until when they are read

    def accept(self, listener: socket.socket) -> None:
        """A new connection waits until its request is there."""
        try:
            accepted, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        client = Timed(fileno=accepted.detach())
        client.most = float(self.app.settings.slow_after)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.nr_conns += 1
        connection = TConn(self.cfg, client, address, listener.getsockname())
        connection.data_ready = True
        self._await(connection)

    def on_client_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """A connection that was kept open sends its next request."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._await(conn)

    def notify(self) -> None:
        """Once a second: newer indexes are looked for, and a worker in which an answer does not come ends."""
        super().notify()
        self.app.serving.look()
        stuck = self.app.admission.oldest()
        if stuck > self.app.settings.hung_after:
            log.error("an answer did not come for %d seconds; this worker is replaced", stuck)
            os.kill(os.getpid(), signal.SIGKILL)  # threads that hang cannot be ended in any other way

    def handle_request(self, req: Any, conn: Any) -> bool:
        """Whether there may be another request; not after a body that is too large, which nobody reads to its end: the
        answer says so, else a client would send its next request here."""
        if conn.last:
            req.force_close()
        req._expected_100_continue = False  # its body is there, or was asked for
        return bool(super().handle_request(req, conn))

    def finish_request(self, conn: Any, fs: Any) -> None:
        """A connection that is done lingers in the poller, not in the one thread that waits for all others."""
        conn.close = partial(self._close, conn)
        super().finish_request(conn, fs)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """What is no request is refused as the site refuses others."""
        if answer := refusal_of(exc):
            with suppress(OSError):
                client.sendall(answer)
        else:
            super().handle_error(req, client, addr, exc)

    def murder_pending(self) -> None:
        """Requests that did not come in time are given up, and so are closed connections that lingered."""
        now = time.monotonic()
        for conn in [conn for conn in self.pending_conns if conn.timeout <= now or (conn.seen < 0 and not self.alive)]:
            self.pending_conns.remove(conn)
            self.poller.unregister(conn.sock)
            self._refuse(conn, TIMED_OUT if self.alive else b"")
        while self.lingering and self.lingering[0][0] <= now:
            self._let_go(self.lingering[0])

    def _await(self, conn: Any) -> None:
        """The request is handed to a thread once it is whole."""
        conn.timeout, conn.seen, conn.last = time.monotonic() + conn.sock.most, -1, False
        conn.sock.setblocking(False)
        self._take_or_wait(conn)

    def _on_more(self, conn: Any, client: socket.socket) -> None:
        self.poller.unregister(client)  # first, as a connection that is refused lingers in the poller
        self.pending_conns.remove(conn)
        self._take_or_wait(conn)

    def _take_or_wait(self, conn: Any) -> None:
        if not self._take(conn):
            self.pending_conns.append(conn)
            self.poller.register(conn.sock, EVENT_READ, partial(self._on_more, conn))

    def _take(self, conn: Any) -> bool:
        """Whether the connection need wait no longer: its request is whole, or wrong, or will never come."""
        try:
            sent = conn.sock.recv(MOST_REQUEST, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            sent = b""
        if END_OF_HEADER not in sent and len(sent) > MOST_HEADER:
            self._refuse(conn, TOO_LARGE)
            return True
        need = missing(sent)
        if need and len(sent) > conn.seen and len(sent) < MOST_REQUEST:
            self._wait_for_more(conn, sent)
            return False
        conn.last = need is None
        conn.sock.until = time.monotonic() + conn.sock.most
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        self.enqueue_req(conn)
        return True

    def _wait_for_more(self, conn: Any, sent: bytes) -> None:
        header, end, _ = sent.partition(END_OF_HEADER)
        if end and conn.seen < len(header + end) and EXPECTS.search(header):
            with suppress(OSError):
                conn.sock.send(GO_ON)
        conn.seen = len(sent)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, len(sent) + 1)  # the poller wakes for more alone

    def _refuse(self, conn: Any, answer: bytes) -> None:
        with suppress(OSError):
            conn.sock.send(answer)
        self.nr_conns -= 1
        self._close(conn, graceful=True)

    def _close(self, conn: Any, graceful: bool = False) -> None:
        """Ends the sending, and reads on until the client ends its own: else it might lose the answer."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            graceful = False
        if not graceful:
            conn.sock.close()
            return
        entry = (time.monotonic() + LINGER_S, conn.sock)
        self.lingering.append(entry)
        self.poller.register(conn.sock, EVENT_READ, partial(self._drain, entry))

    def _drain(self, entry: tuple[float, socket.socket], client: socket.socket) -> None:
        try:
            ended = not client.recv(MOST_REQUEST)
        except BlockingIOError:
            return
        except OSError:
            ended = True
        if ended:
            self._let_go(entry)

    def _let_go(self, entry: tuple[float, socket.socket]) -> None:
        self.lingering.remove(entry)
        self.poller.unregister(entry[1])
        entry[1].close()
