"""What is read to train on, and what is chosen: of each kind some, of what is known no more than of one's own."""

from __future__ import annotations

import argparse
import random
from collections import Counter
from pathlib import Path

import pytest

from indexer.tuning.material import LEAST_REPLAYED, Material, add_options, chosen
from indexer.tuning.pairs import Pair
from search.layout import file_hash
from tests.indexer.test_evaluate import write_pack

OWN, KNOWN = ("title-answer", "a-pack"), ("term", "definition", "written-short")


def _pairs(**numbers: int) -> list[Pair]:
    """So many pairs of each kind, none of which is held out."""
    found = []
    for kind, number in numbers.items():
        each = (Pair(f"q{place}", f"a{place}", f"{kind} {place}", kind.replace("_", "-")) for place in range(10**6))
        learnt = (pair for pair in each if not pair.held_out)
        found += [next(learnt) for _ in range(number)]
    return found


def _chosen(pairs: list[Pair], *options: str) -> Counter[str]:
    parser = argparse.ArgumentParser()
    add_options(parser)
    args = parser.parse_args(["records.jsonl", *options])
    found = chosen(pairs, args, random.Random(3))
    assert len({id(pair) for pair in found}) == len(found)
    return Counter(pair.kind for pair in found)


def test_of_each_kind_no_more_than_the_options_say() -> None:
    pairs = _pairs(title_answer=50, a_pack=40, term=30)
    assert _chosen(pairs, "--per-kind=35", "--most=term=7", "--long=20") == {
        "title-answer": 20,
        "a-pack": 35,
        "term": 7,
    }


def test_what_is_held_out_is_not_among_them() -> None:
    every = [Pair("q", "a", f"{place}", "title-answer") for place in range(300)]
    assert _chosen(every) == {"title-answer": sum(not pair.held_out for pair in every)}


def test_known_pairs_are_as_many_as_ones_own() -> None:
    found = _chosen(_pairs(title_answer=2_000, a_pack=500, term=4_000, definition=100, written_short=4_000))
    assert sum(found[kind] for kind in OWN) == sum(found[kind] for kind in KNOWN) == 2_500
    assert 1_000 < found["term"] < 1_500  # of each kind its share
    assert 0 < found["definition"] < 80


def test_beside_few_of_ones_own_there_are_enough_known_ones() -> None:
    assert _chosen(_pairs(title_answer=5, term=3_000)) == {"title-answer": 5, "term": LEAST_REPLAYED}


@pytest.mark.parametrize("number", [0, 60])
def test_how_many_known_ones_can_be_said(number: int) -> None:
    found = _chosen(_pairs(title_answer=5, term=300), f"--replay={number}")
    assert found == Counter({"title-answer": 5} | ({"term": number} if number else {}))


def test_known_ones_alone_are_nothing_to_adapt_to() -> None:
    assert _chosen(_pairs(term=300, written_short=300)) == {}


def test_the_note_names_every_file_that_was_read(tmp_path: Path) -> None:
    pack, beside = write_pack(tmp_path / "toys"), write_pack(tmp_path / "toys-again", records=False)
    parser = argparse.ArgumentParser()
    add_options(parser)
    records = pack / "records.jsonl.gz"
    given = [str(records), "--pack", str(pack), "--pack", str(beside), "--no-terms", "--no-written"]
    material = Material.read(parser.parse_args(given))
    read = [records, *(folder / name for folder in (pack, beside) for name in ("queries.jsonl", "qrels.txt"))]
    assert material.provenance() == {
        "data": {f"{path.parent.name}/{path.name}": file_hash(path) for path in read},
        "terms": "",
    }
