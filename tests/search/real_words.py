"""The vocabulary of an index over the built-in corpus, with the real lists."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from corpus.jsonl import read_all
from corpus.records import Record
from indexer.ontology import ontology_file
from indexer.vocabulary import vocabulary, word_lists
from search.abbreviations import Abbreviations
from search.vocabulary import Vocabulary

SAMPLE = sorted((Path(__file__).parents[2] / "corpus" / "sample").glob("*.jsonl"))


@cache
def real_words() -> Vocabulary:
    """No model is loaded: the words of its vocabulary are names for the most part, which the lists do without."""
    records = [record for record in read_all(SAMPLE) if isinstance(record, Record)]
    return Vocabulary(vocabulary(records, word_lists(ontology_file(), Abbreviations.load().meanings)))
