"""The build, whole, on one page: records -> passages -> vectors -> stores -> manifest -> verified -> published."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from corpus.passages import Passage
from corpus.records import Record, content_hash
from indexer.cache import EmbeddingCache
from indexer.cuts import passages_of
from indexer.embed import embed
from indexer.families import families
from indexer.lay_terms import read_lay_terms
from indexer.map import lay_out, likeness
from indexer.publish import new_version, publish, sweep, writing
from indexer.specialty import Departments, departments_file, infer, mean_vector
from indexer.terms import ontology_file
from indexer.verify import verify
from indexer.vocabulary import vocabulary, word_lists
from search.dense import MEMORY, Vectors, build_views, save_views
from search.encoder import Encoder
from search.errors import SearchError
from search.families import Families
from search.headings import Headings
from search.lay_terms import LayTerms
from search.layout import FORMAT, Layout, Manifest, Version
from search.lexical import Lexical
from search.map import CorpusMap
from search.meaning import WordVectors, common_words
from search.rows import PassageTable
from search.specialties import Specialties
from search.store import Store
from search.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made: the manifest, and how many passages had to be embedded for it."""

    manifest: Manifest
    embedded: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What an update does to the records of the live version."""

    put: Sequence[Record] = ()
    removed: frozenset[str] = frozenset()


def build(records: Iterable[Record], layout: Layout, encoder: Encoder, mapped: bool = False, memory: int = 0) -> Built:
    """Builds, verifies and publishes a version that holds these records, and no others; with a map if `mapped`.

    `memory` is how many bytes the indexes over its vectors may take up in all; 0 leaves the choice to search.nearest.
    """
    with writing(layout):
        return _build(list(records), layout, encoder, mapped, memory)


def update(changes: Changes, layout: Layout, encoder: Encoder, mapped: bool = False, memory: int = 0) -> Built:
    """Builds, verifies and publishes a version that holds the live version's records with the changes made.

    It has a map if the live version has one, or if `mapped`; `memory` is that of the live version unless given.

    Raises SearchError when there is no live version, or when a record to be removed is not in it.
    """
    with writing(layout):
        current = layout.published()
        if current is None:
            raise SearchError(f"there is no index in {layout.root} to update; build one first")
        mapped = mapped or layout.version(current).map.is_file()
        memory = memory or Manifest.load(layout.version(current)).memory
        store = Store(layout.version(current).records)
        records = {record.id: record for record in store.all()}
        store.close()
        if strange := sorted(changes.removed - records.keys()):
            raise SearchError(f"cannot remove {strange[0]}: no record of {layout.root} has that id")
        records.update({record.id: record for record in changes.put})
        kept = [record for record in records.values() if record.id not in changes.removed]
        return _build(kept, layout, encoder, mapped, memory)


def _build(records: list[Record], layout: Layout, encoder: Encoder, mapped: bool, memory: int) -> Built:
    if not records:
        raise SearchError("there are no records to index")
    for gone in sweep(layout):
        _say(f"removed {gone}, which was never finished or was rolled back")
    records.sort(key=lambda record: record.id)  # row order is id order, so that equal scores are ordered by id
    version_id = new_version(layout)
    draft = layout.version(version_id)
    draft.root.mkdir()

    passages = passages_of(records, encoder, layout.cache)
    cache = EmbeddingCache(layout.cache, encoder.card)
    embedded = embed([passage.embedded for _, passage in passages], encoder, cache)
    table = PassageTable.build(passages)
    table.save(draft.passages)
    views = build_views(table.parts(), embedded.vectors, memory // len(table) if memory else MEMORY)
    save_views(views, draft.dense)
    _say("writing the lexical index and the record store")
    Lexical.build(records, draft.lexical)
    Headings.build(records, Lexical.load(draft.lexical), draft.headings)
    Store.build(records, draft.records)
    LayTerms.save(draft.lay_terms, *read_lay_terms(ontology_file()))
    Families.build(families(records), records, draft.families)
    departments = Departments.read(departments_file())
    said = embed(departments.sentences, encoder, cache)
    Specialties.build(infer(records, table, embedded.vectors, departments, said.vectors), draft.specialties)
    words = common_words(records)
    alone = embed(words, encoder, cache)
    WordVectors(words, alone.vectors).save(draft.words)
    if mapped:
        _save_map(np.stack([mean_vector(table, embedded.vectors, row) for row in range(len(records))]), draft)
    Vocabulary.save(draft.vocabulary, vocabulary(records, word_lists(ontology_file(), encoder.words())))
    plans = {view.value: index.plan.to_json() for view, index in views.items()}
    manifest = replace(_manifest(records, passages, plans, draft, encoder), memory=memory)
    manifest.save(draft)
    verify(draft, encoder)
    publish(layout, version_id)
    cache.keep_only([*embedded.keys, *said.keys, *alone.keys])
    cache.close()
    return Built(manifest, embedded.new)


def _save_map(vectors: Vectors, draft: Version) -> None:
    _say("making the map")
    places = lay_out(vectors)
    kept, chance = likeness(vectors, places)
    _say(f"{kept:.0%} of the 10 nearest on the map are among the 50 nearest by meaning (by chance {chance:.0%})")
    CorpusMap.save(places, draft.map)


def _manifest(
    records: Sequence[Record],
    passages: Sequence[tuple[int, Passage]],
    dense: dict[str, dict[str, Any]],
    draft: Version,
    encoder: Encoder,
) -> Manifest:
    corpus = hashlib.sha256("".join(content_hash(record) for record in records).encode())
    return Manifest(
        format=FORMAT,
        id=draft.root.name,
        built=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        model=encoder.card,
        records=len(records),
        passages=dict(sorted(Counter(passage.part.value for _, passage in passages).items())),
        dense=dense,
        corpus=corpus.hexdigest(),
        files=draft.hashes(),
    )


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
