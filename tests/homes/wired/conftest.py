"""An index on a Milvus in this process that is reached over a wire."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from milvus_lite.adapter.grpc.server import start_server_in_thread

from search.address import MilvusAddress, parse
from search.engine import Engine
from search.milvus import opening
from search.opening import open_index
from tests.homes.copying import copy
from tests.homes.wired.wire import Wire
from tests.toy_encoder import ToyEncoder


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """A wire to a Milvus that has BM25."""
    server, database, port = start_server_in_thread(str(tmp_path_factory.mktemp("lost") / "home.db"), "127.0.0.1", 0)
    found = Wire(port)
    yield found
    found.close()
    server.stop(grace=0)
    database.close()


@pytest.fixture(scope="module")
def written(wire: Wire, folder: Path) -> MilvusAddress:
    """The records, put there."""
    address = parse(f"milvus://127.0.0.1:{wire.port}/lost")
    assert isinstance(address, MilvusAddress)
    copy(folder, address)
    return address


@pytest.fixture
def address(wire: Wire, written: MilvusAddress, monkeypatch: pytest.MonkeyPatch) -> Iterator[MilvusAddress]:
    """The address, over a whole wire, with a connection of this test's own."""
    wire.mend()
    monkeypatch.setattr(opening, "_clients", {})
    yield written
    for client in opening._clients.values():
        client.close()


@pytest.fixture
def engine(address: MilvusAddress) -> Iterator[Engine]:
    opened = open_index(address, ToyEncoder())
    yield opened
    opened.close()
