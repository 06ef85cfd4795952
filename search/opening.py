"""Opening an index: from what is published at an address to an engine that answers."""

from __future__ import annotations

import os
import threading
from importlib import import_module
from pathlib import Path
from types import ModuleType
from weakref import WeakValueDictionary

from search.abbreviations import Abbreviations
from search.address import Address
from search.annotations import Annotations
from search.batching import Batched
from search.converted import CARD
from search.dense import MEMORY, load_views
from search.encoder import Encoder, ModelEncoder
from search.engine import Engine
from search.errors import IndexRefused, SearchError
from search.facets import Counts
from search.halves import LocalHalves
from search.headings import Headings
from search.home import Home
from search.lay_terms import LayTerms
from search.layout import Layout, Manifest, Version
from search.lexical import Lexical
from search.local import LocalHome
from search.question import Reader
from search.rows import PassageTable
from search.spans import Spans
from search.store import Store
from search.terms import RecordTerms
from search.vocabulary import Vocabulary

_ENCODERS: WeakValueDictionary[str, Batched] = WeakValueDictionary()  # those in use, by what their cards say
_LOADING = threading.Lock()


def open_index(address: Address, encoder: Encoder | None = None, lay_terms: LayTerms | None = None) -> Engine:
    """Engine on the published version of an index, with its own model and lay terms unless others are given.

    The numbers in emergency notices are those of the country in $MEDQA_COUNTRY. Raises IndexRefused when nothing is
    published there or what is there cannot be opened, HomeLost where it cannot be reached, SearchError for a country
    that is not known.
    """
    if not isinstance(address, Path):
        engine: Engine = client_of_milvus().open_index(address, encoder, lay_terms)
        return engine
    layout = Layout(address)
    version_id = layout.published()
    if version_id is None:
        raise IndexRefused(layout.nothing_live())
    return open_version(layout, version_id, encoder, lay_terms)


def open_older(address: Address, encoder: Encoder | None = None) -> Engine:
    """Engine on the newest whole version of an index from before the published one: better than no answer.

    Raises IndexRefused when there is none.
    """
    if not isinstance(address, Path):
        engine: Engine = client_of_milvus().open_older(address, encoder)
        return engine
    layout = Layout(address)
    for version_id in reversed(layout.older()):
        try:
            return open_version(layout, version_id, encoder)
        except IndexRefused:
            continue
    raise IndexRefused(f"{address} holds no older version that is whole")


def open_version(
    layout: Layout, version_id: str, encoder: Encoder | None = None, lay_terms: LayTerms | None = None
) -> Engine:
    """One version of a folder, opened once each of its files is found whole. Raises IndexRefused."""
    version = layout.version(version_id)
    manifest = Manifest.load(version)
    manifest.check_files(version)  # before any library reads them
    allowed = manifest.memory // max(1, sum(manifest.passages.values()))
    halves = open_halves(version, allowed or MEMORY)
    home = LocalHome(manifest, halves, Annotations.load(version, len(halves.store)))
    encoder = Batched(encoder) if encoder else shared_encoder(layout.model(manifest.model.fingerprint))
    return engine_on(home, encoder, lay_terms or LayTerms.load(version.lay_terms), Vocabulary.load(version.vocabulary))


def engine_on(home: Home, encoder: Batched, lay_terms: LayTerms, vocabulary: Vocabulary) -> Engine:
    """Engine on an open home. Raises IndexRefused where the encoder did not make its vectors, SearchError."""
    reader = Reader(encoder, lay_terms, vocabulary, Abbreviations.load())
    return Engine(home, reader, os.environ.get("MEDQA_COUNTRY", ""))


def shared_encoder(folder: Path) -> Batched:
    """The encoder in a folder; the one that this process has open where its card, with the hashes of its files, is the
    same: a version that is swapped in needs neither the time nor the memory of another one. Raises IndexRefused.
    """
    card = folder / CARD
    if not card.is_file():
        return Batched(ModelEncoder.load(folder))  # which says what is missing
    with _LOADING:
        return _ENCODERS.get(said := card.read_text()) or _ENCODERS.setdefault(said, Batched(ModelEncoder.load(folder)))


def open_halves(version: Version, memory: int = MEMORY) -> LocalHalves:
    """The parts of one version of an index, without an encoder; `memory` is how many bytes the vectors of a passage and
    what is built over them may take up there. Raises IndexRefused.
    """
    store, table = Store(version.records), PassageTable.load(version.passages)
    return LocalHalves(
        store,
        table,
        load_views(version.dense, memory),
        Spans.load(version.spans),
        Lexical.load(version.lexical),
        RecordTerms.load(version.terms),
        Headings.load(version.headings),
        Counts.load(version.columns),
    )


def published(address: Address) -> str | None:
    """Id of the published version of an index; None where there is none. Raises HomeLost, IndexRefused."""
    return Layout(address).published() if isinstance(address, Path) else client_of_milvus().published(address)


def client_of_milvus() -> ModuleType:
    """What opens an index in Milvus. Raises SearchError where its client is not installed."""
    try:
        return import_module("search.milvus.opening")
    except ModuleNotFoundError as error:
        if error.name != "pymilvus":
            raise
        raise SearchError(
            "the client of Milvus is not installed; run at the top of the source: pip install -e '.[distributed]'"
        ) from None
