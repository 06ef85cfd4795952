"""What is derived from records, once, whichever home it is then written to: passages, vectors, families, words."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from corpus.passages import Passage
from corpus.records import Record, content_hash
from indexer.cache import EmbeddingCache
from indexer.cuts import cuts_file, passages_of
from indexer.embed import Embedded, embed
from indexer.lay_terms import read_lay_terms
from indexer.ontology import ontology_file
from indexer.record_terms import terms_file
from indexer.remembered import Remembered, recall
from indexer.specialty import INFERRED, Departments, departments_file, infer
from indexer.together import Together, begin
from search.dense import Vectors
from search.encoder import Encoder
from search.hits import Inferred
from search.lay_terms import LayTerms
from search.layout import Version, file_hash
from search.meaning import WordVectors
from search.rows import PassageTable
from search.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Pieces:
    """Some records and what each of them gives by itself.

    `hashes` are their content hashes. `passages` come with their record's place among the records, ascending; row i of
    `vectors`, unit float32 of shape (passages, dimension), is passage i. `inferred` holds specialties by place.
    """

    records: Sequence[Record]
    hashes: Sequence[str]
    passages: Sequence[tuple[int, Passage]]
    vectors: Vectors
    inferred: Mapping[int, Inferred]

    @property
    def table(self) -> PassageTable:
        return PassageTable.build(self.passages)


@dataclass(frozen=True, slots=True)
class Whole:
    """What all records of a version, sorted by id, give together: which of them ask the same (ascending places), and
    by its name in a version (`search.layout.Version`) each file of words: vocabulary, word vectors, lay terms."""

    families: Sequence[Sequence[int]]
    files: Mapping[str, bytes]


class Deriver:
    """Derives with one encoder, through the caches in a folder. `embedded` counts the passages that were new."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self.encoder, self.embedded = encoder, 0
        self._folder, self._cache = folder, EmbeddingCache(folder, encoder.card)
        self._departments = Departments.read(departments_file())
        by = f"{encoder.card.fingerprint[:32]}-{encoder.card.kind}-{file_hash(departments_file())[:12]}"
        self._inferred = folder / f"{by}-inferred-{INFERRED}.sqlite"
        self._remembered = (cuts_file(folder, encoder.card), self._inferred, terms_file(folder))
        self._said: Vectors | None = None
        self._keys: set[bytes] = set()
        self._hashes: set[str] = set()

    def pieces(self, records: Sequence[Record]) -> Pieces:
        """What each of these records gives by itself."""
        hashes = [content_hash(record) for record in records]
        passages = passages_of(records, hashes, self.encoder, self._folder)
        self._hashes.update(hashes)
        found = self._embed([passage.embedded for _, passage in passages], "passages")
        self.embedded += found.new
        if self._said is None:
            self._said = self._embed(self._departments.sentences, "sentences on departments").vectors
        said = self._said
        table = PassageTable.build(passages)

        def infer_new(new: Sequence[int]) -> list[bytes]:
            items = infer(records, new, table, found.vectors, self._departments, said)
            return [json.dumps(astuple(items[row]) if row in items else None).encode() for row in new]

        known = map(json.loads, recall(self._inferred, "inferred specialties", hashes, infer_new))
        inferred = {row: Inferred(*item) for row, item in enumerate(known) if item}
        return Pieces(records, hashes, passages, found.vectors, inferred)

    def whole(self, records: Sequence[Record]) -> Whole:
        """What all records of a version, sorted by id, give together."""
        return self.begin_whole(records)()

    def begin_whole(self, records: Sequence[Record]) -> Callable[[], Whole]:
        """The same, begun beside what is done before what is returned is called."""
        begun = begin(records, self.encoder.words())
        return lambda: self._whole(begun())

    def _whole(self, found: Together) -> Whole:
        words = WordVectors(found.words, self._embed(found.words, "words").vectors)
        # Last, as a build that is killed leaves it behind, with words of records that an erasure would not find there.
        with tempfile.TemporaryDirectory(prefix="medqa-words-") as folder:
            version = Version(Path(folder))
            LayTerms.save(version.lay_terms, *read_lay_terms(ontology_file()))
            Vocabulary.save(version.vocabulary, found.vocabulary)
            words.save(version.words)
            files = {str(path.relative_to(folder)): path.read_bytes() for path in version.files()}
        return Whole(found.families, files)

    def forget_rest(self) -> None:
        """Leaves nothing in the caches but what was derived here; so an erased text leaves no vector behind."""
        self._cache.keep_only(self._keys)
        for path in self._remembered:
            with closing(Remembered(path, "what records give")) as held:
                held.keep_only(self._hashes)

    def forget_others(self) -> None:
        """Deletes the caches of other models, and of older programs."""
        self._cache.forget_others(self._remembered)

    def close(self) -> None:
        self._cache.close()

    def _embed(self, texts: Sequence[str], what: str) -> Embedded:
        found = embed(texts, self.encoder, self._cache, what)
        self._keys |= set(found.keys)
        return found


@contextmanager
def deriving(encoder: Encoder, folder: Path) -> Iterator[Deriver]:
    """A deriver for the time of a block."""
    deriver = Deriver(encoder, folder)
    try:
        yield deriver
    finally:
        deriver.close()
