"""Rolling an index in Milvus back: to the version before, whatever is wrong with the one that is live."""

from __future__ import annotations

import pytest

from indexer.milvus.build import build
from indexer.milvus.loader import Loader
from indexer.milvus.place import MilvusPlace
from indexer.milvus.versions import Versions
from search.address import MilvusAddress
from search.errors import SearchError
from search.milvus.about import CURRENT
from search.milvus.opening import client_of, published
from tests.homes.conftest import BY_ID
from tests.homes.held import live
from tests.toy_encoder import ToyEncoder
from tests.toy_records import LIP


def test_rollback(built: MilvusAddress) -> None:
    place = MilvusPlace(built)
    first = published(built)
    second = build([LIP], built, ToyEncoder()).manifest.id
    assert place.rollback() == (second, first)
    assert published(built) == first
    with pytest.raises(SearchError, match="toy holds no older version to go back to; build it again from its records"):
        place.rollback()
    assert live(built).records == BY_ID
    third = build([LIP], built, ToyEncoder()).manifest.id  # not what was withdrawn
    assert third not in (first, second)
    assert len(live(built).collections) == 6


def test_a_version_that_cannot_be_read_is_gone_back_from(built: MilvusAddress) -> None:
    first = published(built)
    build([LIP], built, ToyEncoder())
    client = client_of(built)
    names = Versions(client, built.name).live()
    assert names is not None
    Loader(client, names).forget_about([CURRENT])
    with pytest.raises(SearchError, match="was never finished; roll back or build the index again"):
        MilvusPlace(built).info()
    assert MilvusPlace(built).rollback() == (names.version, first)
    assert published(built) == first


def test_where_no_index_is_there_is_none_to_roll_back(address: MilvusAddress) -> None:
    with pytest.raises(SearchError, match=f"there is no index at {address}; build one with: python -m indexer build"):
        MilvusPlace(address).rollback()
    assert client_of(address).collections() == []
