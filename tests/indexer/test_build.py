"""Building and updating: every part holds the same, in the same order, and only new text is embedded."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from corpus.passages import cut, part_text
from corpus.records import Answer, Record, content_hash
from indexer import embed as embedding
from indexer.build import Changes, build, update
from indexer.cache import EmbeddingCache, key_of
from indexer.verify import verify
from search.dense import VIEW_OF, Vectors, load_views
from search.errors import IndexRefused, SearchError
from search.hits import Question
from search.layout import FORMAT, Layout, Version, file_hash
from search.lexical import Lexical, stem
from search.meaning import common_words
from search.opening import open_index
from search.rows import PassageTable
from search.store import Store
from tests.toy_encoder import CARD, ToyEncoder
from tests.toy_records import ACCENTS, BY_ROW, EYELID, LIP, RECORDS, TITLE_ONLY

ROOM = CARD.max_tokens - 2
NEW = Record("toy:aaa", title="Hives", answers=(Answer("They itch."),))


def live(layout: Layout) -> Version:
    return layout.version(layout.published() or "nothing published")


def held(layout: Layout) -> tuple[tuple[Record, ...], list[int], list[list[float]]]:
    """Records, record row of each passage row, and vector of each passage row of the published version."""
    version = live(layout)
    store, table, views = Store(version.records), PassageTable.load(version.passages), load_views(version.dense)
    parts = table.parts()
    vectors = [views[VIEW_OF[part]].vectors(np.array([row]))[0].tolist() for row, part in enumerate(parts)]
    records = tuple(store.all())
    store.close()
    return records, table.record.tolist(), vectors


def documents(layout: Layout, word: str) -> int:
    """How many records the lexical half knows with this word."""
    return Lexical.load(live(layout).lexical).document_frequency(stem(word))


@pytest.fixture
def embedded_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verification embeds nothing, so that an encoder has seen exactly what the build embedded."""
    monkeypatch.setattr("indexer.build.verify", lambda draft, encoder: verify(draft))


def test_the_manifest_says_what_was_built(index: Layout) -> None:
    version = live(index)
    manifest = verify(version)
    passages = [passage for record in BY_ROW for passage in cut(record, ToyEncoder(), ROOM)]
    assert (manifest.format, manifest.id, manifest.model) == (FORMAT, version.root.name, CARD)
    assert manifest.records == len(RECORDS)
    assert manifest.passages == dict(Counter(passage.part.value for passage in passages))
    hashes = "".join(content_hash(record) for record in BY_ROW)
    assert manifest.corpus == hashlib.sha256(hashes.encode()).hexdigest()
    assert manifest.files == {str(path.relative_to(version.root)): file_hash(path) for path in version.files()}
    begun, done = (
        datetime.strptime(manifest.id, "%Y%m%dT%H%M%S.%fZ"),
        datetime.strptime(manifest.built, "%Y-%m-%dT%H:%M:%SZ"),
    )
    assert timedelta(seconds=-1) < done - begun < timedelta(minutes=5)


def test_row_i_is_the_same_in_every_part(index: Layout) -> None:
    version = live(index)
    store, table, views = Store(version.records), PassageTable.load(version.passages), load_views(version.dense)
    passages = [(row, passage) for row, record in enumerate(BY_ROW) for passage in cut(record, ToyEncoder(), ROOM)]
    assert len(table) == len(passages) == sum(len(view) for view in views.values())
    assert tuple(store.all()) == BY_ROW
    for number, (row, passage) in enumerate(passages):
        place = table.place(number)
        assert (place.record, place.part, place.answer) == (row, passage.part, passage.answer)
        said = part_text(store.records([row])[0], place.part, place.answer)
        assert said[place.start : place.end] == passage.text
        [vector] = views[VIEW_OF[passage.part]].vectors(np.array([number]))
        assert vector.tolist() == ToyEncoder().encode([passage.embedded])[0].tolist()
    lexical = Lexical.load(version.lexical)
    assert len(lexical) == len(RECORDS)
    assert [row for row, _ in lexical.search([stem("dentist")], 9)] == [4]
    store.close()


def test_the_order_of_the_records_changes_nothing(index: Layout, tmp_path: Path) -> None:
    other = Layout(tmp_path / "other")
    manifest = build(reversed(RECORDS), other, ToyEncoder()).manifest
    first = verify(live(index))
    assert (manifest.corpus, manifest.passages) == (first.corpus, first.passages)
    assert manifest.files["passages.npy"] == first.files["passages.npy"]
    assert held(other) == held(index)
    answers = [
        open_index(layout.root, ToyEncoder()).search(Question("lip twitching")).hits for layout in (index, other)
    ]
    assert answers[0] == answers[1]


def test_a_build_holds_its_records_and_no_others(index: Layout) -> None:
    build([NEW, LIP], index, ToyEncoder())
    assert held(index)[0] == (NEW, LIP)
    assert (documents(index, "rash"), documents(index, "hives"), documents(index, "lip")) == (0, 1, 1)


@pytest.mark.usefixtures("embedded_only")
def test_a_rebuild_of_the_same_embeds_nothing(index: Layout) -> None:
    encoder, before = ToyEncoder(), held(index)
    assert build(RECORDS, index, encoder).embedded == 0
    assert encoder.seen == []
    assert held(index) == before


