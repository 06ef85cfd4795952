"""The built-in corpus by the real model: Milvus gives the same first ten as the folder, up to approximation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.homes import LEAST_OVERLAP, MOST_APART, compare, overlap
from indexer.measures import read_pack
from search.address import Address
from search.encoder import ModelEncoder
from search.engine import Engine
from search.layout import Layout
from search.opening import open_index
from tests.homes.conftest import HOMES

PACK = Path(__file__).parents[1] / "packs/sample"
# Of its questions one in so many is asked, as each takes half a second in lite; `python -m indexer compare` asks all.
EVERY = 32


@pytest.fixture(scope="module")
def encoder(converted: Layout) -> ModelEncoder:
    return ModelEncoder.load(next((converted.root / "models").iterdir()))


@pytest.fixture(scope="module")
def folder_engine(sample_index: Path, encoder: ModelEncoder) -> Iterator[Engine]:
    opened = open_index(sample_index, encoder)
    yield opened
    opened.close()


@pytest.mark.model
@pytest.mark.parametrize("home", HOMES[1:])
def test_the_first_ten_are_the_same(
    home: str,
    sample_index: Path,
    folder_engine: Engine,
    encoder: ModelEncoder,
    put: Callable[[str, Path], Address],
) -> None:
    pack = read_pack(PACK)
    queries = dict(list(pack.queries.items())[::EVERY])
    pack = replace(pack, queries=queries, qrels={query: pack.qrels[query] for query in queries if query in pack.qrels})
    other = open_index(put(home, sample_index), encoder)
    figures = compare(pack, folder_engine, other)
    other.close()
    assert figures["queries"] == len(queries) == 13
    assert figures["overlap@10"] >= LEAST_OVERLAP
    assert abs(figures["difference"]) <= MOST_APART


def test_overlap_is_of_the_longer_first_ten() -> None:
    one = [(str(number), 1.0) for number in range(12)]
    assert overlap(one, one) == 1
    assert overlap(one, one[2:]) == 8 / 10
    assert overlap(one[:4], one[:2]) == 2 / 4
    assert (overlap([], []), overlap(one, [])) == (1, 0)
