"""Browsing the toy index: topics, specialties and dates, held against a plain count over the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.records import Record
from search.browse import Browse, Shelf
from search.errors import NotFound
from tests.search.toy_pages import build_store
from tests.toy_records import LIP, RECORDS

MORE = (
    replace(LIP, id="toy:a1", topics=("lip twitching", "Lip twitching"), asked="2020-05-01", specialty="neurology"),
    replace(LIP, id="toy:a2", topics=("LIP TWITCHING", "“Quoted” topic", "5 day fever"), asked="", answers=()),
    replace(
        LIP,
        id="toy:a3",
        topics=("a/b: what?", "β-thalassemia", "Étude", "(é test)", "ß", "Élan"),
        specialty="Ear, Nose & Throat",
    ),
)
ALL = sorted((*RECORDS, *MORE), key=lambda record: record.id)


@pytest.fixture
def browse(tmp_path: Path) -> Iterator[Browse]:
    build_store(ALL, tmp_path / "records.sqlite")
    found = Browse(tmp_path / "records.sqlite")
    yield found
    found.close()


def key_of(topic: str) -> str:
    """A topic as it is compared: without the case of A to Z."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in topic)


def most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    """Topics with their counts, most first, then by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def carrying(topic: str) -> list[Record]:
    return [record for record in ALL if topic.lower() in {item.lower() for item in record.topics}]


def test_topics_are_counted_by_pages_whatever_their_case(browse: Browse) -> None:
    expected = Counter(topic for record in ALL for topic in {key_of(item) for item in record.topics})
    found = browse.topics(limit=1000)
    assert [(key_of(topic), count) for topic, count in found] == most_first(expected)
    assert found[0] == ("Lip twitching", 3)  # as most spell it
    assert browse.count_topics() == len(expected)


def test_topics_behind_their_first_letter(browse: Browse) -> None:
    assert dict(browse.initials()).keys() >= {"L", "5", "A", "Β", "É", "ß"}  # that is a capital beta
    for initial, count in browse.initials():
        assert len(browse.topics(initial, 1000)) == count
    assert browse.topics("β") == browse.topics("Β") == (("β-thalassemia", 1),)
    assert browse.topics("é") == (("(é test)", 1), ("Élan", 1), ("Étude", 1))
    letter = [topic.lower() for topic, _ in browse.topics("l", 1000)]
    assert letter == sorted(letter)
    assert browse.topics("L", limit=1, offset=1) == browse.topics("L")[1:2]


def test_topics_are_looked_through_once(browse: Browse) -> None:
    def looked() -> list[object]:
        return [
            browse.topics("L", 2),
            browse.topics(),
            browse.initials(),
            browse.count_topics(),
            browse.topics_of("x", 2),
        ]

    found, statements = looked(), list[str]()
    browse._db.set_trace_callback(statements.append)
    assert looked() == found
    assert statements == []
    browse.pages(Shelf.TOPIC, "stress")
    plan = browse._db.execute(f"EXPLAIN QUERY PLAN {statements[0]}").fetchall()
    assert any("SEARCH topics USING COVERING INDEX topic" in str(step) for step in plan), plan


def test_the_pages_of_a_topic_are_all_that_carry_it_newest_first(browse: Browse) -> None:
    found = browse.pages(Shelf.TOPIC, "lip TWITCHING", limit=100)
    assert {record.id for record in found.records} == {record.id for record in carrying("lip twitching")}
    assert found.total == len(found.records)
    dates = [record.newest for record in found.records]
    assert dates == sorted(dates, reverse=True)
    assert found.name == "lip twitching"  # as the first of its pages spells it
    assert browse.pages(Shelf.TOPIC, "fluids").name == "Fluids"
    assert browse.pages(Shelf.TOPIC, "a/b: what?").records == (MORE[2],)


def test_the_pages_of_a_specialty(browse: Browse) -> None:
    expected = {record.id for record in ALL if record.specialty.casefold() == "neurology"}
    found = browse.pages(Shelf.SPECIALTY, "NEUROLOGY", limit=100)
    assert ({record.id for record in found.records}, found.name) == (expected, "neurology")
    topics = browse.topics_of("NEUROLOGY", 100)
    wanted = Counter(t for r in ALL if r.id in expected for t in {key_of(item) for item in r.topics})
    assert [(key_of(topic), count) for topic, count in topics] == most_first(wanted)
    assert browse.topics_of("NEUROLOGY", 2) == topics[:2]
    assert dict(topics).keys() <= dict(browse.topics(limit=1000)).keys()  # spelt as there


def test_all_pages_join(browse: Browse) -> None:
    whole = browse.pages(Shelf.ALL, limit=100)
    parts = [browse.pages(Shelf.ALL, limit=2, offset=offset).records for offset in range(0, len(ALL), 2)]
    assert [record for part in parts for record in part] == list(whole.records)
    newest_first = sorted(ALL, key=lambda record: record.newest, reverse=True)  # of the same day by their ids
    assert (whole.total, whole.records) == (len(ALL), tuple(newest_first))


@pytest.mark.parametrize("shelf", [Shelf.TOPIC, Shelf.SPECIALTY])
def test_a_shelf_that_is_not_there_is_said_not_to_be(browse: Browse, shelf: Shelf) -> None:
    with pytest.raises(NotFound, match=f"no page has the {shelf.value} gardening"):
        browse.pages(shelf, "gardening")
