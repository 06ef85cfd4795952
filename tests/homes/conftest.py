"""The same records in every home: a folder, Milvus in this process, a real server, and where there is one a cluster."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.records import Answer, from_json, to_json
from indexer.build import build
from indexer.milvus.build import build as build_there
from search.address import Address, MilvusAddress, parse
from search.layout import Layout
from search.milvus.client import Client
from search.milvus.opening import client_of
from search.milvus.schema import Collections, versions_of
from tests.homes.copying import copy
from tests.toy_encoder import ToyEncoder
from tests.toy_records import EYELID, LIP, RECORDS

ROOT = Path(__file__).parents[2]
SERVER = ROOT / "var/milvus"  # made by `make var/milvus/.ready`, which `make test` does
CLUSTER = os.environ.get("MEDQA_TEST_CLUSTER", "")  # milvus://host:port, set by `make test-cluster`
RUNNING = os.environ.get("MEDQA_TEST_MILVUS", "")  # milvus://host:port of a server that is there already
HOMES = ("folder", "lite", "standalone", *(["cluster"] if CLUSTER else []))
NASTY = 'Ear "Nose" \\ Throat\n% or 1 == 1 – é 皮膚'
ENDLESS = " ".join(secrets.token_hex(8) for _ in range(9_000))  # more than a column of Milvus holds, however compressed
MORE = (
    replace(LIP, id="toy:a1", topics=("lip twitching", "Lip twitching"), asked="2020-05-01", specialty="neurology"),
    replace(EYELID, id="toy:a2", topics=("LIP TWITCHING", "“Quoted” topic", "5 day fever"), specialty=NASTY),
    replace(
        EYELID, id="toy:a3", title="A rash", topics=('a/b: "what?" \\', "β-test", "Étude", "(étude)"), source="S" * 600
    ),
    replace(LIP, id="toy:long", title="Fever", answers=(Answer(ENDLESS, "Dr. B", "Neurology"),), topics=()),
)
PLAIN = [from_json(to_json(record)) for record in RECORDS]  # as they come from a file
BY_ID = {record.id: record for record in PLAIN}
ALL = tuple(sorted((*RECORDS, *MORE), key=lambda record: record.id))


@pytest.fixture(scope="module", autouse=True)
def patient(request: pytest.FixtureRequest) -> Iterator[None]:
    """A server may take its time, as all tests of this machine run beside it; but for where it is late by intent."""
    with pytest.MonkeyPatch.context() as patch:
        if "wired" not in request.path.parts:
            patch.setattr("search.milvus.connection.FIRST_S", 20.0)
        yield


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, toy_vocabulary: None) -> Path:
    """Index folder of the records."""
    root = tmp_path_factory.mktemp("homes") / "index"
    build(ALL, Layout(root), ToyEncoder())
    return root


@pytest.fixture(scope="package")
def standalone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server: that of $MEDQA_TEST_MILVUS (milvus://host:port), else one that is started for these tests, and
    ends with them: it takes its share of a core while nobody asks."""
    if RUNNING:
        yield RUNNING
        return
    python = SERVER / "bin/python"
    if not (SERVER / ".ready").exists():
        pytest.skip("there is no Milvus to start; run: make var/milvus/.ready")
    command = [python, Path(__file__).with_name("server.py"), tmp_path_factory.mktemp("milvus"), SERVER / "unpacked"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        said = server.stdout.readline().strip()
        ready, _, port = said.partition(" ")
        assert ready == "ready", said
        yield f"milvus://127.0.0.1:{port}"
        assert server.stdin is not None
        server.stdin.close()


@pytest.fixture(scope="package")
def put(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str, Path], Address]]:
    """Puts a folder index into a home, by its name; what was put into a server is removed at the end."""
    written: list[MilvusAddress] = []

    def into(home: str, root: Path) -> Address:
        if home == "folder":
            return root
        name = f"test_{secrets.token_hex(4)}"
        if home == "lite":
            base = f"milvus-lite:{tmp_path_factory.mktemp('lite')}/home.db"
        elif home == "cluster":
            base = CLUSTER
        else:
            base = request.getfixturevalue("standalone")
        address = parse(f"{base}/{name}")
        assert isinstance(address, MilvusAddress)
        copy(root, address)
        if home == "cluster" or RUNNING:  # the others go with their servers
            written.append(address)
        return address

    yield into
    for address in written:
        client = Client(address)
        known = set(client.collections())
        for version in versions_of(address.name, sorted(known)):
            for name in known.intersection(Collections(address.name, version).all()):
                client.drop(name)
        client.close()


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MilvusAddress]:
    """An address in this process where nothing is yet, and a cache of this test's own."""
    monkeypatch.setenv("MEDQA_CACHE", str(tmp_path / "cache"))
    found = parse(f"milvus-lite:{tmp_path}/home.db/toy")
    assert isinstance(found, MilvusAddress)
    yield found
    client_of(found).close()


@pytest.fixture
def built(address: MilvusAddress) -> MilvusAddress:
    """An index of the toy records there."""
    build_there(PLAIN, address, ToyEncoder())
    return address
