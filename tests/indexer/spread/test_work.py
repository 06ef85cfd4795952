"""What a machine of the cluster does with records, without a cluster."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from corpus.records import content_hash
from indexer.cache import key_of
from indexer.cuts import cut_record, places_of
from indexer.spread.work import Encoding, Model, columns, rows
from search.errors import IndexRefused
from search.layout import Layout
from tests.toy_encoder import CARD, ToyEncoder
from tests.toy_records import RECORDS

BY_HASH = {content_hash(record): record for record in RECORDS}


def test_a_record_comes_back_with_its_places_keys_and_vectors() -> None:
    found = rows(Encoding(ToyEncoder)(columns(BY_HASH)), CARD.dimension)
    assert [each.hash for each in found] == list(BY_HASH)
    for each, record in zip(found, RECORDS, strict=True):
        passages = cut_record(record, ToyEncoder())
        texts = [passage.embedded for passage in passages]
        assert each.places == places_of(passages)
        assert each.keys == [key_of(text) for text in texts]
        assert each.vectors.tolist() == ToyEncoder().encode(texts).tolist()


def test_a_text_of_two_records_is_encoded_once() -> None:
    encoder = ToyEncoder()
    Encoding(lambda: encoder)(columns(BY_HASH))
    assert len(encoder.seen) == len(set(encoder.seen))


def test_a_model_travels_as_the_name_of_its_folder(converted: Layout) -> None:
    [folder] = (converted.root / "models").iterdir()
    model = pickle.loads(pickle.dumps(Model(folder)))
    assert model().card == Model(folder)().card
    assert model().encode(["My lip is numb."]).shape == (1, model().card.dimension)


def test_a_folder_that_a_machine_does_not_see_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexRefused, match=rf"does not see {tmp_path}/gone; put --index where all of them see it"):
        Model(tmp_path / "gone")()
