"""Writing into a real server that is killed in the middle, or cut off: nothing is lost, doubled, or seen half.

`python -m tests.homes.kills milvus://127.0.0.1:19530 --json docs/scaling/kills.json` is the long storm.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pymilvus import MilvusClient

from corpus.records import from_json, to_json
from indexer.derive import Pieces
from indexer.milvus import build as building
from indexer.milvus.build import build
from indexer.milvus.erase import erase
from indexer.milvus.loader import Loader
from indexer.milvus.versions import Versions
from search.address import MilvusAddress, parse
from search.errors import HomeLost
from search.milvus.client import Client
from tests.homes.cutting import cutting
from tests.homes.held import gaps, live, strange
from tests.homes.kills import storm
from tests.toy_encoder import ToyEncoder
from tests.toy_records import EYELID, LIP

MANY = [
    from_json(to_json(replace(EYELID, id=f"toy:m{number:03}", question=f"Fever {number}."))) for number in range(60)
]
BATCH = 10  # records that are sent at once
BEFORE, AFTER = 3, 1_000  # batches that stand there, and bytes of the next one that are sent, when all is cut


def test_nothing_is_lost_or_doubled_by_kills(standalone: str, tmp_path: Path) -> None:
    made = storm(standalone, kills=2, seed=2, cache=tmp_path)
    assert made.wrong == []
    assert sum(made.outcomes.values()) - made.outcomes["gone on with"] == 2


def test_a_connection_cut_in_the_middle_of_a_load(
    standalone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MEDQA_CACHE", str(tmp_path))
    monkeypatch.setattr(building, "BATCH", BATCH)
    name, server = f"cut_{secrets.token_hex(4)}", urlsplit(standalone)
    address = parse(f"{standalone}/{name}")
    assert isinstance(address, MilvusAddress)
    build([LIP], address, ToyEncoder())
    try:
        with cutting(str(server.hostname), int(server.port or 19530)) as proxy:
            through = parse(f"milvus://127.0.0.1:{proxy.port}/{name}")
            assert isinstance(through, MilvusAddress)
            puts, put = itertools.count(), Loader.put

            def cut(loader: Loader, pieces: Pieces, firsts: Mapping[str, int]) -> None:
                if next(puts) == BEFORE:
                    proxy.after(AFTER)
                put(loader, pieces, firsts)

            monkeypatch.setattr(Loader, "put", cut)
            with pytest.raises(HomeLost, match=r"what is published is as it was; run the command again") as caught:
                build(MANY, through, ToyEncoder())
            assert proxy.cut.is_set()
            assert "\n" not in str(caught.value)
        assert live(address).records == {LIP.id: LIP}
        capsys.readouterr()
        build(MANY, address, ToyEncoder())
        assert f", which holds {BEFORE * BATCH} records already" in capsys.readouterr().err  # it went on
        found = live(address)
        assert found.records == {record.id: record for record in MANY}
        assert (gaps(found), strange(found), found.rows) == ([], 0, len(MANY))
    finally:
        removed(address)


@pytest.fixture
def begun(standalone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MilvusAddress]:
    """An index of LIP and EYELID, beside which a build was cut off when its collections had no index yet."""
    monkeypatch.setenv("MEDQA_CACHE", str(tmp_path))
    address = parse(f"{standalone}/begun_{secrets.token_hex(4)}")
    assert isinstance(address, MilvusAddress)
    build([LIP, EYELID], address, ToyEncoder())
    with monkeypatch.context() as patch:
        patch.setattr(MilvusClient, "create_index", lambda *given, **named: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            build(MANY, address, ToyEncoder())
    yield address
    removed(address)


def test_what_has_no_index_yet_is_begun_anew(begun: MilvusAddress) -> None:
    build(MANY[:9], begun, ToyEncoder())
    assert live(begun).records == {record.id: record for record in MANY[:9]}


def test_what_has_no_index_yet_holds_nothing_to_erase(begun: MilvusAddress) -> None:
    assert len(erase(frozenset({LIP.id}), begun, ToyEncoder()).versions) == 1
    assert live(begun).records == {EYELID.id: EYELID}


def removed(address: MilvusAddress) -> None:
    """Nothing of the index is left at the server."""
    client = Client(address)
    versions = Versions(client, address.name)
    for each in versions.all():
        versions.drop(each)
    client.close()
