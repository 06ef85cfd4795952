"""The engine over an index in which several pages ask the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.build import build
from search.engine import Engine
from search.filters import Filters
from search.hits import Question, Results
from search.layout import Layout
from search.opening import open_index
from tests.toy_encoder import ToyEncoder
from tests.toy_records import LIP, RECORDS

QUESTIONS = ("Is lip twitching a stroke?", "fever", "I have a cough", "nothing of it", "皮膚科医 rash")
TWINS = (  # asks what the page about the lip does, once word for word and once in capitals; one answered, one not
    replace(LIP, id="toy:lip2", source="Other pages", answers=LIP.answers[1:]),
    replace(LIP, id="toy:lip3", question=LIP.question.upper(), answers=(), asker=None),
)


def ids(results: Results) -> list[str]:
    return [hit.record.id.removeprefix("toy:") for hit in results.hits]


@pytest.fixture
def twins(tmp_path: Path) -> Iterator[Engine]:
    """The toy index with two more pages that ask what the page about the lip does."""
    build((*RECORDS, *TWINS), Layout(tmp_path / "index"), ToyEncoder())
    opened = open_index(tmp_path / "index", ToyEncoder())
    yield opened
    opened.close()


def test_folded_results_are_the_others_with_the_best_of_each_family_alone(twins: Engine) -> None:
    for text in QUESTIONS:
        every = twins.search(Question(text, k=100))
        folded = twins.search(Question(text, k=100, fold=True))
        assert (every.total, folded.total) == (9, 7)
        [best] = [name for name in ids(every) if name.startswith("lip")][:1]
        assert ids(folded) == [name for name in ids(every) if name == best or not name.startswith("lip")]
        assert folded.no_close_match == every.no_close_match


def test_every_hit_of_a_family_names_all_its_members(twins: Engine) -> None:
    filters = Filters(sources=frozenset({"Other pages"}))
    for question in (Question("lip", k=100), Question("lip", k=100, fold=True), Question("lip", filters=filters)):
        found = {hit.record.id: hit.family for hit in twins.search(question).hits}
        family = next(family for family in found.values() if family)
        assert (family.id, [member.id for member in family.members]) == ("toy:lip", ["toy:lip", "toy:lip2", "toy:lip3"])
        assert [len(member.replies) for member in family.members] == [2, 1, 0]
        assert {key for key, value in found.items() if value == family} == {key for key in found if "lip" in key[:7]}
    assert twins.family("toy:lip3") == twins.family("toy:lip") == family
    assert twins.family("toy:tip") is None


@pytest.mark.parametrize("text", QUESTIONS)
def test_folded_pages_join_without_gap_or_double(twins: Engine, text: str) -> None:
    whole = twins.search(Question(text, k=100, fold=True)).hits
    for k in range(1, 9):
        pages = [twins.search(Question(text, k=k, offset=offset, fold=True)).hits for offset in range(0, 8, k)]
        assert [hit for page in pages for hit in page] == list(whole)


def test_similar_pages_folded_are_without_the_pages_own_family(twins: Engine) -> None:
    assert sorted(ids(twins.similar("toy:lip2", 100))) == sorted([*"cough eyelid fever lip lip3 numb rash tip".split()])
    folded = ids(twins.around("toy:lip2", 100, 10)[0])
    assert sorted(folded) == sorted("cough eyelid fever numb rash tip".split())
    assert ids(twins.around("toy:lip2", 2, 10)[0]) == folded[:2]
    assert sum(name.startswith("lip") for name in ids(twins.around("toy:numb", 100, 10)[0])) == 1


def test_runs_hold_every_record(twins: Engine) -> None:
    assert len(twins.run("Is lip twitching a stroke?", 100)) == 9
