"""A proxy before a server that cuts every connection in the middle of what is sent, and lets none through after."""

from __future__ import annotations

import math
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Cutting:
    """Connections to `port` here go to the server, until they are to be cut."""

    def __init__(self, host: str, port: int) -> None:
        self._server, self._left = (host, port), math.inf
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        self.cut = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def after(self, sent: int) -> None:
        """Cuts once so many bytes more went to the server."""
        self._left = sent

    def close(self) -> None:
        """Cuts what is open."""
        self.cut.set()
        self._listener.close()
        for each in self._open:
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.cut.is_set():
                client.close()
                continue
            server = socket.create_connection(self._server)
            self._open += [client, server]
            threading.Thread(target=self._pass, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        try:
            while data := source.recv(1 << 14):
                self._left -= len(data) if counted else 0
                if self._left < 0 or self.cut.is_set():
                    self.cut.set()
                    break
                target.sendall(data)
        except OSError:
            pass
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting(host: str, port: int) -> Iterator[Cutting]:
    """A proxy for the time of a block."""
    made = Cutting(host, port)
    try:
        yield made
    finally:
        made.close()
