"""Writing a version into its folder: every file of it, the manifest last."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from indexer.derive import Pieces, Whole
from indexer.map import lay_out, likeness
from indexer.record_terms import terms_of
from indexer.specialty import mean_vectors
from search.dense import MEMORY, build_views, save_views
from search.facets import Counts
from search.families import Families
from search.headings import Headings
from search.inferred import Specialties
from search.layout import FORMAT, Manifest, ModelCard, Version
from search.lexical import Lexical
from search.map import CorpusMap, Places
from search.spans import Spans
from search.store import Store
from search.terms import RecordTerms


def write_version(
    pieces: Pieces,
    whole: Callable[[], Whole],
    model: ModelCard,
    draft: Version,
    cache: Path,
    places: Places | None,
    memory: int = 0,
) -> Manifest:
    """Manifest of the version that was written: all its records, sorted by id; with a map where there are places.

    `whole` is called once what is of single records is written; `cache` is the folder of the caches.
    `memory` is how many bytes the indexes over its vectors may take up in all; 0 leaves the choice to search.nearest.
    """
    records, table = pieces.records, pieces.table
    table.save(draft.passages)
    views = build_views(table.parts(), pieces.vectors, memory // len(table) if memory else MEMORY)
    save_views(views, draft.dense)
    Spans.of(table, len(records), {name: view.rows for name, view in views.items()}).save(draft.spans)
    say("writing the lexical index and the record store")
    Lexical.build(records, draft.lexical)
    RecordTerms.save(terms_of(records, pieces.hashes, cache), draft.terms)
    Headings.build(records, Lexical.load(draft.lexical), draft.headings)
    Store.build(records, pieces.hashes, draft.records)
    Counts.of_records(records).save(draft.columns)
    Specialties.build(pieces.inferred, draft.specialties)
    found = whole()
    Families.build(found.families, records, draft.families)
    for name, data in found.files.items():
        (draft.root / name).parent.mkdir(exist_ok=True)
        (draft.root / name).write_bytes(data)
    if places is not None:
        CorpusMap.save(places, draft.map)
    manifest = Manifest(
        format=FORMAT,
        id=draft.root.name,
        built=now(),
        model=model,
        records=len(records),
        passages=dict(sorted(Counter(passage.part.value for _, passage in pieces.passages).items())),
        dense={view.value: index.plan.to_json() for view, index in views.items()},
        corpus=corpus_hash(pieces.hashes),
        files=draft.hashes(),
        memory=memory,
    )
    manifest.save(draft)
    for path in draft.files():
        path.chmod(draft.manifest.stat().st_mode)  # tantivy's are for their owner alone; a site may run as another
    return manifest


def places_of(pieces: Pieces) -> Places:
    """Where each record lies on the map that is made now."""
    say("making the map")
    table = pieces.table
    vectors = mean_vectors(table, pieces.vectors, range(len(pieces.records)))
    places = lay_out(vectors)
    kept, chance = likeness(vectors, places)
    say(f"{kept:.0%} of the 10 nearest on the map are among the 50 nearest by meaning (by chance {chance:.0%})")
    return places


def corpus_hash(hashes: Iterable[str]) -> str:
    """SHA-256, as hex, over the content hashes of records in the order of their ids."""
    total = hashlib.sha256()
    for digest in hashes:
        total.update(digest.encode())
    return total.hexdigest()


def now() -> str:
    """The time in UTC, to the second, as manifests say it."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def say(line: str) -> None:
    """Tells on stderr what a build is at."""
    print(line, file=sys.stderr, flush=True)
