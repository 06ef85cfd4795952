"""The two places that an index may lie in, with what the commands do in each: a folder here, or a Milvus elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from corpus.records import Record
from indexer import cache, remembered
from indexer.build import Built, Changes, build, update
from indexer.cache_file import check
from indexer.convert import encoder_in, open_encoder, streams
from indexer.erase import Erased, erase
from indexer.publish import rollback, writing
from indexer.spread.fill import fill
from indexer.spread.work import Machines, Model
from indexer.verify import verify
from search.address import Address, MilvusAddress, models_folder
from search.encoder import ModelEncoder
from search.errors import IndexRefused, SearchError
from search.layout import WAY_OUT, Layout, Manifest, model_in
from search.opening import client_of_milvus


class Place(Protocol):
    """An index where it lies. What cannot be done raises SearchError with the way out."""

    def build(
        self,
        records: Sequence[Record],
        model: str | None,
        mapped: bool,
        memory: int,
        machines: Machines | None = None,
    ) -> Built:
        """Builds with the machines of a cluster, where some are given."""
        ...

    def update(self, changes: Changes, mapped: bool, memory: int) -> Built: ...

    def info(self) -> dict[str, Any]:
        """The live version's manifest, and the ids of the versions that there are."""
        ...

    def verify(self) -> Iterator[str]:
        """A line for each version that was looked at and is whole."""
        ...

    def rollback(self) -> tuple[str, str]:
        """Ids (from, to) after the version before is live again."""
        ...

    def erase(self, ids: frozenset[str]) -> Erased: ...


def place_of(address: Address) -> Place:
    """The index at an address."""
    if isinstance(address, MilvusAddress):
        client_of_milvus()
        from indexer.milvus.place import MilvusPlace  # whoever stays on one machine needs no client of Milvus

        return MilvusPlace(address)
    return FolderPlace(address)


class FolderPlace:
    """An index in a folder."""

    def __init__(self, root: Path) -> None:
        self._layout = Layout(root)

    def build(
        self,
        records: Sequence[Record],
        model: str | None,
        mapped: bool,
        memory: int,
        machines: Machines | None = None,
    ) -> Built:
        with writing(self._layout):
            pass  # else whoever may not write here would be told after a model was converted
        layout, encoder = self._layout, open_encoder(self._layout, model)
        if machines is None:
            return build(records, layout, encoder, mapped, memory)
        opener = Model(layout.model(encoder.card.fingerprint).resolve())
        ahead = partial(fill, layout=layout, encoder=encoder, cluster=machines, opener=opener)
        return build(records, layout, encoder, mapped, memory, ahead)

    def update(self, changes: Changes, mapped: bool, memory: int) -> Built:
        return update(changes, self._layout, self._encoder(), mapped, memory)

    def info(self) -> dict[str, Any]:
        value = asdict(self._live())
        value["files"] = len(value["files"])
        return value | {"versions": self._layout.history()}

    def verify(self) -> Iterator[str]:
        layout, encoder = self._layout, self._encoder()
        manifest = verify(layout.version(self._live().id), encoder)
        yield f"version {manifest.id} is whole: {manifest.records:,} records, {len(manifest.files)} files"
        for version_id in layout.older():
            try:
                Manifest.load(layout.version(version_id)).check_files(layout.version(version_id), again=True)
            except IndexRefused as error:
                what = str(error).removesuffix(f"; {WAY_OUT}")
                raise IndexRefused(f"{what}; do not roll back to it, the next build or update removes it") from None
            yield f"version {version_id}, to which it can be rolled back, is whole"
        for path in sorted(layout.cache.glob("*.sqlite")):
            seals = cache if cache.FILE.fullmatch(path.name) else remembered
            check(path, seals.ALL, seals.intact)

    def rollback(self) -> tuple[str, str]:
        if not self._layout.history() and self._layout.published() is None:
            raise SearchError(self._layout.nothing_live())
        with writing(self._layout):
            return rollback(self._layout)

    def erase(self, ids: frozenset[str]) -> Erased:
        return erase(ids, self._layout, self._encoder())

    def _live(self) -> Manifest:
        version_id = self._layout.published()
        if version_id is None:
            raise SearchError(self._layout.nothing_live())
        return Manifest.load(self._layout.version(version_id))

    def _encoder(self) -> ModelEncoder:
        """The encoder that made the live version: one index does not mix the vectors of two."""
        return ModelEncoder.load(self._layout.model(self._live().model.fingerprint), streams())


def convert(name: str | None) -> Path:
    """Where the converted model of that name lies for indexes elsewhere; it is converted now if need be."""
    card = encoder_in(models_folder(), name).card
    return model_in(models_folder(), card.fingerprint)
