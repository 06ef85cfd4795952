"""What a reader finds while an index in Milvus is updated in place: a record as it was or as it is, or to ask again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.milvus.loader import Loader
from indexer.milvus.versions import Versions
from search.address import Address, MilvusAddress
from search.engine import Engine
from search.errors import HomeLost
from search.hits import Question
from search.milvus.filters import in_numbers
from search.milvus.opening import client_of
from search.milvus.schema import record_key
from search.opening import open_index, published
from tests.toy_encoder import ToyEncoder
from tests.toy_records import LIP
from web import create_app


@pytest.fixture
def address(put: Callable[[str, Path], Address], folder: Path) -> MilvusAddress:
    """An index of the records, of this test's own."""
    found = put("lite", folder)
    assert isinstance(found, MilvusAddress)
    return found


@pytest.fixture
def loader(address: MilvusAddress) -> Loader:
    """Its live version, for a writer."""
    names = Versions(client_of(address), address.name).live()
    assert names is not None
    return Loader(client_of(address), names)


@pytest.fixture
def engine(address: MilvusAddress) -> Iterator[Engine]:
    """A reader that was there before."""
    opened = open_index(address, ToyEncoder())
    yield opened
    opened.close()


def found(engine: Engine, text: str) -> list[str]:
    return [hit.record.id for hit in engine.search(Question(text, k=30)).hits]


def test_a_record_that_goes_is_missed_once(engine: Engine, loader: Loader) -> None:
    before = found(engine, "lip twitching")
    assert LIP.id in before
    loader.client.delete(loader.names.records, in_numbers("row", [record_key(LIP.id)]))  # the first step of `remove`
    with pytest.raises(HomeLost, match="was changed while it was read; ask again"):
        found(engine, "lip twitching")
    assert found(engine, "lip twitching") == [record_id for record_id in before if record_id != LIP.id]


def test_a_long_record_whose_later_pieces_go_is_asked_for_again(engine: Engine, loader: Loader) -> None:
    loader.forget_about(loader.about_like(["text/"]))  # as `tidy` does, after the row was read
    with pytest.raises(HomeLost, match="was changed while it was read; ask again"):
        found(engine, "Fever")


def test_a_site_whose_version_was_dropped_says_that_it_cannot_be_reached(
    address: MilvusAddress, loader: Loader
) -> None:
    site = create_app(address, opener=lambda where: open_index(where, ToyEncoder()), published=published).test_client()
    assert site.get("/readyz").status_code == 200
    for name in loader.names.all():
        loader.client.drop(name)
    answer = site.post("/api/search", json={"q": "lip twitching"})
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.get_json()["detail"].startswith("The collection cannot be reached at the moment")
    assert "cannot be reached" in site.post("/", data={"q": "lip twitching"}).get_data(as_text=True)
    ready = site.get("/readyz")
    assert (ready.status_code, "is not there" in ready.get_json()["detail"]) == (503, True)