@pytest.mark.usefixtures("embedded_only")
def test_another_model_embeds_everything(index: Layout) -> None:
    encoder = ToyEncoder(replace(CARD, name="other", fingerprint="a1" * 32))
    expected = {passage.embedded for record in RECORDS for passage in cut(record, encoder, ROOM)}
    assert build(RECORDS, index, encoder).embedded == len(expected)
    assert sorted(encoder.seen) == sorted(expected | set(common_words(RECORDS)))


@pytest.mark.usefixtures("embedded_only")
def test_an_update_adds_to_every_part(index: Layout) -> None:
    encoder = ToyEncoder()
    update(Changes(put=[NEW]), index, encoder)
    assert sorted(encoder.seen) == ["Hives", "Hives\nThey itch."]
    assert held(index)[0] == (NEW, *BY_ROW)
    assert held(index)[1][:3] == [0, 0, 1]
    assert documents(index, "hives") == 1


@pytest.mark.usefixtures("embedded_only")
def test_an_update_changes_every_part(index: Layout) -> None:
    changed, encoder = replace(EYELID, question="It itches."), ToyEncoder()
    update(Changes(put=[changed]), index, encoder)
    assert encoder.seen == ["Eyelid twitching\nIt itches."]
    assert held(index)[0] == tuple(changed if record is EYELID else record for record in BY_ROW)
    assert (documents(index, "itches"), documents(index, "keeps")) == (1, 0)
    hits = open_index(index.root, ToyEncoder()).search(Question("my eyelid itches")).hits
    assert hits[0].question_snippet.text == "It itches."


@pytest.mark.usefixtures("embedded_only")
def test_an_update_removes_from_every_part(index: Layout) -> None:
    encoder = ToyEncoder()
    update(Changes(removed=frozenset({ACCENTS.id, LIP.id})), index, encoder)
    kept = tuple(record for record in BY_ROW if record not in (ACCENTS, LIP))
    assert encoder.seen == []
    assert held(index)[0] == kept
    assert max(held(index)[1]) == len(kept) - 1
    assert (documents(index, "rash"), documents(index, "stroke"), documents(index, "coffee")) == (0, 0, 1)


def test_an_update_is_a_build_of_the_outcome(index: Layout, tmp_path: Path) -> None:
    changed = replace(LIP, title="Is a twitching lip dangerous?")
    update(Changes([NEW, changed], frozenset({ACCENTS.id})), index, ToyEncoder())
    whole = Layout(tmp_path / "whole")
    build([NEW, *(record for record in RECORDS if record not in (LIP, ACCENTS)), changed], whole, ToyEncoder())
    assert held(index) == held(whole)


def test_a_text_that_is_gone_leaves_no_vector_in_the_cache(index: Layout) -> None:
    update(Changes(removed=frozenset({ACCENTS.id})), index, ToyEncoder())
    gone, kept = key_of(ACCENTS.title), key_of(TITLE_ONLY.title)
    cache = EmbeddingCache(index.cache, CARD)
    assert list(cache.get([gone, kept])) == [kept]
    cache.close()


class Interrupted(ToyEncoder):
    """An encoder that is interrupted at its third call."""

    calls = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        if self.calls == 3:
            raise KeyboardInterrupt
        return super().encode(texts)


@pytest.mark.usefixtures("embedded_only")
def test_a_build_goes_on_where_it_was_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "CHUNK", 4)
    monkeypatch.setattr(embedding, "THREADS", 1)
    layout, first, second = Layout(tmp_path / "index"), Interrupted(), ToyEncoder()
    with pytest.raises(KeyboardInterrupt):
        build(RECORDS, layout, first)
    assert layout.published() is None
    assert list(layout.versions.iterdir()) == []

    built = build(RECORDS, layout, second)

    expected = {passage.embedded for record in RECORDS for passage in cut(record, second, ROOM)}
    assert len(first.seen) == 8
    assert sorted(first.seen + second.seen) == sorted(expected | set(common_words(RECORDS)))
    assert built.embedded == len(expected) - 8
    assert [path.name for path in layout.versions.iterdir()] == [built.manifest.id]


def test_a_version_that_does_not_verify_is_not_published(index: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    before = index.published()

    def refuse(draft: Version, encoder: ToyEncoder) -> None:
        raise IndexRefused("something is wrong with it")

    monkeypatch.setattr("indexer.build.verify", refuse)
    with pytest.raises(IndexRefused, match="something is wrong with it"):
        build([NEW], index, ToyEncoder())
    assert index.published() == before
    assert held(index)[0] == BY_ROW


def test_no_records_are_no_index(index: Layout, tmp_path: Path) -> None:
    before = index.published()
    with pytest.raises(SearchError, match="there are no records to index"):
        build([], index, ToyEncoder())
    with pytest.raises(SearchError, match=r"these are all records of .*, and nothing was changed; build it of others"):
        update(Changes(removed=frozenset(record.id for record in RECORDS)), index, ToyEncoder())
    assert index.published() == before


def test_only_what_is_there_is_updated(index: Layout, tmp_path: Path) -> None:
    before = index.published()
    with pytest.raises(SearchError, match=r"cannot remove toy:gone: no record of .* has that id, .*; leave it out, or"):
        update(Changes(put=[NEW], removed=frozenset({"toy:gone"})), index, ToyEncoder())
    assert index.published() == before
    with pytest.raises(SearchError, match=r"there is no index in .*; build one with: python -m indexer build"):
        update(Changes(put=[NEW]), Layout(tmp_path / "none"), ToyEncoder())
