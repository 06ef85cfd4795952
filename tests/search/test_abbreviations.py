"""Abbreviations: what they stand for, where they are one, and the list that comes with the program."""

from __future__ import annotations

import pytest

from search.abbreviations import SOURCE, Abbreviations
from search.expansion import Expansion
from search.lexical import stems

TOY = Abbreviations({"uti": "urinary tract infection", "bp": "blood pressure", "t2d": "type 2 diabetes"})
WORDS_TOO = frozenset("add aids all alt arm cad cat echo ear gist nash or pad pots sad sob".split())


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Is a UTI dangerous?", [("UTI", "urinary tract infection", 1 / 2)]),
        ("uti", [("uti", "urinary tract infection", 1.0)]),
        ("bp, bp, (BP)!", [("bp", "blood pressure", 1 / 3)]),
        ("t2d and bp", [("t2d", "type 2 diabetes", 1 / 2), ("bp", "blood pressure", 1 / 2)]),
        ("my bp, my blood pressure", []),  # it says so itself
        ("bps@uti.org utility a.bp", []),
        ("", []),
    ],
)
def test_what_stands_in_a_text(text: str, terms: list[tuple[str, str, float]]) -> None:
    assert TOY.expand(text) == tuple(Expansion(phrase, term, SOURCE, share) for phrase, term, share in terms)


def test_one_that_a_long_text_repeats_is_held_against_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr("search.abbreviations.stems", lambda text: read.append(text) or stems(text))
    assert [item.term for item in TOY.expand("uti bp " * 1000)] == ["urinary tract infection", "blood pressure"]
    assert read == ["uti bp " * 1000, "urinary tract infection", "blood pressure"]


def test_the_list_that_comes_with_the_program() -> None:
    known = Abbreviations.load().meanings
    assert len(known) >= 140
    assert {name: known[name] for name in ("bp", "gerd", "ibs")} == {
        "bp": "blood pressure",
        "gerd": "gastroesophageal reflux disease",
        "ibs": "irritable bowel syndrome",
    }
    assert [name for name in known if not name.isalnum() or name != name.lower() or not known[name].strip()] == []
    assert WORDS_TOO & known.keys() == set()
    assert list(known) == sorted(known)
