"""A connection to a server at whatever address people write."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from milvus_lite.adapter.grpc.server import start_server_in_thread

from search.address import MilvusAddress, parse
from search.errors import HomeLost
from search.milvus import writing
from search.milvus.client import Client


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_a_server_is_reached_by_every_kind_of_address(host: str, tmp_path: Path) -> None:
    try:
        socket.create_server((host.strip("[]"), 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError:
        pytest.skip(f"this machine has no {host}")
    server, database, port = start_server_in_thread(str(tmp_path / "home.db"), host, 0)
    address = parse(f"milvus://{host}:{port}/medqa")
    assert isinstance(address, MilvusAddress)
    client = Client(address)
    assert client.collections() == []
    client.close()
    server.stop(grace=0)
    database.close()


def test_an_index_is_waited_for_as_long_as_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    client, clock = object.__new__(Client), [0.0]
    client.lite, client.address = False, MilvusAddress("http://db:19530", "medqa")
    monkeypatch.setattr(writing.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(writing.time, "sleep", lambda seconds: clock.append(clock.pop() + writing.SETTLED_S * 0.6))
    for waiting in ([3, 3, 2, 2, 1, 1, 0], [3, 3, 3, 3]):
        looks = [[("vector", rows)] if rows else [] for rows in waiting]
        monkeypatch.setattr(Client, "_unsettled", lambda self, collection, looks=looks: looks.pop(0))
        if waiting[-1]:
            with pytest.raises(HomeLost, match="db:19530/medqa does not go on with the index of toy; run the command"):
                client.settle("toy")
        else:
            client.settle("toy")
