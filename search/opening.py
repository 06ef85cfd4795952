"""Opening an index: from the files of a published version to an engine that answers."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from weakref import WeakValueDictionary

from search.abbreviations import Abbreviations
from search.annotations import Annotations
from search.batching import Batched
from search.converted import CARD
from search.dense import load_views
from search.encoder import Encoder, OpenVinoEncoder
from search.engine import Engine
from search.errors import IndexRefused
from search.halves import LocalHalves
from search.headings import Headings
from search.lay_terms import LayTerms
from search.layout import Layout, Manifest, Version
from search.lexical import Lexical
from search.local import LocalHome
from search.question import Reader
from search.rows import PassageTable
from search.store import Store
from search.vocabulary import Vocabulary

_ENCODERS: WeakValueDictionary[str, Batched] = WeakValueDictionary()  # those in use, by what their cards say
_LOADING = threading.Lock()


def open_index(root: Path, encoder: Encoder | None = None, lay_terms: LayTerms | None = None) -> Engine:
    """Engine on the published version of an index folder, with its own model and lay terms unless others are given.

    The numbers in emergency notices are those of the country in $MEDQA_COUNTRY. Raises IndexRefused when nothing is
    published there or what is there cannot be opened, SearchError for a country that is not known.
    """
    layout = Layout(root)
    version_id = layout.published()
    if version_id is None:
        raise IndexRefused(
            f"there is no index in {root}; build one with: python -m indexer build RECORDS --index {root}"
        )
    return _open_version(layout, version_id, encoder, lay_terms)


def open_older(root: Path, encoder: Encoder | None = None) -> Engine:
    """Engine on the newest whole version of an index folder from before the published one: better than no answer.

    Raises IndexRefused when there is none.
    """
    layout = Layout(root)
    for version_id in reversed(layout.older()):
        try:
            return _open_version(layout, version_id, encoder)
        except IndexRefused:
            continue
    raise IndexRefused(f"{root} holds no older version that is whole")


def _open_version(
    layout: Layout, version_id: str, encoder: Encoder | None = None, lay_terms: LayTerms | None = None
) -> Engine:
    version = layout.version(version_id)
    manifest = Manifest.load(version)
    manifest.check_files(version)  # before any library reads them
    halves = open_halves(version)
    home = LocalHome(manifest, halves, Annotations.load(version, len(halves.store)))
    encoder = Batched(encoder) if encoder else shared_encoder(layout.model(manifest.model.fingerprint))
    country = os.environ.get("MEDQA_COUNTRY", "")
    words = Vocabulary.load(version.vocabulary)
    reader = Reader(encoder, lay_terms or LayTerms.load(version.lay_terms), words, Abbreviations.load())
    return Engine(home, reader, country)


def shared_encoder(folder: Path) -> Batched:
    """The encoder in a folder; the one that this process has open where its card, with the hashes of its files, is the
    same: a version that is swapped in needs neither the time nor the memory of another one. Raises IndexRefused.
    """
    card = folder / CARD
    if not card.is_file():
        return Batched(OpenVinoEncoder.load(folder))  # which says what is missing
    with _LOADING:
        return _ENCODERS.get(said := card.read_text()) or _ENCODERS.setdefault(
            said, Batched(OpenVinoEncoder.load(folder))
        )


def open_halves(version: Version) -> LocalHalves:
    """The parts of one version of an index, without an encoder. Raises IndexRefused."""
    store, table = Store(version.records), PassageTable.load(version.passages)
    return LocalHalves(
        store, table, load_views(version.dense), Lexical.load(version.lexical), Headings.load(version.headings)
    )


def published(root: Path) -> str | None:
    """Id of the published version of an index folder; None where there is none."""
    return Layout(root).published()
