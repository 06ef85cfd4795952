"""The caches filled from a cluster, which here is a list of batches made in this process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest
from pyarrow.parquet import read_table

from corpus.records import Record, content_hash
from indexer.build import build
from indexer.cache import EmbeddingCache, key_of
from indexer.cuts import CutCache, cut_record
from indexer.spread.fill import fill
from indexer.spread.work import Columns, Maker
from search.errors import SearchError
from search.layout import Layout, Manifest
from tests.toy_encoder import CARD, ToyEncoder
from tests.toy_records import EYELID, LIP, RECORDS


@dataclass
class Desk:
    """A cluster that is no more than this process; `lost_after` so many batches of one record it is gone."""

    lost_after: int = 1_000
    sent: list[str] = field(default_factory=list)

    def done(self, folder: Path, maker: Maker) -> Iterator[Columns]:
        for path in sorted(folder.iterdir()):
            batch = read_table(path).to_pydict()
            for digest, record in zip(batch["hash"], batch["record"], strict=True):
                if len(self.sent) == self.lost_after:
                    raise SearchError("lost")
                self.sent.append(digest)
                yield maker()({"hash": [digest], "record": [record]})


def filled(layout: Layout, desk: Desk, records: tuple[Record, ...] = RECORDS) -> int:
    """How many records went to the desk."""
    return fill(records, layout, ToyEncoder(), desk, ToyEncoder)


def test_a_build_after_it_finds_everything_known(tmp_path: Path, built: Path) -> None:
    layout, encoder = Layout(tmp_path / "index"), ToyEncoder()
    ahead = partial(fill, layout=layout, encoder=ToyEncoder(), cluster=Desk(), opener=ToyEncoder)
    made = build(RECORDS, layout, encoder, ahead=ahead)
    plain = Layout(built)
    assert made.embedded == 0
    assert made.manifest.corpus == _manifest(plain).corpus
    ours, theirs = layout.version(made.manifest.id), plain.version(plain.published() or "")
    same = ["passages.npy", *(f"dense/{path.name}" for path in theirs.dense.iterdir())]
    assert {
        name: (ours.root / name).read_bytes() == (theirs.root / name).read_bytes() for name in same
    } == dict.fromkeys(same, True)


def test_what_was_encoded_before_a_loss_is_not_sent_again(tmp_path: Path) -> None:
    layout, first, second = Layout(tmp_path / "index"), Desk(lost_after=3), Desk()
    with pytest.raises(SearchError, match="lost"):
        filled(layout, first)
    assert filled(layout, second) == len(RECORDS) - 3
    assert sorted([*first.sent, *second.sent]) == sorted(content_hash(record) for record in RECORDS)
    assert filled(layout, Desk()) == 0


def test_a_record_whose_vector_is_gone_is_sent_again(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "index")
    filled(layout, Desk())
    cache = EmbeddingCache(layout.cache, CARD)
    title, *others = (key_of(passage.embedded) for record in RECORDS for passage in cut_record(record, ToyEncoder()))
    cache.keep_only(set(others) - {title})
    cache.close()
    desk = Desk()
    assert filled(layout, desk) == 1
    assert desk.sent == [content_hash(RECORDS[0])]


def test_a_changed_record_is_sent_alone(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "index")
    filled(layout, Desk())
    changed = replace(LIP, title="Is a rash a stroke?")
    desk = Desk()
    assert filled(layout, desk, (changed, EYELID)) == 1
    assert desk.sent == [content_hash(changed)]


@pytest.mark.parametrize("lost_after", [0, 2, 1_000])
def test_nothing_of_what_was_staged_is_left(lost_after: int, tmp_path: Path) -> None:
    layout = Layout(tmp_path / "index")
    try:
        filled(layout, Desk(lost_after))
    except SearchError:
        assert lost_after < len(RECORDS)
    assert sorted(path.name for path in layout.root.iterdir()) == ["cache"]


def test_the_caches_hold_what_a_plain_build_puts_there(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "index")
    filled(layout, Desk())
    cuts, vectors = CutCache(layout.cache, CARD), EmbeddingCache(layout.cache, CARD)
    passages = {content_hash(record): cut_record(record, ToyEncoder()) for record in RECORDS}
    assert cuts.get(list(passages)).keys() == passages.keys()
    texts = list({passage.embedded for each in passages.values() for passage in each})
    found = vectors.get([key_of(text) for text in texts])
    assert {text: found[key_of(text)].tolist() for text in texts} == {
        text: vector.tolist() for text, vector in zip(texts, ToyEncoder().encode(texts), strict=True)
    }
    cuts.close()
    vectors.close()


def _manifest(layout: Layout) -> Manifest:
    return Manifest.load(layout.version(layout.published() or ""))
