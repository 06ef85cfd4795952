"""Opening an index in Milvus: from the alias to an engine that answers. What is small is read whole, and checked."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from search.address import MilvusAddress, models_folder
from search.batching import Batched
from search.encoder import Encoder, ModelEncoder
from search.engine import Engine
from search.errors import IndexRefused, NotThere
from search.lay_terms import LayTerms
from search.layout import WAY_OUT, ModelCard, model_in
from search.meaning import WordVectors
from search.milvus import about
from search.milvus.about import CURRENT, Current
from search.milvus.client import Client
from search.milvus.connection import OPEN_S
from search.milvus.home import MilvusHome
from search.milvus.schema import Collections, versions_of
from search.milvus.summary import Frequencies
from search.opening import engine_on, shared_encoder
from search.vocabulary import Vocabulary

AGAIN = 3  # times that a state is opened, as the next one may take its place meanwhile
WORDS = (about.WORDS, about.VECTORS)
FILES = (about.VOCABULARY, about.LAY_TERMS, *WORDS)

_clients: dict[MilvusAddress, Client] = {}
_lock = threading.Lock()


def client_of(address: MilvusAddress) -> Client:
    """This process's connection to the Milvus at an address, the same one for all. Raises HomeLost, IndexRefused."""
    with _lock:
        if address not in _clients:
            _clients[address] = Client(address)
        return _clients[address]


def published(address: MilvusAddress) -> str | None:
    """Id of the state that is live; None where there is none. Raises HomeLost, IndexRefused."""
    client = client_of(address)
    try:
        found = client.texts(address.name, [CURRENT])
    except NotThere:
        return None
    return Current.read(found[CURRENT], str(address)).id if CURRENT in found else None


def open_index(address: MilvusAddress, encoder: Encoder | None = None, lay_terms: LayTerms | None = None) -> Engine:
    """Engine on the live version, by default with the model that is in $MEDQA_MODELS. Raises IndexRefused, HomeLost."""
    client = client_of(address)
    collection = client.aliased(address.name)
    if collection is None:
        raise IndexRefused(
            f"there is no index at {address}; build one with: python -m indexer build RECORDS --index {address}"
        )
    found = versions_of(address.name, [collection])
    if not found:
        raise IndexRefused(f"{address} stands for the collection {collection}, which is no index of this program")
    return open_version(client, Collections(address.name, found[0]), encoder, lay_terms)


def open_older(address: MilvusAddress, encoder: Encoder | None = None) -> Engine:
    """Engine on the newest whole version from before the live one. Raises IndexRefused when there is none."""
    client = client_of(address)
    live, refused = versions_of(address.name, [client.aliased(address.name) or ""]), ""
    for version in reversed(versions_of(address.name, client.collections())):
        if not live or version < live[0]:
            try:
                return open_version(client, Collections(address.name, version), encoder)
            except IndexRefused as error:
                refused = refused or f" ({error})"
    raise IndexRefused(f"{address} holds no older version that is whole{refused}")


def open_version(
    client: Client, names: Collections, encoder: Encoder | None = None, lay_terms: LayTerms | None = None
) -> Engine:
    """Engine on a version, whether it is live or not. Raises IndexRefused, HomeLost."""
    for collection in names.all():
        client.load(collection)  # a kept version was taken out of memory, and a lite server forgets that it was there
    current = read_current(client, names)
    for _ in range(AGAIN):
        try:
            return _open_state(client, names, current, encoder, lay_terms)
        except IndexRefused:
            before, current = current, read_current(client, names)
            if current.id == before.id:
                raise
    raise IndexRefused(f"{client.address} was replaced {AGAIN} times while it was opened; try again")


def _open_state(
    client: Client, names: Collections, current: Current, encoder: Encoder | None, lay_terms: LayTerms | None
) -> Engine:
    """Engine on one state of a version. Raises IndexRefused where its texts are not there whole."""
    manifest = about.read_manifest(read_text(client, names, current, about.MANIFEST), str(client.address))
    batched = Batched(encoder) if encoder else shared_encoder(model_of(manifest.model))
    with tempfile.TemporaryDirectory(prefix="medqa-about-") as folder:
        root = Path(folder)
        for name in FILES:
            if name in WORDS and name not in current.texts:
                continue  # versions had none at first
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_bytes(read_text(client, names, current, name))
        terms = lay_terms or LayTerms.load(root / about.LAY_TERMS)
        vocabulary, words = Vocabulary.load(root / about.VOCABULARY), WordVectors.load(root / "words")
    home = MilvusHome(
        client,
        names,
        manifest,
        Frequencies.from_bytes(read_text(client, names, current, about.FREQUENCIES)),
        [(tuple(values), count) for *values, count in _json(client, names, current, about.CUBE)],
        _json(client, names, current, about.TOPICS),
        _json(client, names, current, about.TITLES) if about.TITLES in current.texts else None,
        words,
    )
    return engine_on(home, batched, terms, vocabulary)


def read_current(client: Client, names: Collections) -> Current:
    """Which state of a version is live. Raises IndexRefused."""
    found = client.texts(names.about, [CURRENT], strong=True, seconds=OPEN_S)
    if CURRENT not in found:
        raise IndexRefused(f"{client.address}: version {names.version} was never finished; {WAY_OUT}")
    return Current.read(found[CURRENT], f"{client.address}: version {names.version}")


def read_text(client: Client, names: Collections, current: Current, name: str) -> bytes:
    """A text of a state. Raises IndexRefused where it is not there whole."""

    def fetch(keys: Sequence[str]) -> dict[str, str]:
        return client.texts(names.about, keys, strong=True, seconds=OPEN_S)

    return about.read_text(current, name, fetch, f"{client.address}: version {names.version}")


def encoder_for(card: ModelCard, streams: int = 1) -> ModelEncoder:
    """The encoder that made the vectors, from the folder of models. Raises IndexRefused."""
    return ModelEncoder.load(model_of(card), streams)


def model_of(card: ModelCard) -> Path:
    """The folder of the encoder that made the vectors, in the folder of models. Raises IndexRefused."""
    folder = model_in(models_folder(), card.fingerprint)
    if not folder.is_dir():
        raise IndexRefused(
            f"the model {card.name} is not in {folder}; put it there with: python -m indexer convert, or "
            "copy the folder from where the index was built; $MEDQA_MODELS names another place"
        )
    return folder


def _json(client: Client, names: Collections, current: Current, name: str) -> Any:
    return json.loads(read_text(client, names, current, name))
