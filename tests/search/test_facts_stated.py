"""How many facts are found in messages in natural words, how many of those are true, and that none takes long."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from search.facts import UNCLEAR, facts

STATED = Path(__file__).with_name("facts_stated.tsv")


def _messages(half: str) -> list[tuple[str, set[str]]]:
    lines = [line.split("\t") for line in STATED.read_text(encoding="utf-8").splitlines()[1:]]
    return [(message, set(filter(None, told.split(", ")))) for of, message, told in lines if of == half]


def _found(text: str) -> set[str]:
    return {f"{fact.kind} {fact.value}" for fact in facts(text) if fact.value != UNCLEAR}


@pytest.mark.parametrize("half", ["dev", "test"])
def test_facts_are_true_and_nearly_all_are_found(half: str) -> None:
    pairs = [(_found(text), told) for text, told in _messages(half)]
    true = sum(len(found & told) for found, told in pairs)
    assert len(pairs) == 75
    assert true / sum(len(found) for found, _ in pairs) >= 0.97
    assert true / sum(len(told) for _, told in pairs) >= 0.95


@pytest.mark.parametrize(
    "text", ["i am 34 ", "my mother ", "my a-b ", "left upper ", "for over ", "12 years ", "-", " ", "1 "]
)
def test_time_grows_no_faster_than_the_text(text: str) -> None:
    """Four times the text takes about four times the time, up to the longest question; whatever it begins with."""
    took = []
    for size in (5_000, 20_000):
        started = time.process_time()
        facts(("im 1" + text * size)[:size])
        took.append(time.process_time() - started)
    assert took[1] < 8 * took[0] + 0.5


def test_of_a_text_full_of_numbers_the_first_are_looked_at_for_ages() -> None:
    listed = "1 " * 1_000
    assert [fact.value for fact in facts(f"i am 34 years old. {listed}")] == ["30-39"]
    assert facts(f"{listed}. i am 34 years old") == []
