"""Copying an index into Milvus: its rows batch by batch; what is there from a copy that was cut off stays."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.progress import Progress
from corpus.records import content_hash
from indexer.alike import compare
from indexer.copy import bring_model, published, same_model
from indexer.folder import say
from indexer.milvus.build import BATCH, writing
from indexer.milvus.finish import firsts_of, make_current, write_state
from indexer.milvus.place import NO_MAP
from indexer.milvus.verify import verify_state
from indexer.milvus.versions import recipe_of
from indexer.sources import Source
from search.address import Address, MilvusAddress, models_folder
from search.milvus.opening import encoder_for, open_version
from search.opening import open_index


def receive(source: Source, source_at: Address, to: MilvusAddress) -> Iterator[str]:
    """Lines of what was compared; see `indexer.copy.copy`."""
    otherwise = "what is published there is as it was; run the command again, and it goes on from there"
    with writing(to, otherwise) as desk:
        model = source.manifest.model
        live = desk.versions.live()
        if live is not None:
            same_model(model, desk.versions.manifest(live).model, to)
        if source.places is not None:
            say(f"the map stays behind: {NO_MAP.partition(';')[0]}")
        bring_model(source, models_folder())
        encoder = encoder_for(model)
        recipe = recipe_of(source.manifest.corpus, model, {"copied": True})
        begun = desk.versions.begun(recipe)
        desk.versions.rest()
        names = desk.versions.begin(recipe, model.dimension, begun)
        loader = desk.loader(names)
        held = loader.held()
        firsts = firsts_of(source.whole.families, source.records)
        with Progress(len(source.records), "records copied") as progress:
            for start in range(0, len(source.records), BATCH):
                some = source.records[start : start + BATCH]
                if any(r.id not in held or held[r.id].hash != content_hash(r) for r in some):
                    desk.lease.check()
                    loader.put(source.pieces(start, start + len(some)), firsts)
                progress.add(len(some))
        state = write_state(loader, source.records, source.whole, model, names.version)
        loader.flush()
        verify_state(loader, state.manifest, encoder)
        make_current(loader, state)
        engines = open_index(source_at, encoder), open_version(desk.client, names, encoder)
        yield from compare(source.manifest, state.manifest, engines)
        desk.lease.check()
        desk.versions.publish(names)
    yield published(state.manifest, to)
