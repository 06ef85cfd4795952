"""One contract for every home of an index: what the folder says of a record, all others say too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.records import content_hash
from search.address import Address
from search.browse import Shelf
from search.engine import Engine
from search.errors import IndexRefused, NotFound
from search.filters import Filters
from search.hits import Hit, Question
from search.milvus import opening
from search.milvus.about import Current
from search.milvus.client import Client
from search.milvus.schema import Collections
from search.opening import open_index, published
from tests.homes.conftest import ALL, HOMES, NASTY
from tests.toy_encoder import ToyEncoder
from tests.toy_records import ANSWER_ONLY, LIP, NO_TITLE, TITLE_ONLY

QUESTIONS = (
    "Is lip twitching a stroke?",
    "I have a fever and a cough",
    "my eyelid keeps twitching, should I drink less coffee?",
    "rash",
    "nothing that anybody here asks",
)
FILTERS = (
    Filters(specialties=frozenset({"NEUROLOGY"})),
    Filters(specialties=frozenset({NASTY})),
    Filters(specialties=frozenset({'" or newest >= 0 or specialty == "'})),
    Filters(specialties=frozenset()),
    Filters(sources=frozenset({"s" * 600, "Notes d’été"})),
    Filters(ages=frozenset({"00-09", "40-49"}), sexes=frozenset({"Female", "male"})),
    Filters(after="2012-02-01"),
    Filters(after="2019-01-01", before="2020-12-31", sources=frozenset({"toy pages"})),
)


@pytest.fixture(scope="module")
def truth(folder: Path) -> Iterator[Engine]:
    """The folder, opened."""
    engine = open_index(folder, ToyEncoder())
    yield engine
    engine.close()


@pytest.fixture(scope="module", params=HOMES)
def address(request: pytest.FixtureRequest, folder: Path, put: Callable[[str, Path], Address]) -> Address:
    """Where each home holds the records."""
    return put(request.param, folder)


@pytest.fixture(scope="module")
def engine(address: Address) -> Iterator[Engine]:
    """The home, opened."""
    opened = open_index(address, ToyEncoder())
    yield opened
    opened.close()


def shown(hit: Hit) -> tuple[object, ...]:
    """All that a result says, its numbers to four places."""
    numbers = [round(hit.score, 4), round(hit.probability, 3), [(view, round(cosine, 3)) for view, cosine in hit.views]]
    return (hit.record, numbers, hit.match, hit.question_snippet, hit.answer_snippet, hit.family, hit.inferred)


@pytest.mark.parametrize("text", QUESTIONS)
def test_the_same_question_has_the_same_answer(engine: Engine, truth: Engine, text: str) -> None:
    expected, found = truth.search(Question(text, explain=True)), engine.search(Question(text, explain=True))
    assert [shown(hit) for hit in found.hits] == [shown(hit) for hit in expected.hits]
    assert (found.total, found.no_close_match, found.query) == (expected.total, expected.no_close_match, expected.query)
    assert [hit.why for hit in found.hits] == [hit.why for hit in expected.hits]


@pytest.mark.parametrize("filters", FILTERS)
def test_filters_are_exact(engine: Engine, truth: Engine, filters: Filters) -> None:
    asked = Question("Is lip twitching a stroke?", k=100, filters=filters)
    expected, found = truth.search(asked), engine.search(asked)
    assert [shown(hit) for hit in found.hits] == [shown(hit) for hit in expected.hits]
    assert engine.counts(filters) == truth.counts(filters)


def test_folded_and_paged(engine: Engine, truth: Engine) -> None:
    for offset in range(0, len(ALL), 3):
        asked = Question("twitching", k=3, offset=offset, fold=True)
        expected, found = truth.search(asked), engine.search(asked)
        assert [hit.record.id for hit in found.hits] == [hit.record.id for hit in expected.hits]
        assert found.total == expected.total


def test_records_by_id(engine: Engine) -> None:
    assert [engine.record(record.id) for record in ALL] == list(ALL)
    assert [content_hash(engine.record(record.id)) for record in ALL] == [content_hash(record) for record in ALL]
    assert engine.ids() == {record.id for record in ALL}
    for strange in ("toy:none", "", "toy:l\ud800p", '" or "" == "'):
        with pytest.raises(NotFound):
            engine.record(strange)


def test_similar_and_related(engine: Engine, truth: Engine) -> None:
    for record in (LIP, NO_TITLE, TITLE_ONLY, ANSWER_ONLY):
        (expected, topics), (found, related) = truth.around(record.id, 10, 10), engine.around(record.id, 10, 10)
        assert [shown(hit) for hit in found.hits] == [shown(hit) for hit in expected.hits]
        assert related == topics == engine.related(record.id)
        every = truth.similar(record.id).hits
        assert [shown(hit) for hit in engine.similar(record.id).hits] == [shown(hit) for hit in every]


def test_families_and_what_was_inferred(engine: Engine, truth: Engine) -> None:
    found = {record.id: engine.family(record.id) for record in ALL}
    assert found == {record.id: truth.family(record.id) for record in ALL}
    assert any(found.values())
    assert [engine.inferred(record.id) for record in ALL] == [truth.inferred(record.id) for record in ALL]


def test_facets(engine: Engine, truth: Engine) -> None:
    assert engine.facets == truth.facets


@pytest.mark.parametrize("stale", [2, 3])
def test_a_state_that_is_replaced_while_it_is_opened(
    address: Address, monkeypatch: pytest.MonkeyPatch, stale: int
) -> None:
    if isinstance(address, Path):
        pytest.skip("a version in a folder never changes")
    whole, states = opening.read_current, [f"2000010{number}T000000Z" for number in range(stale)]

    def read_current(client: Client, names: Collections) -> Current:
        now = whole(client, names)
        return replace(now, id=states.pop()) if states else now

    monkeypatch.setattr(opening, "read_current", read_current)
    if stale < opening.AGAIN:
        open_index(address, ToyEncoder()).close()
    else:
        with pytest.raises(IndexRefused, match="was replaced 3 times while it was opened; try again"):
            open_index(address, ToyEncoder())


def test_browsing_by_topic(engine: Engine, truth: Engine) -> None:
    one, other = engine.browse, truth.browse
    assert one.topics() == other.topics()
    assert one.count_topics() == other.count_topics()
    assert one.initials() == other.initials()
    for initial, _ in other.initials():
        assert one.topics(initial) == other.topics(initial)
    for specialty, _ in truth.facets.specialties:
        assert one.topics_of(specialty, 10) == other.topics_of(specialty, 10)


def test_browsing_pages(engine: Engine, truth: Engine) -> None:
    one, other = engine.browse, truth.browse
    for specialty, _ in truth.facets.specialties:
        assert one.pages(Shelf.SPECIALTY, specialty) == other.pages(Shelf.SPECIALTY, specialty)
    for topic, _ in other.topics():
        shouted = topic.encode().upper().decode()  # A to Z alone, whose case does not count
        assert one.pages(Shelf.TOPIC, shouted) == other.pages(Shelf.TOPIC, shouted)
    for offset in range(0, len(ALL) + 4, 3):
        assert one.pages(Shelf.ALL, limit=3, offset=offset) == other.pages(Shelf.ALL, limit=3, offset=offset)
    for shelf in (Shelf.SPECIALTY, Shelf.TOPIC):
        with pytest.raises(NotFound):
            one.pages(shelf, 'none" or "" == "')


@pytest.mark.parametrize("typed", ["l", "lip tw", "what causes", "fever", "É", '%"', "_", ""])
def test_suggestions(engine: Engine, truth: Engine, typed: str) -> None:
    assert engine.suggest(typed) == truth.suggest(typed)


def test_version_and_health(engine: Engine, truth: Engine, address: Address) -> None:
    assert engine.info == truth.info
    assert published(address) == truth.info.id
    engine.check()
    assert engine.manifest.model == truth.manifest.model
    assert engine.has_map is False


def test_what_is_missing_is_said_with_every_answer(engine: Engine, address: Address) -> None:
    lacking = engine.missing
    assert engine.search(Question("fever")).degraded == lacking
    assert engine.similar("toy:fever").degraded == lacking
    said = [line for line in lacking if "has no BM25" in line]
    assert bool(said) == str(address).startswith("milvus://")


def test_a_closed_home_lets_another_be_opened(address: Address) -> None:
    for _ in range(2):
        opened = open_index(address, ToyEncoder())
        assert [hit.record.id for hit in opened.search(Question("fever", k=1)).hits]
        opened.close()
