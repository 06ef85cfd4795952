"""A connection to a server at whatever address people write."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from milvus_lite.adapter.grpc.server import start_server_in_thread

from search.address import MilvusAddress, parse
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
