"""`python -m indexer.drug_names FILE > indexer/words/drugs.txt`: names of medicines out of DrugBank's open vocabulary.

FILE is `drug_ner_dictionary.pkl.bz2` of the package drug-named-entity-recognition 2.0.9. Of its names only those with a
DrugBank id are taken: DrugBank Open Data, CC0 (https://go.drugbank.com/releases/latest#open-data).
"""

from __future__ import annotations

import bz2
import pickle
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from corpus.arguments import Parser, path

HEADER = "# Names of medicines: DrugBank Open Data vocabulary, CC0. Written by python -m indexer.drug_names."
NAME = re.compile(r"(?<![\w-])[A-Za-z]{5,}(?![\w-])")
DRUGBANK_ID = re.compile(r"DB\d+")
LINE = 120


class PlainUnpickler(pickle.Unpickler):
    """Reads dicts, lists, texts and numbers; a file that asks for anything else is refused, so that none runs code."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"{module}.{name} is asked for; only plain values are read")


def drug_words(drugs: Iterable[dict[str, Any]]) -> list[str]:
    """The words of the names that have a DrugBank id, in small letters, sorted, each once."""
    names = (drug.get("name", "") for drug in drugs if DRUGBANK_ID.fullmatch(str(drug.get("drugbank_id"))))
    return sorted({word.lower() for name in names for word in NAME.findall(name)})


def lines(words: Iterable[str]) -> list[str]:
    """The words as lines of at most LINE characters."""
    found = [""]
    for word in words:
        if len(found[-1]) + len(word) >= LINE:
            found.append("")
        found[-1] += f" {word}" if found[-1] else word
    return found


if __name__ == "__main__":
    parser = Parser(
        prog="python -m indexer.drug_names", description="Print names of medicines for indexer/words/drugs.txt."
    )
    parser.add_argument(
        "file", type=path, metavar="FILE", help="drug_ner_dictionary.pkl.bz2 of drug-named-entity-recognition"
    )
    with bz2.open(parser.parse_args().file) as file:
        known = PlainUnpickler(file).load()["drug_canonical_to_data"]
    print("\n".join([HEADER, *lines(drug_words(known.values()))]))
