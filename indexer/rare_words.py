"""`python -m indexer.rare_words SCOWL ICD > indexer/words/rare.txt`: words that are right although few people use them.

SCOWL is the folder of the Spell Checker Oriented Word Lists (`/usr/share/dict/scowl` of Debian's package scowl), ICD
the tabular list of ICD-10-CM as XML (in the package simple-icd-10-cm, and at the CDC). Taken are the words of ICD-10-CM
and of the diseases that the Human Phenotype Ontology describes, and those of SCOWL that share their beginning with a
word of medicine: varices makes variceal one that is no slip.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from pathlib import Path
from xml.etree import ElementTree

from corpus.arguments import Parser, path
from indexer.drug_names import lines
from indexer.ontology import ontology_file
from indexer.vocabulary import general_words, ontology_words, own_words, words_of

HEADER = (
    "# Rare words that are right: of ICD-10-CM, of the diseases in the Human Phenotype Ontology, and of SCOWL, whose\n"
    "# notice is in README.md. Written by python -m indexer.rare_words."
)
WORD = re.compile("[a-z]{4,}")
MOST_USED = 35  # sizes of SCOWL to here hold what everybody uses: of no use for telling medicine from the rest
SIZE = 80  # up to here its words are those of a large dictionary
EVERY_SIZE = 95
BEGINNING = 0.7  # of the longer of two words, and five letters, that akin ones have in common
TWICE = 2  # texts of ICD-10-CM that a word stands in which no dictionary has: it, too, has its slips


def rare_words(
    titles: Iterable[str],
    medical: Collection[str],
    used: Collection[str],
    dictionary: Collection[str],
    every: Collection[str],
) -> list[str]:
    """The words of the titles, and those of a dictionary that are akin to them or to other words of medicine.

    None of medicine is what everybody has `used`; `every` are the words of a dictionary that is larger still.
    """
    counts = Counter(word for title in titles for word in words_of([title]) if WORD.fullmatch(word))
    of_titles = {word for word, count in counts.items() if count >= TWICE or word in every}
    beginnings: defaultdict[str, list[str]] = defaultdict(list)
    for word in (of_titles | {word for word in medical if WORD.fullmatch(word)}).difference(used):
        beginnings[word[:5]].append(word)
    akin = {
        word
        for word in dictionary
        if WORD.fullmatch(word) and any(_akin(word, other) for other in beginnings.get(word[:5], ()))
    }
    return sorted(of_titles | akin)


def _akin(word: str, other: str) -> bool:
    at = int(BEGINNING * max(len(word), len(other)) + 0.999)
    return word[:at] == other[:at] and len(word) >= at <= len(other)


def scowl(folder: Path, most: int) -> set[str]:
    """The words of SCOWL's lists up to a size, in small letters; its names, abbreviations and variants left out."""
    return {
        word.lower()
        for path in folder.glob("*-words.*")
        if "variant" not in path.name and int(path.suffix[1:]) <= most
        for word in path.read_text(encoding="latin-1").split()
    }


def diseases(path: Path) -> list[str]:
    """The names of the diseases in a table of the ontology, each as often as there are diseases of that name."""
    lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return list({line[0]: line[1] for line in lines}.values())


if __name__ == "__main__":
    parser = Parser(prog="python -m indexer.rare_words", description="Print rare words for indexer/words/rare.txt.")
    parser.add_argument("scowl", type=path, metavar="SCOWL", help="folder of the Spell Checker Oriented Word Lists")
    parser.add_argument("icd", type=path, metavar="ICD", help="the tabular list of ICD-10-CM, as XML")
    arguments = parser.parse_args()
    lists, tabular = arguments.scowl, ElementTree.parse(arguments.icd)
    used, known = scowl(lists, MOST_USED), ontology_words(ontology_file()) | own_words("medical.txt")
    names = [element.text or "" for element in tabular.iter() if element.tag in ("desc", "note")]
    names += diseases(ontology_file().with_name("phenotype.hpoa"))
    found = rare_words(names, known, used, scowl(lists, SIZE), scowl(lists, EVERY_SIZE))
    listed = known | own_words("drugs.txt") | general_words().keys() | used
    print("\n".join([HEADER, *lines(word for word in found if word not in listed)]))
