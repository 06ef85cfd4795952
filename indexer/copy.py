"""Moving house: an index copied to another place, in any direction. Vectors are copied, not made again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from indexer.alike import compare
from indexer.convert import beside, put
from indexer.folder import say, write_version
from indexer.publish import new_version, publish, sweep, writing
from indexer.sources import FolderSource, Source
from indexer.verify import verify
from search.address import Address, MilvusAddress
from search.encoder import ModelEncoder
from search.errors import IndexRefused, SearchError
from search.layout import Layout, Manifest, ModelCard, model_in
from search.opening import client_of_milvus, open_index, open_version


def copy(source_at: Address, to: Address) -> Iterator[str]:
    """Copies what is published at one address to another, and publishes it there once both answer alike.

    Gives a line for each thing that was compared. Raises SearchError where there is nothing to copy, where another
    model's index lies, or where the two differ: then nothing is published.
    """
    if str(source_at) == str(to):
        raise SearchError(f"{to} is where the index is already; give another place with --to")
    source = _source(source_at)
    if isinstance(to, MilvusAddress):
        client_of_milvus()
        from indexer.milvus.receive import receive

        return receive(source, source_at, to)
    return _receive(source, source_at, to)


def _receive(source: Source, source_at: Address, root: Path) -> Iterator[str]:
    layout = Layout(root)
    with writing(layout):
        current = layout.published()
        if current is not None:
            same_model(source.manifest.model, Manifest.load(layout.version(current)).model, root)
        model = bring_model(source, layout.models)
        for gone in sweep(layout):
            say(f"removed {gone}, which was never finished or was rolled back")
        version_id = new_version(layout)
        draft = layout.version(version_id)
        draft.root.mkdir()
        pieces = source.pieces(0, len(source.records))
        known = source.manifest
        manifest = write_version(
            pieces, lambda: source.whole, known.model, draft, layout.cache, source.places, known.memory
        )
        encoder = ModelEncoder.load(model)
        verify(draft, encoder)
        engines = open_index(source_at, encoder), open_version(layout, version_id, encoder)
        yield from compare(source.manifest, manifest, engines)
        publish(layout, version_id)
    yield published(manifest, root)


def published(manifest: Manifest, where: Address) -> str:
    """What is said of an index that was copied."""
    total = sum(manifest.passages.values())
    return f"published {manifest.id} in {where}: {manifest.records:,} records, {total:,} passages"


def same_model(expected: ModelCard, found: ModelCard, where: Address) -> None:
    """Raises IndexRefused where an index of another model lies."""
    if (expected.fingerprint, expected.kind) != (found.fingerprint, found.kind):
        raise IndexRefused(
            f"{where} holds an index made by {found.name} ({found.fingerprint[:12]}, {found.kind}), this one was made "
            f"by {expected.name} ({expected.fingerprint[:12]}, {expected.kind}); give another place with --to"
        )


def bring_model(source: Source, models: Path) -> Path:
    """Where the converted model lies in another folder of models; it is copied there if it is not there yet."""
    home = model_in(models, source.manifest.model.fingerprint)
    if not home.is_dir() and source.model.is_dir():
        with beside(home) as part:
            shutil.copytree(source.model, part, dirs_exist_ok=True)
            put(part, home)
    return home


def _source(address: Address) -> Source:
    if isinstance(address, MilvusAddress):
        client_of_milvus()
        from indexer.milvus.source import MilvusSource
        from search.milvus.opening import encoder_for

        found = MilvusSource(address)
        encoder_for(found.manifest.model)  # says what to do where it is not there
        return found
    return FolderSource(address)
