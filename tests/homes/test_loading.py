"""Machines that write into Milvus themselves leave there what a build without them does."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from pyarrow.parquet import read_table

from corpus.records import content_hash
from indexer.milvus.build import build, staging_folder
from indexer.spread.load import load
from indexer.spread.work import Columns, Maker
from search.address import MilvusAddress, parse
from search.errors import SearchError
from search.milvus.client import Client
from search.milvus.schema import Collections, versions_of
from tests.homes.conftest import ALL
from tests.toy_encoder import ToyEncoder

KEPT = ("record", "content", "part", "start", "end", "vector")


@dataclass
class Desk:
    """A cluster that is no more than this process; `lost_after` so many records it is gone. It does the first twice."""

    lost_after: int = 1_000
    sent: list[str] = field(default_factory=list)

    def done(self, folder: Path, maker: Maker) -> Iterator[Columns]:
        work = maker()
        for path in sorted(folder.iterdir()):
            batch = read_table(path).to_pydict()
            for digest, record in zip(batch["hash"], batch["record"], strict=True):
                if len(self.sent) == self.lost_after:
                    raise SearchError("lost")
                one = {"hash": [digest], "record": [record]}
                if not self.sent:
                    work(one)  # as when a machine is lost after it wrote, before it said so
                self.sent.append(digest)
                yield work(one)


@pytest.fixture(params=["lite", pytest.param("standalone", marks=pytest.mark.cluster)])
def address(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], MilvusAddress]]:
    """Makes addresses of indexes that are not there yet; what is built there is removed."""
    server = f"milvus-lite:{tmp_path}/home.db" if request.param == "lite" else request.getfixturevalue("standalone")
    monkeypatch.setenv("MEDQA_CACHE", str(tmp_path / "cache"))
    made: list[MilvusAddress] = []

    def new() -> MilvusAddress:
        found = parse(f"{server}/ray_{secrets.token_hex(4)}")
        assert isinstance(found, MilvusAddress)
        made.append(found)
        return found

    yield new
    for each in made:
        client = Client(each)
        for name in client.collections():
            if name.startswith(f"{each.name}_"):
                client.drop(name)
        client.close()


def stands(address: MilvusAddress) -> tuple[dict[str, str], dict[int, dict[str, object]]]:
    """The hash of every record, and what every passage holds, of the one version there."""
    client = Client(address)
    [version] = versions_of(address.name, client.collections())
    names = Collections(address.name, version)
    records = client.scan(names.records, "row", ("id", "hash", "first"), len(ALL), strong=True)
    passages = client.scan(names.passages, "passage", KEPT, len(ALL), strong=True)
    found = (
        {row["id"]: f"{row['hash']} {row['first']}" for row in records},
        {row["passage"]: {**row, "vector": [float(number) for number in row["vector"]]} for row in passages},
    )
    client.close()
    return found


def test_what_machines_write_is_what_a_build_writes(address: Callable[[], MilvusAddress]) -> None:
    plain, spread, desk = address(), address(), Desk()
    expected = build(ALL, plain, ToyEncoder())
    found = build(ALL, spread, ToyEncoder(), partial(load, spread, desk, ToyEncoder))
    assert found.manifest.corpus == expected.manifest.corpus
    assert sorted(desk.sent) == sorted(content_hash(record) for record in ALL)
    assert stands(spread) == stands(plain)
    assert not staging_folder(spread).exists()


@pytest.mark.parametrize("address", ["lite"], indirect=True)
def test_what_a_killed_build_staged_goes_with_the_next_writer(address: Callable[[], MilvusAddress]) -> None:
    plain = address()
    staging_folder(plain).mkdir(parents=True)
    (staging_folder(plain) / "000000.parquet").write_text("what patients wrote")
    build(ALL[:1], plain, ToyEncoder())  # without a cluster
    assert not staging_folder(plain).exists()


@pytest.mark.cluster
@pytest.mark.parametrize("address", ["standalone"], indirect=True)
def test_a_build_whose_machines_were_lost_goes_on(address: Callable[[], MilvusAddress]) -> None:
    plain, spread, first, second = address(), address(), Desk(lost_after=4), Desk()
    build(ALL, plain, ToyEncoder())
    with pytest.raises(SearchError, match="lost"):
        build(ALL, spread, ToyEncoder(), partial(load, spread, first, ToyEncoder))
    assert not staging_folder(spread).exists()
    build(ALL, spread, ToyEncoder(), partial(load, spread, second, ToyEncoder))
    assert sorted([*first.sent, *second.sent]) == sorted(content_hash(record) for record in ALL)
    assert stands(spread) == stands(plain)
