"""Families over many records, against holding every record against every other."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import combinations

import pytest

from corpus.records import Record
from indexer import families as module
from indexer import same_question as rule
from indexer.families import families
from indexer.same_question import asking, same_question

WORDS = """lip eyelid twitch coffee sleep stroke nerve tooth dentist fever cough rash sugar tablet stomach cramp knee
    football stairs scan ligament walk breakfast winter farm office travel garden neighbor window""".split()


def pairs(rows: Sequence[Sequence[int]]) -> set[tuple[int, int]]:
    return {pair for family in rows for pair in combinations(family, 2)}


def slow(records: Sequence[Record]) -> set[tuple[int, int]]:
    """Every pair that asks the same."""
    known = [(row, found) for row, record in enumerate(records) if (found := asking(record)) is not None]
    return {(a, b) for (a, first), (b, second) in combinations(known, 2) if same_question(first, second)}


def message(*words: str) -> Record:
    return Record("a", question=" ".join(words))


def many() -> list[Record]:
    """60 messages, and of every third one a copy: in capitals, with a greeting, with a word more, with one replaced."""
    chance = random.Random(3)
    found = []
    for number in range(60):
        words = chance.choices(WORDS, k=chance.randint(14, 40))
        found.append(message(*words))
        if number % 3 == 0:
            place = chance.randrange(len(words))
            found.append(message(*map(str.upper, words)))
            found.append(message("Hello doctor,", *words, "thanks"))
            found.append(message(*words[:place], "unexpectedly", *words[place:]))
            found.append(message(*words[:place], "somewhere", *words[place + 1 :]))
    return found


def test_families_are_the_pairs_that_ask_the_same() -> None:
    records = many()
    expected = slow(records)
    assert len(expected) > 60
    assert pairs(families(records)) == expected


def test_families_are_ordered_and_no_row_is_in_two() -> None:
    assert families([Record("a", title=title) for title in ("Gout?", "Acne", "gout", "Lip", "acne!", "GOUT")]) == [
        (0, 2, 5),
        (1, 4),
    ]


def test_no_chain_of_small_changes_joins_what_is_not_the_same() -> None:
    words = WORDS[:26]
    one, two = [*words, "really", "today"], [*words, "honestly", "today"]  # each two words from the next
    chain = [message(*one), message(*words), message(*two, "maybe")]
    assert slow(chain) == {(0, 1)}
    middle = [message(*words[:25]), message(*words[:25], "honestly", "today"), message(*one, "indeed")]
    assert all(pair in slow(middle) for family in families(middle) for pair in combinations(family, 2))


def test_a_shingle_that_a_crowd_shares_brings_nobody_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CROWD", 1)
    words = WORDS[:20]
    others = [message(*words[:18], f"other{number}" * 2) for number in range(3)]
    exact = [message(*words), message(*words)]
    assert families([*others, *exact]) == [(3, 4)]  # the same words find each other in any crowd


@pytest.mark.parametrize("topics", [(), ("Gout",), ("Gout", "{}"), ("{}",)])
def test_however_many_ask_the_same_each_is_held_against_a_few(
    topics: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = list[int]()
    alike = rule._same_words
    monkeypatch.setattr(rule, "_same_words", lambda *given: held.append(1) or alike(*given))
    records = [
        Record("a", title="What causes gout?", topics=tuple(topic.format(number) for topic in topics))
        for number in range(500)
    ]
    assert families(records) == ([] if topics == ("{}",) else [tuple(range(500))])
    assert len(held) < 500 * module.CROWD


def test_records_that_ask_nothing_are_in_no_family() -> None:
    assert families([Record("a"), Record("b"), Record("c", title="?"), Record("d", title="?")]) == []
    assert families([]) == []
