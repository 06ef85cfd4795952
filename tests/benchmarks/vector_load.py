"""Clients that ask a Milvus for the nearest passages, one question after another, each in a thread of its own."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pymilvus import MilvusClient

from search.address import MilvusAddress
from search.dense import Vectors
from search.milvus.client import LEAST_WIDTH, WIDER, Client
from search.ranking import DEPTH

PROCESSES = multiprocessing.get_context("spawn")
A_PROCESS = 8  # clients in a process: more of them wait for Python and not for the server
WIDTH = max(WIDER * DEPTH, LEAST_WIDTH)  # as `search.milvus.client.Client.near` asks
PATIENCE_S = 10  # for one answer


@dataclass(slots=True)
class Asked:
    """What came of the searches: when each ended (time.time) with its seconds, and when one failed with why.

    `retried` are the same of clients that ask as the site does, with its deadlines and its one retry.
    """

    answered: list[tuple[float, float]] = field(default_factory=list)
    failed: list[tuple[float, str]] = field(default_factory=list)
    retried: list[tuple[float, float]] = field(default_factory=list)
    retried_failed: list[tuple[float, str]] = field(default_factory=list)

    def add(self, other: Asked) -> None:
        """Takes in what came of others' searches."""
        self.answered += other.answered
        self.failed += other.failed
        self.retried += other.retried
        self.retried_failed += other.retried_failed


@contextmanager
def connected(address: str) -> Iterator[MilvusClient]:
    """A client for the time of a block."""
    client = MilvusClient(uri=address)
    try:
        yield client
    finally:
        client.close()


def search(client: MilvusClient, collection: str, vector: Vectors) -> list[int]:
    """Keys of the passages nearest to a vector, as the product asks for them, without a second try."""
    params = {"params": {"ef": WIDTH}, "metric_type": "IP"}
    (hits,) = client.search(
        collection, [vector.tolist()], limit=DEPTH, output_fields=["record"], search_params=params,
        anns_field="vector", timeout=PATIENCE_S, consistency_level="Eventually",
    )  # fmt: skip
    return [hit["id"] for hit in hits]


def load(
    address: str,
    collection: str,
    questions: Vectors,
    clients: int,
    seconds: float,
    begun: Any = None,
    as_the_site: bool = False,
) -> Asked:
    """So many clients for so many seconds, once all of a process are connected; an event says that the first are.

    With `as_the_site`, every second client asks through `search.milvus.client.Client`.
    """
    sizes = [min(A_PROCESS, clients - first) for first in range(0, clients, A_PROCESS)]
    with PROCESSES.Pool(len(sizes), _inherit, (begun,)) as pool:
        parts = pool.starmap(
            _process, [(address, collection, questions, size, seconds, as_the_site) for size in sizes], 1
        )
    found = Asked()
    for part in parts:
        found.add(part)
    return found


BEGUN: list[Any] = []  # of this process


def _inherit(begun: Any) -> None:
    BEGUN.append(begun)


def _process(
    address: str, collection: str, questions: Vectors, clients: int, seconds: float, as_the_site: bool
) -> Asked:
    found = [Asked() for _ in range(clients)]
    begin = threading.Barrier(clients)
    threads = [
        threading.Thread(
            target=_as_the_site if as_the_site and number % 2 else _plainly,
            args=(address, collection, questions[number::clients], seconds, begin, own),
        )
        for number, own in enumerate(found)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = Asked()
    for own in found:
        whole.add(own)
    return whole


def _plainly(
    address: str, collection: str, questions: Vectors, seconds: float, begin: threading.Barrier, found: Asked
) -> None:
    with connected(address) as client:
        _ask(lambda question: search(client, collection, question), questions, seconds, begin, found)


def _as_the_site(
    address: str, collection: str, questions: Vectors, seconds: float, begin: threading.Barrier, found: Asked
) -> None:
    client, own = Client(MilvusAddress(address, collection)), Asked()
    _ask(lambda question: client.near(collection, question, "", DEPTH, ("record",)), questions, seconds, begin, own)
    found.retried, found.retried_failed = own.answered, own.failed
    client.close()


def _ask(
    ask: Callable[[Vectors], object], questions: Vectors, seconds: float, begin: threading.Barrier, found: Asked
) -> None:
    begin.wait()
    if BEGUN and BEGUN[0] is not None:
        BEGUN[0].set()
    end = time.time() + seconds
    number = 0
    while (start := time.time()) < end:
        try:
            ask(questions[number % len(questions)])
            found.answered.append((time.time(), time.time() - start))
        except Exception as error:  # whatever a client would see of a lost node is what is counted
            found.failed.append((time.time(), str(error).split(": stack trace")[0][:160]))
        number += 1
