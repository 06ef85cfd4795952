"""Records that were cut before are not cut again, and their passages are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from corpus.passages import Passage, cut
from corpus.records import Answer, Record, content_hash
from indexer.cuts import passages_of
from search.encoder import Encoder
from tests.toy_encoder import CARD, ToyEncoder
from tests.toy_records import BY_ROW

LONG = Record("toy:z", title="rash " * 20, question="lip fever. " * 30, answers=(Answer(""), Answer("cough. " * 40)))


class Counting(ToyEncoder):
    """An encoder that counts how often it is asked where a text's tokens are."""

    asked = 0

    def spans(self, text: str) -> list[tuple[int, int]]:
        self.asked += 1
        return super().spans(text)


def through_the_cache(records: Sequence[Record], encoder: Encoder, folder: Path) -> list[tuple[int, Passage]]:
    return passages_of(records, [content_hash(record) for record in records], encoder, folder)


def test_passages_from_the_cache_are_those_that_were_cut(tmp_path: Path) -> None:
    records = [*BY_ROW, LONG]
    expected = [(row, each) for row, record in enumerate(records) for each in cut(record, ToyEncoder(), 14)]
    encoder = Counting()
    assert through_the_cache(records, ToyEncoder(), tmp_path) == expected
    assert through_the_cache(records, encoder, tmp_path) == expected
    assert encoder.asked == 0


def test_a_record_that_changed_is_cut_again(tmp_path: Path) -> None:
    through_the_cache([LONG], ToyEncoder(), tmp_path)
    changed = replace(LONG, question="My lip.")
    assert [each for _, each in through_the_cache([changed], ToyEncoder(), tmp_path)] == cut(changed, ToyEncoder(), 14)


def test_each_tokenizer_and_limit_has_its_own_cuts(tmp_path: Path) -> None:
    for card in (CARD, replace(CARD, max_tokens=12), replace(CARD, fingerprint="a1" * 32)):
        room = card.max_tokens - 2
        found = [each for _, each in through_the_cache([LONG], ToyEncoder(card), tmp_path)]
        assert found == cut(LONG, ToyEncoder(card), room)
    assert len(list(tmp_path.glob("*-cuts-*.sqlite"))) == 3
