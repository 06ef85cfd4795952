"""What a writer reads of a version is all that stands there, however many rows one answer holds."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pymilvus import MilvusClient

from indexer.build import Changes
from indexer.milvus import loader as loading
from indexer.milvus.build import build, update
from indexer.milvus.loader import Loader
from indexer.milvus.versions import Versions
from search.address import Address, MilvusAddress
from search.milvus.client import Client
from search.milvus.connection import Values
from search.milvus.schema import MOST_ROWS, record_key
from tests.homes.conftest import PLAIN
from tests.toy_encoder import ToyEncoder


@pytest.fixture(scope="module", params=["lite", "standalone"])
def loader(request: pytest.FixtureRequest, folder: Path, put: Callable[[str, Path], Address]) -> Iterator[Loader]:
    """The live version of the records, as a writer has it."""
    address = put(request.param, folder)
    assert isinstance(address, MilvusAddress)
    client = Client(address)
    names = Versions(client, address.name).live()
    assert names is not None
    yield Loader(client, names)
    client.close()


@contextmanager
def answers_of(most: int) -> Iterator[None]:
    """No answer of the server holds more rows."""
    real = Client.query

    def query(
        client: Client, collection: str, where: str, columns: Sequence[str], limit: int = MOST_ROWS, **more: Any
    ) -> list[Values]:
        return real(client, collection, where, columns, min(limit, most), **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "query", query)
        patch.setattr(loading, "MOST_ROWS", most)
        yield


def test_all_passages_of_one_record_are_read(loader: Loader) -> None:
    rows = loader.client.scan(loader.names.passages, "passage", ("record",), 1_000, strong=True)
    row = record_key("toy:long")
    expected = sorted(found["passage"] for found in rows if found["record"] == row)
    assert len(expected) > 100
    for most in (len(expected) // 5, len(expected) - 1, len(expected), len(expected) + 1):
        with answers_of(most):
            found = loader.passages([row], ("start",))
        assert sorted(each["passage"] for each in found) == expected
        assert {each["record"] for each in found} == {row}


def test_all_keys_that_begin_so_are_read(loader: Loader) -> None:
    keys = [f"{name}/{number}" for name in ("erasing", "pending", "other") for number in range(23)]
    loader.write_about((key, "[]") for key in keys)
    for most in (10, 46, 47):
        with answers_of(most):
            found = loader.about_like(["pending/", "erasing/"])
        assert sorted(found) == sorted(keys[:46])
    loader.forget_about(keys)


def test_a_writer_searches_all_that_it_wrote(built: MilvusAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, search = set[object](), MilvusClient.search

    def noted(self: MilvusClient, *given: Any, **named: Any) -> object:
        asked.add(named["consistency_level"])
        return search(self, *given, **named)

    monkeypatch.setattr(MilvusClient, "search", noted)
    update(Changes(removed=frozenset({"toy:tip"})), built, ToyEncoder())  # of two replicas one may be behind
    assert asked == {"Strong"}


def test_several_passages_are_looked_for_at_a_time(address: MilvusAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, another, near = itertools.count(), threading.Event(), Client.near

    def meeting(*given: Any, **named: Any) -> list[Values]:
        if next(begun):
            another.set()
        assert another.wait(30)
        return near(*given, **named)

    monkeypatch.setattr(Client, "near", meeting)
    build(PLAIN[:1], address, ToyEncoder())
    assert next(begun) > 1
