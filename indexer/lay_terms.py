"""Lay terms out of the ontology: what people say for a medical term."""

from __future__ import annotations

from pathlib import Path

from indexer.ontology import read_terms
from search.lay_terms import LayTerm


def read_lay_terms(path: Path) -> tuple[str, list[LayTerm]]:
    """Name and release of the ontology in an .obo file, and every lay synonym of its living terms, in its order."""
    source, terms = read_terms(path, lay=True)
    return source, [LayTerm(phrase, term.name, term.id) for term in terms for phrase in term.lay]
