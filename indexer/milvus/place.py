"""An index in Milvus, as the commands know it. See `indexer.places.Place`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from corpus.records import Record
from indexer.build import Built, Changes
from indexer.convert import encoder_in, streams
from indexer.erase import Erased
from indexer.milvus.build import build, update, writing
from indexer.milvus.erase import erase
from indexer.milvus.loader import Loader
from indexer.milvus.marks import refuse_unfinished
from indexer.milvus.verify import verify_state
from indexer.milvus.versions import Versions
from indexer.spread.load import load
from indexer.spread.work import Machines, Model
from search.address import MilvusAddress, models_folder
from search.encoder import ModelEncoder
from search.errors import SearchError
from search.layout import model_in
from search.milvus.client import Client
from search.milvus.home import NO_BM25
from search.milvus.opening import client_of, encoder_for
from search.milvus.schema import Collections

NO_MEMORY = "--memory is for an index in a folder; how much Milvus takes up is set where it runs"
NO_MAP = "a map is made of an index in a folder; leave out --map, or build in a folder"


class MilvusPlace:
    """One index in one Milvus."""

    def __init__(self, address: MilvusAddress) -> None:
        self._address = address

    def build(
        self,
        records: Sequence[Record],
        model: str | None,
        mapped: bool,
        memory: int,
        machines: Machines | None = None,
    ) -> Built:
        _check(mapped, memory)
        client_of(self._address)  # before a model is converted: it may not be there
        encoder = encoder_in(models_folder(), model)
        if machines is None:
            return build(records, self._address, encoder)
        opener = Model(model_in(models_folder(), encoder.card.fingerprint).resolve())
        return build(records, self._address, encoder, partial(load, self._address, machines, opener))

    def update(self, changes: Changes, mapped: bool, memory: int) -> Built:
        _check(mapped, memory)
        return update(changes, self._address, self._encoder())

    def info(self) -> dict[str, Any]:
        client, versions, live = self._opened()
        value = asdict(versions.manifest(live))
        del value["files"]
        return value | {
            "collections": live.version,
            "versions": [each.version for each in versions.all()],
            "server": client.server,
            "missing": [] if client.has_words else [NO_BM25.format(server=client.server)],
        }

    def verify(self) -> Iterator[str]:
        client, versions, live = self._opened()
        manifest, loader = versions.manifest(live), Loader(client, live)
        refuse_unfinished(loader)
        verify_state(loader, manifest, encoder_for(manifest.model))
        total = sum(manifest.passages.values())
        yield f"version {manifest.id} is whole: {manifest.records:,} records, {total:,} passages"
        for each in versions.older():
            yield f"version {versions.state_of(each)}, to which it can be rolled back, has all its collections"

    def rollback(self) -> tuple[str, str]:
        self._opened()  # says so where there is no index at all
        with writing(self._address, "look with info which version is live") as desk:
            return desk.versions.rollback()

    def erase(self, ids: frozenset[str]) -> Erased:
        return erase(ids, self._address, self._encoder())

    def _opened(self) -> tuple[Client, Versions, Collections]:
        client = client_of(self._address)
        versions = Versions(client, self._address.name)
        live = versions.live()
        if live is None:
            raise SearchError(
                f"there is no index at {self._address}; build one with: python -m indexer build RECORDS "
                f"--index {self._address}"
            )
        return client, versions, live

    def _encoder(self) -> ModelEncoder:
        _, versions, live = self._opened()
        return encoder_for(versions.manifest(live).model, streams())


def _check(mapped: bool, memory: int) -> None:
    """Refuses what only a folder has."""
    if mapped:
        raise SearchError(NO_MAP)
    if memory:
        raise SearchError(NO_MEMORY)
