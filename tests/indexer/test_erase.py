"""An erased record is nowhere: not in one byte of any file of the index folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus.records import content_hash
from indexer import erase as erasure
from indexer.build import Changes, build, update
from indexer.cache import EmbeddingCache, key_of
from indexer.cli import main
from indexer.cuts import CutCache
from indexer.erase import erase
from indexer.publish import rollback, writing
from indexer.record_terms import terms_file
from indexer.remembered import Remembered
from indexer.verify import verify
from search.dense import Vectors
from search.errors import NotFound, SearchError
from search.hits import Question
from search.layout import Layout
from search.lexical import Lexical, stem
from search.opening import open_index
from tests.toy_encoder import CARD, ToyEncoder
from tests.toy_records import LIP, RECORDS

CANARY = replace(  # every one of its words that is looked for stands in no other record
    LIP,
    id="toy:zebrafinch",
    title="Quetzalword in the title?",
    question="Ocelotword and pangolinword, said the patient. My lip is twitching.",
    answers=(replace(LIP.answers[0], text="Axolotlword is harmless.", responder="Dr. Narwhalword"),),
    more_info="Tapirword explained.",
    topics=("Okapiword",),
    source="Quokkaword pages",
    specialty="Wombatology",
    extra={"note": "numbatword"},
)
NAMES = "zebrafinch quetzalword ocelotword pangolinword axolotlword narwhalword tapirword okapiword quokkaword".split()
WORDS = [*NAMES, "wombatology", "numbatword"]


def found_in(folder: Path, words: list[str] = WORDS) -> dict[str, list[str]]:
    """For each file that holds any of the words, in whichever case or encoding: the words."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes().lower()
            held = [word for word in words if word.encode() in content or word.encode("utf-16-le") in content]
            if held:
                found[str(path.relative_to(folder))] = held
    return found


class Watching(ToyEncoder):
    """An encoder that notes which words lie in the folder for temporary files while it works."""

    def __init__(self) -> None:
        super().__init__()
        self.met: dict[str, list[str]] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.met |= found_in(Path(tempfile.gettempdir()))
        return super().encode(texts)


def known_words(layout: Layout) -> set[str]:
    """The words of the canary that the lexical half knows: it keeps them as stems, in pieces."""
    lexical = Lexical.load(layout.version(layout.published() or "").lexical)
    asked = ("ocelotword", "axolotlword", "tapirword", "quetzalword")
    return {word for word in asked if lexical.document_frequency(stem(word))}


@pytest.fixture
def holding(index: Layout) -> Iterator[Layout]:
    """An index whose live version and the one before hold the canary."""
    update(Changes(put=[CANARY]), index, ToyEncoder())
    update(Changes(put=[replace(CANARY, title="Quetzalword once more")]), index, ToyEncoder())
    assert len(index.history()) == 2
    return index


def test_the_canary_would_be_seen(holding: Layout) -> None:
    held = found_in(holding.root)
    assert {word for words in held.values() for word in words} == set(WORDS)
    assert {Path(name).name for name in held} >= {"records.sqlite", "vocabulary.tsv"}
    assert known_words(holding) == {"ocelotword", "axolotlword", "tapirword", "quetzalword"}


def test_what_a_killed_build_staged_goes_too(holding: Layout) -> None:
    holding.staging.mkdir()
    (holding.staging / "000000.parquet").write_text(CANARY.question)
    erase(frozenset({CANARY.id}), holding, ToyEncoder())
    assert found_in(holding.root) == {}


def test_an_erased_record_is_in_no_byte_of_any_file(holding: Layout) -> None:
    erased = erase(frozenset({CANARY.id}), holding, ToyEncoder())
    assert found_in(holding.root) == {}
    assert known_words(holding) == set()
    assert (erased.live, erased.records, len(erased.versions)) == (holding.published(), 1, 1)
    assert holding.history() == [erased.live]
    assert verify(holding.version(erased.live), ToyEncoder()).records == len(RECORDS)
    engine = open_index(holding.root, ToyEncoder())
    assert CANARY.id not in [hit.record.id for hit in engine.search(Question(CANARY.question, k=100)).hits]
    with pytest.raises(NotFound):
        engine.record(CANARY.id)
    engine.close()


def test_its_vectors_leave_the_caches_of_every_model(holding: Layout) -> None:
    other = ToyEncoder(replace(CARD, fingerprint="a1" * 32))
    cache = EmbeddingCache(holding.cache, other.card)
    cache.put([key_of(CANARY.title)], other.encode([CANARY.title]))
    cache.close()
    erase(frozenset({CANARY.id}), holding, ToyEncoder())
    for card in (CARD, other.card):
        cache = EmbeddingCache(holding.cache, card)
        assert cache.get([key_of(text) for text in (CANARY.title, "Quetzalword once more", "Axolotlword")]) == {}
        cache.close()
    cache = EmbeddingCache(holding.cache, CARD)
    assert len(cache.get([key_of("Eyelid twitching")])) == 1  # what others need is kept
    cache.close()


