"""Finishing a state of a version: families put right, what is of all records written, then one row that makes it count.

The records themselves are there already; this is what they give together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from corpus.progress import Progress
from corpus.records import Record, content_hash
from indexer.derive import Whole
from indexer.folder import corpus_hash, now
from indexer.milvus.loader import Held, Loader
from search.errors import IndexRefused
from search.layout import FORMAT, Manifest, ModelCard
from search.lexical import record_text, stems
from search.milvus import about
from search.milvus.about import Current, write_texts
from search.milvus.schema import NO_FAMILY, record_key
from search.milvus.summary import Summary
from search.rows import PARTS
from search.terms import Terms


@dataclass(frozen=True, slots=True)
class State:
    """A state that is written but does not count yet: its manifest, and the row that makes it count."""

    manifest: Manifest
    current: Current


def firsts_of(families: Sequence[Sequence[int]], records: Sequence[Record]) -> dict[str, int]:
    """For each record that is in a family, given as ascending places, the row of the family's first, by id."""
    return {records[place].id: record_key(records[places[0]].id) for places in families for place in places}


def write_state(loader: Loader, records: Sequence[Record], whole: Whole, model: ModelCard, state_id: str) -> State:
    """Writes the next state of a version that holds these records, sorted by id, and no others.

    Raises IndexRefused where it holds others.
    """
    held = loader.held()
    _check_held(loader, held, records)
    firsts = firsts_of(whole.families, records)
    wanted = {record.id: firsts.get(record.id, NO_FAMILY) for record in records}
    loader.amend({record_id: first for record_id, first in wanted.items() if held[record_id].first != first})
    manifest = Manifest(
        format=FORMAT,
        id=state_id,
        built=now(),
        model=model,
        records=len(records),
        passages=passages_by_part(loader),
        dense={},
        corpus=corpus_hash(content_hash(record) for record in records),
        files={},
    )
    texts = {**whole.files, **summary_of(records).texts(), about.MANIFEST: about.write_manifest(manifest)}
    rows, current = write_texts(state_id, loader.names.version, texts)
    loader.write_about((row["key"], row["data"]) for row in rows)
    return State(manifest, current)


def make_current(loader: Loader, state: State) -> None:
    """Makes a state count: readers see it whole from now on."""
    row = state.current.row()
    loader.write_about([(row["key"], row["data"])])


def forget_states(loader: Loader, kept: Sequence[str]) -> None:
    """Removes the texts of all states but these."""
    keys = [key for key in loader.about_like(["2"]) if key.partition("/")[0] not in kept]  # ids begin with the year
    loader.forget_about(keys)


def summary_of(records: Sequence[Record]) -> Summary:
    """What is counted over all records."""
    summary = Summary()
    with Progress(len(records), "records counted") as progress:
        for record in records:
            summary.add(record, Terms.of(stems(record_text(record))))
            progress.add(1)
    return summary


def passages_by_part(loader: Loader) -> dict[str, int]:
    """How many passages there are of each part that there is."""
    wheres = [f"part == {number}" for number in range(len(PARTS))]
    with ThreadPoolExecutor(len(PARTS)) as pool:
        counts = list(pool.map(lambda where: loader.client.count(loader.names.passages, where), wheres))
    return dict(sorted((part.value, count) for part, count in zip(PARTS, counts, strict=True) if count))


def _check_held(loader: Loader, held: Mapping[str, Held], records: Sequence[Record]) -> None:
    expected = {record.id: content_hash(record) for record in records}
    wrong = held.keys() ^ expected.keys() or {name for name, digest in expected.items() if held[name].hash != digest}
    if wrong:
        raise IndexRefused(
            f"{loader.names.records}: {len(wrong):,} records are not as they should be, {min(wrong)} first; "
            "run the command again"
        )
