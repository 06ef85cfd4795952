"""The lexical half: how much of a question stands in each record's text, by tantivy. The only tantivy user."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import tantivy
from tantivy import Filter, Occur, Query, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from corpus.records import Record
from search.errors import IndexRefused
from search.filters import NAMED, Filters, values_of

ANALYZER = "medqa_english"
MAX_TERMS = 256  # distinct terms of a question that are looked up; a long message repeats itself well before this
WRITER_HEAP = 256 << 20  # bytes; enough to write a corpus of some 100,000 records as one segment
K1 = 1.2  # of tantivy's BM25: a word that is met often counts at most K1 + 1 times
LONGEST_TOKEN = 80  # bytes; longer "words" are addresses and noise


def _analyzer() -> TextAnalyzer:
    chain = TextAnalyzerBuilder(Tokenizer.simple())
    for step in (
        Filter.remove_long(LONGEST_TOKEN),
        Filter.lowercase(),
        Filter.ascii_fold(),
        Filter.stopword("english"),
        Filter.stemmer("english"),
    ):
        chain = chain.filter(step)
    return chain.build()


_ANALYZER = _analyzer()


def stems(text: str) -> list[str]:
    """Stems of the words of a text in order, stop words left out: `The hands are swollen` -> hand, swollen."""
    return list(_ANALYZER.analyze(text))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Stem of one word; empty for a stop word."""
    return next(iter(_ANALYZER.analyze(word)), "")


def idf(holding: int, records: int) -> float:
    """Inverse document frequency of a term that `holding` of the records hold, as Lucene and tantivy count it."""
    return math.log(1 + (records - holding + 0.5) / (holding + 0.5))


def record_text(record: Record) -> str:
    """All that is said on a page, as one text."""
    return "\n".join((record.title, record.question, *(a.text for a in record.answers), record.more_info))


class Lexical:
    """How much of a question stands in each record, known by its row; filters hold inside the search, not after it.

    The score of a record is the mean over the question's terms of how fully BM25 counts each there
    (f / (f + K1 (1 - b + b l)), Robertson and Zaragoza 2009), weighed by the square of its idf: from 0 to below 1,
    however long the question is, and with what is rare in it deciding. A term that no record holds is lacking in each,
    so that the few words of a question that stand somewhere do not decide where most of it is said nowhere.
    """

    def __init__(self, index: tantivy.Index) -> None:
        index.register_tokenizer(ANALYZER, _analyzer())
        self._index = index
        self._schema = index.schema
        self._searcher = index.searcher()

    @staticmethod
    def build(records: Iterable[Record], path: Path) -> None:
        """Writes the index of the records, whose rows are 0, 1, 2 ..., into a new folder, as one segment."""
        path.mkdir()
        index = tantivy.Index(_schema(), path=str(path))
        index.register_tokenizer(ANALYZER, _analyzer())
        writer = index.writer(heap_size=WRITER_HEAP, num_threads=1)
        for row, record in enumerate(records):
            writer.add_document(_document(row, record))
        writer.commit()
        writer.wait_merging_threads()

    @classmethod
    def load(cls, path: Path) -> Lexical:
        try:
            with tempfile.TemporaryDirectory(prefix="medqa-lexical-", ignore_cleanup_errors=True) as folder:
                _link(path, Path(folder))
                index = tantivy.Index.open(folder)
                index.config_reader(reload_policy="manual")  # else a thread looks for changes as long as it is open
                return cls(index)
        except (ValueError, OSError) as error:
            raise IndexRefused(f"{path} cannot be read as a tantivy index ({error})") from None

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(self, terms: Sequence[str], k: int, filters: Filters = Filters()) -> list[tuple[int, float]]:
        """Record rows with their scores, best first: the k best of those the filters let through."""
        asked, whole = self._asked(terms)
        held = [(Occur.Must, Query.const_score_query(each, 0.0)) for each in self._filter_queries(filters)]
        query = Query.boolean_query([(Occur.Must, Query.boolean_query(asked)), *held])
        return self._found(query, k, whole) if asked and k > 0 else []

    def scores(self, terms: Sequence[str], rows: Sequence[int]) -> dict[int, float]:
        """Score of each of the given record rows; 0 for a row in which no term stands."""
        asked, whole = self._asked(terms)
        if not asked or not rows:
            return dict.fromkeys(map(int, rows), 0.0)
        # one term for each row: tantivy looks up a set of terms by walking through all of them, which takes longer
        among = Query.boolean_query([(Occur.Should, Query.term_query(self._schema, "row", int(row))) for row in rows])
        query = Query.boolean_query([(Occur.Must, Query.const_score_query(among, 0.0)), *asked])
        return dict(self._found(query, len(rows), whole))

    def document_frequency(self, term: str) -> int:
        """Number of records in which the stem stands."""
        return int(self._searcher.doc_freq("text", term))

    def _asked(self, terms: Sequence[str]) -> tuple[list[tuple[Occur, Query]], float]:
        """What to look for, none where no record holds any of it; and the score that nothing reaches."""
        held = {term: self.document_frequency(term) for term in list(dict.fromkeys(terms))[:MAX_TERMS]}
        rarities = {term: idf(count, len(self)) for term, count in held.items()}
        asked = [
            (Occur.Should, Query.boost_query(Query.term_query(self._schema, "text", term), rarity))
            for term, rarity in rarities.items()  # BM25 counts the rarity once; so it is squared
            if held[term]
        ]
        return asked, (K1 + 1) * sum(rarity**2 for rarity in rarities.values())

    def _found(self, query: Query, k: int, whole: float) -> list[tuple[int, float]]:
        found = self._searcher.search(query, k, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in found])
        return [(int(row), float(score) / whole) for row, (score, _) in zip(rows, found, strict=True)]

    def _filter_queries(self, filters: Filters) -> Iterable[Query]:
        for name, allowed in filters.named().items():
            yield Query.boolean_query(
                [(Occur.Should, Query.term_query(self._schema, name, value.casefold())) for value in allowed]
            )
        if days := filters.days():
            yield Query.range_query(self._schema, "newest", tantivy.FieldType.Integer, *days)


def _link(source: Path, folder: Path) -> None:
    """Names the files in another folder: opening an index writes lock files, and this one may be read-only."""
    for path in source.iterdir():
        if path.suffix != ".lock":
            (folder / path.name).symlink_to(path.resolve())


def _schema() -> tantivy.Schema:
    schema = tantivy.SchemaBuilder()
    schema.add_unsigned_field("row", stored=False, indexed=True, fast=True)
    schema.add_text_field("text", stored=False, tokenizer_name=ANALYZER, index_option="freq")
    for name in NAMED:
        schema.add_text_field(name, stored=False, tokenizer_name="raw", index_option="basic")
    schema.add_integer_field("newest", stored=False, indexed=True, fast=True)
    return schema.build()


def _document(row: int, record: Record) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("row", row)
    document.add_text("text", record_text(record))
    *texts, newest = values_of(record)
    for name, text in zip(NAMED, texts, strict=True):
        document.add_text(name, str(text).casefold())
    document.add_integer("newest", newest)
    return document