def test_what_the_caches_know_of_others_is_kept(holding: Layout) -> None:
    erase(frozenset({CANARY.id}), holding, ToyEncoder())
    others, gone = [content_hash(record) for record in RECORDS], content_hash(CANARY)
    assert len(CutCache(holding.cache, CARD).get(others)) == len(RECORDS)
    assert Remembered(terms_file(holding.cache), "stems").get(others).keys() == set(others)
    assert found_in(holding.root, [gone]) == {}
    assert len([*holding.cache.glob("*-inferred-*.sqlite")]) == 1


def test_a_record_that_only_an_older_version_holds_is_erased_too(holding: Layout) -> None:
    update(Changes(removed=frozenset({CANARY.id})), holding, ToyEncoder())
    assert found_in(holding.root) != {}  # the version before
    live = holding.published()
    erased = erase(frozenset({CANARY.id}), holding, ToyEncoder())
    assert (erased.live, erased.records) == (live, 0)
    assert found_in(holding.root) == {}


def test_a_record_in_a_version_that_was_rolled_back_is_erased_too(index: Layout) -> None:
    update(Changes(put=[CANARY]), index, ToyEncoder())
    rollback(index)
    erase(frozenset({CANARY.id}), index, ToyEncoder())
    assert found_in(index.root) == {}


def test_an_unfinished_version_goes_as_well(holding: Layout) -> None:
    draft = holding.version("29990101T000000.000000Z")
    draft.root.mkdir()
    draft.records.write_text(CANARY.question)
    erase(frozenset({CANARY.id}), holding, ToyEncoder())
    assert found_in(holding.root) == {}


@pytest.mark.parametrize("place", ["indexer.erase.forget_others", "indexer.erase._forget_cached"])
def test_an_erasure_that_was_interrupted_is_finished_by_the_next(
    holding: Layout, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*given: object, **named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(place, stop)
        with pytest.raises(KeyboardInterrupt):
            erase(frozenset({CANARY.id}), holding, ToyEncoder())
    assert found_in(holding.root) != {}
    erase(frozenset({CANARY.id}), holding, ToyEncoder())
    assert found_in(holding.root) == {}
    assert not list(holding.cache.iterdir())  # nobody knows any more which of the vectors are its own


def test_what_cannot_be_erased_is_said_and_nothing_is_changed(holding: Layout, tmp_path: Path) -> None:
    before = sorted(str(path) for path in holding.root.rglob("*"))
    with pytest.raises(SearchError, match=r"cannot erase toy:gone: no version in .* holds it; nothing was erased"):
        erase(frozenset({CANARY.id, "toy:gone"}), holding, ToyEncoder())
    assert sorted(str(path) for path in holding.root.rglob("*")) == before
    every = frozenset({CANARY.id, *(record.id for record in RECORDS)})
    with pytest.raises(SearchError, match=r"these are all records of .*; remove the whole folder instead"):
        erase(every, holding, ToyEncoder())
    with pytest.raises(SearchError, match=r"there is no index in .*; nothing was erased"):
        erase(frozenset({CANARY.id}), Layout(tmp_path / "none"), ToyEncoder())


@pytest.mark.usefixtures("toy_model")
def test_the_command(holding: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["erase", CANARY.id, CANARY.id, "--index", str(holding.root)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{holding.root}: 1 erased; {holding.published()} is live, 1 other version was removed.")
    assert found_in(holding.root) == {}
    assert main(["erase", CANARY.id, "--index", str(holding.root)]) == 1
    assert "no version in" in capsys.readouterr().err


@pytest.mark.parametrize("step", ["_ids", "update_locked", "_forget_cached", "forget_others"])
def test_nobody_puts_a_record_back_while_it_is_erased(
    holding: Layout, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, refused = getattr(erasure, step), list[str]()

    def disturbed(*given: Any, **named: Any) -> object:
        with pytest.raises(SearchError, match=r"process \d+ is writing to .*; wait until it ends") as caught:
            build([*RECORDS, CANARY], holding, ToyEncoder())
        refused.append(str(caught.value))
        return done(*given, **named)

    monkeypatch.setattr(erasure, step, disturbed)
    assert erase(frozenset({CANARY.id}), holding, ToyEncoder()).live == holding.published()
    assert refused
    assert found_in(holding.root) == {}


def test_a_record_that_came_while_the_index_was_opened_is_erased_too(
    index: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def late(layout: Layout) -> Iterator[None]:
        update(Changes(put=[CANARY]), layout, ToyEncoder())
        with writing(layout):
            yield

    monkeypatch.setattr(erasure, "writing", late)
    erased = erase(frozenset({CANARY.id}), index, ToyEncoder())
    assert (erased.live, erased.records) == (index.published(), 1)
    assert found_in(index.root) == {}


def test_a_version_that_stays_unnoticed_is_none(index: Layout) -> None:
    """A build of the same records after an erasure holds what the erasure left, and no cached vector of more."""
    build([*RECORDS, CANARY], index, ToyEncoder())
    erase(frozenset({CANARY.id}), index, ToyEncoder())
    assert build(RECORDS, index, ToyEncoder()).embedded == 0


def test_no_word_of_a_record_lies_among_temporary_files_while_a_build_takes_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There a build that is killed would leave it, and no erasure would look for it."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    encoder = Watching()
    build([*RECORDS, CANARY], Layout(tmp_path / "index"), encoder)
    assert encoder.seen
    assert encoder.met == {}
