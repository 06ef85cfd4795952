"""The about collection: named texts of one state of an index, in pieces, and the row that says which state is live.

A state is known by the id in its manifest. Its texts stand under keys that begin with that id, so that those of the
next state are written beside them; then one row, `current`, is replaced, and readers see the next state whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from search.errors import IndexRefused
from search.layout import FORMAT as INDEX_FORMAT
from search.layout import Manifest, ModelCard, seal, unseal
from search.milvus.packing import pack, unpack
from search.milvus.schema import FORMAT

CURRENT = "current"
MANIFEST = "manifest.json"
# As the files of a version in a folder are (docs/index-format.md):
VOCABULARY, LAY_TERMS, WORDS, VECTORS = "vocabulary.tsv", "lay_terms.json", "words/words.txt", "words/vectors.npy"
# What a folder counts when it is asked (`search.milvus.summary`):
FREQUENCIES, CUBE, TOPICS, TITLES = "frequencies.npy", "cube.json", "topics.json", "titles.json"

Rows = list[dict[str, str]]
Fetch = Callable[[Sequence[str]], Mapping[str, str]]  # data by key, of the keys that there are


@dataclass(frozen=True, slots=True)
class Current:
    """Which state is live: its id, and of each of its texts how many pieces it has and its SHA-256.

    `collections` is the version in the names of the collections: an update changes the state, not the collections.
    """

    id: str
    collections: str
    texts: Mapping[str, tuple[int, str]]
    format: int = FORMAT

    def row(self) -> dict[str, str]:
        """The row `current`, to be written when all else is there."""
        return {"key": CURRENT, "data": pack(json.dumps(asdict(self)).encode())[0]}

    @classmethod
    def read(cls, data: str, where: str) -> Current:
        """The state in the row's data. Raises IndexRefused."""
        try:
            value = json.loads(unpack([data]))
            found = value["format"]
            if found == FORMAT:
                texts = {name: (int(pieces), str(digest)) for name, (pieces, digest) in value["texts"].items()}
                return cls(str(value["id"]), str(value["collections"]), texts)
        except (ValueError, KeyError, TypeError) as error:
            raise IndexRefused(f"{where} does not say which version is live ({error}); build the index again") from None
        raise IndexRefused(f"{where}: expected format {FORMAT} of an index in Milvus, found {found}; build it again")


def write_texts(state: str, collections: str, texts: Mapping[str, bytes]) -> tuple[Rows, Current]:
    """Rows of the texts of a state, and what to make live once all of them are written."""
    cut = {name: pack(data) for name, data in texts.items()}
    rows = [
        {"key": key_of(state, name, n), "data": piece} for name, all_ in cut.items() for n, piece in enumerate(all_)
    ]
    sums = {name: (len(cut[name]), hashlib.sha256(data).hexdigest()) for name, data in texts.items()}
    return rows, Current(state, collections, sums)


def read_text(current: Current, name: str, fetch: Fetch, where: str) -> bytes:
    """A text of a state. Raises IndexRefused where it is not there whole."""
    if name not in current.texts:
        raise IndexRefused(f"{where} has no {name}; build the index again")
    count, digest = current.texts[name]
    keys = [key_of(current.id, name, n) for n in range(count)]
    found = fetch(keys)
    try:
        data = unpack([found[key] for key in keys])
    except (KeyError, ValueError) as error:
        raise IndexRefused(f"{name} of {where} is not there whole ({error}); build the index again") from None
    if (is_ := hashlib.sha256(data).hexdigest()) != digest:
        raise IndexRefused(f"{name} of {where} was changed: expected {digest[:12]}, found {is_[:12]}")
    return data


def key_of(state: str, name: str, piece: int) -> str:
    """Key of a piece of a text."""
    return f"{state}/{name}/{piece}"


def write_manifest(manifest: Manifest) -> bytes:
    """The text MANIFEST; its `files` are none."""
    return seal(asdict(manifest)).encode()


def read_manifest(data: bytes, where: str) -> Manifest:
    """The manifest again. Raises IndexRefused."""
    try:
        value: dict[str, Any] = unseal(data.decode())
        if value["format"] != INDEX_FORMAT:
            raise IndexRefused(
                f"{where}: expected index format {INDEX_FORMAT}, found {value['format']}; build the index again"
            )
        return Manifest(**{**value, "model": ModelCard(**value["model"])})
    except (ValueError, KeyError, TypeError) as error:
        raise IndexRefused(f"the manifest of {where} cannot be read ({error}); build the index again") from None
