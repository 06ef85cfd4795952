"""Lay terms: which medical terms a text is also searched by."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.errors import IndexRefused
from search.lay_terms import Expansion, LayTerm, LayTerms
from search.lexical import stems

TERMS = (
    LayTerm("Ringing in the ears", "Tinnitus", "HP:1"),
    LayTerm("Ringing", "Bell", "HP:2"),
    LayTerm("Water on the brain", "Hydrocephalus", "HP:3"),
    LayTerm("Big head", "Macrocephaly", "HP:4"),
    LayTerm("Big head", "Large skull", "HP:5"),
    LayTerm("Swollen ears", "Swelling of the ear", "HP:6"),
    LayTerm("Ears hurt", "Otalgia", "HP:8"),
    LayTerm("Red rash", "Red rashes", "HP:7"),
)


def found(text: str) -> list[tuple[str, float]]:
    """Terms with the share of the text that led to them."""
    return [(item.term, item.share) for item in LayTerms("toy", TERMS).expand(text)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("ringing in the ears", [("Tinnitus", 1.0)]),
        ("RINGING, ear!", [("Tinnitus", 1.0)]),
        ("loud ringing in the ears", [("Tinnitus", 2 / 3)]),
        ("big heads", [("Macrocephaly", 1.0), ("Large skull", 1.0)]),
        ("ringing ears, big head", [("Tinnitus", 0.5), ("Macrocephaly", 0.5), ("Large skull", 0.5)]),
        ("ears ringing", []),
        ("nothing of it", []),
        ("the", []),
        ("", []),
    ],
)
def test_phrases_are_known_by_their_stems(text: str, terms: list[tuple[str, float]]) -> None:
    assert found(text) == terms


def test_a_single_word_counts_only_by_itself() -> None:
    assert found("ringing") == [("Bell", 1.0)]
    assert found("ringing bells") == []


def test_a_word_is_used_once_by_the_first_of_the_longest_phrases() -> None:
    assert found("swollen ears ringing ears") == [("Swelling of the ear", 0.5), ("Tinnitus", 0.5)]
    assert found("swollen ringing ears") == [("Tinnitus", 2 / 3)]
    assert found("ringing ears hurt") == [("Tinnitus", 2 / 3)]


def test_a_term_that_says_nothing_new_is_left_out() -> None:
    assert found("red rash") == []


def test_a_phrase_that_a_long_text_repeats_is_held_against_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    terms, read = LayTerms("toy", TERMS), list[str]()
    monkeypatch.setattr("search.lay_terms.stems", lambda text: read.append(text) or stems(text))
    assert [item.term for item in terms.expand("ears hurt " * 1000)] == ["Otalgia"]
    assert read == ["ears hurt " * 1000, "Otalgia"]


def test_an_expansion_says_where_it_is_from() -> None:
    assert LayTerms("toy", TERMS).expand("water on the brain") == (
        Expansion("Water on the brain", "Hydrocephalus", "toy, HP:3", 1.0),
    )


def test_no_terms_expand_nothing() -> None:
    assert LayTerms("toy", ()).expand("ringing in the ears") == ()


def test_terms_are_the_same_after_the_disk(tmp_path: Path) -> None:
    LayTerms.save(tmp_path / "terms.json", "toy", [*TERMS, LayTerm("Übelkeit", "Nausea", "HP:9")])
    loaded = LayTerms.load(tmp_path / "terms.json")
    assert loaded.expand("big head") == LayTerms("toy", TERMS).expand("big head")
    assert loaded.expand("übelkeit") == (Expansion("Übelkeit", "Nausea", "toy, HP:9", 1.0),)


@pytest.mark.parametrize("text", [None, "", "[]", '{"source": "toy"}', '{"source": "toy", "terms": [{"phrase": "x"}]}'])
def test_a_file_that_is_no_list_is_refused_by_name(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "terms.json").write_text(text)
    with pytest.raises(IndexRefused, match=r"terms\.json cannot be read as a list of lay terms"):
        LayTerms.load(tmp_path / "terms.json")
