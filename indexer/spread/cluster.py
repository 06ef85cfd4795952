"""A Ray cluster as the build sees it: an address, and what comes back from there; Ray runs in a process of its own.

A driver of Ray ends its process, without a word to the program, where its cluster is gone. Here that is a closed pipe.
"""

from __future__ import annotations

import multiprocessing
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from indexer.spread import driver
from indexer.spread.work import Columns, Maker
from search.errors import SearchError

ADDRESS = re.compile(r"([\w.-]+):(\d{1,5})")
PATIENCE_S = 5  # until an address at which nobody answers is given up
PROCESSES = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster at an address, `host:port` or `local`, and how many workers are to run there (None: all it can)."""

    address: str
    encoders: int | None = None

    def check(self) -> None:
        """Raises SearchError when Ray is not installed, or nobody answers at the address."""
        if find_spec("ray") is None:
            raise SearchError("Ray is not installed; run at the top of the source: pip install -e '.[ray]'")
        if self.address == driver.LOCAL:
            return
        found = ADDRESS.fullmatch(self.address)
        if found is None:
            raise SearchError(f"--ray {self.address} is no address; give host:port of a cluster, or {driver.LOCAL}")
        try:
            socket.create_connection((found[1], int(found[2])), PATIENCE_S).close()
        except (OSError, OverflowError) as error:
            raise SearchError(
                f"no Ray cluster answers at {self.address} ({error}); start one with: ray start --head, and give the "
                "address that it says"
            ) from None

    def done(self, folder: Path, maker: Maker) -> Iterator[Columns]:
        """Batches of what the workers make of the records staged in a folder, in any order.

        A machine or a worker that is lost costs the batches that it was at, which others do again. Raises
        SearchError when the cluster is lost, is too small, or cannot do the work.
        """
        here, there = PROCESSES.Pipe(duplex=False)
        job = driver.Job(self.address, self.encoders, folder, maker)
        process = PROCESSES.Process(target=driver.run, args=(job, there), daemon=True)
        process.start()
        there.close()
        try:
            while (said := here.recv()) is not driver.DONE:
                if isinstance(said, str):
                    raise SearchError(f"the cluster at {self.address} cannot go on: {said}. What is done is kept")
                yield said
        except (EOFError, ConnectionResetError):
            raise SearchError(
                f"the cluster at {self.address} was lost; what is done is kept: run the command again to go on"
            ) from None
        finally:
            here.close()
            process.terminate()
            process.join()
