"""Records on their way to a cluster: files that every machine of it reads."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from corpus.records import Record
from indexer.spread.work import columns


def stage(parts: Iterable[Mapping[str, Record]], folder: Path) -> int:
    """Count of records, by their content hash, that were written to a new folder, a Parquet file a part."""
    from pyarrow import parquet, table

    shutil.rmtree(folder, ignore_errors=True)  # what a build left that was killed
    folder.mkdir(parents=True)
    count = 0
    for number, part in enumerate(parts):
        if part:
            parquet.write_table(table(columns(part)), folder / f"{number:06}.parquet")
            count += len(part)
    return count
