"""A wire to a server that a test can cut, or keep silent: bytes go both ways while it is whole."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Wire:
    """Listens on `port` and hands on to another one."""

    def __init__(self, to: int) -> None:
        self._to, self._whole, self._silent = to, True, threading.Event()
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        """Every connection breaks, and no new one is taken."""
        self._whole = False
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._ends.clear()

    def silence(self) -> None:
        """What is sent arrives nowhere; nobody is told."""
        self._silent.set()

    def mend(self) -> None:
        """All is as at first, for new connections."""
        self.cut()
        self._silent.clear()
        self._whole = True

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                one, _ = self._listener.accept()
                if not self._whole:
                    one.close()
                    continue
                other = socket.create_connection(("127.0.0.1", self._to))
                self._ends += [one, other]
                for ends in ((one, other), (other, one)):
                    threading.Thread(target=self._hand_on, args=ends, daemon=True).start()

    def _hand_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65_536):
                if not self._silent.is_set():
                    other.sendall(data)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)
