"""Everyday names of diseases: which are known, where they are one, and what is said of them."""

from __future__ import annotations

import tomllib

import pytest

from search.lay_terms import EVERYDAY, LayTerms
from search.lexical import stems

NAMES = LayTerms.everyday()


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("my husband was diagnosed with lou gehrigs", ["amyotrophic lateral sclerosis"]),
        ("Is it stomach flu or food poisoning?", ["gastroenteritis"]),
        ("athlete's foot", ["tinea pedis"]),
        ("athletes foot between my toes", ["tinea pedis"]),
        ("alcohol with blood thinner tablets", ["anticoagulant"]),
        ("a needle from hep c positive, and vit d", ["hepatitis C", "vitamin D"]),
        ("shingles", ["herpes zoster"]),
        ("shingles on the roof", []),  # one word, and not all of the text
        ("rubella or german measles", []),  # it says so itself
        ("my lazy dog has one eye", []),
    ],
)
def test_what_stands_in_a_text(text: str, terms: list[str]) -> None:
    found = NAMES.expand(text)
    assert [item.term for item in found] == terms
    assert {item.source for item in found} <= {"list of everyday names"}


def test_the_list_is_in_order_and_each_name_says_something_else_than_its_term() -> None:
    names = tomllib.loads(EVERYDAY.read_text(encoding="utf-8"))
    assert len(names) >= 60
    assert list(names) == sorted(names)
    assert [name for name, term in names.items() if not set(stems(term)) - set(stems(name))] == []
