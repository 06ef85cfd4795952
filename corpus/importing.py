"""An import: sources of one format become one file of records, or nothing does."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from corpus import jsonl
from corpus.importers import FORMATS, IN_FOLDERS, MERGERS, Options
from corpus.importers.files import files
from corpus.jsonl import BadLine
from corpus.progress import Progress
from corpus.records import Record, to_json

REPEATS = "repeats of a question"


@dataclass(frozen=True, slots=True)
class Job:
    """What is read, and where it goes; without `rejects` a single bad line keeps `out` from being written."""

    format: str
    sources: tuple[Path, ...]
    out: Path
    rejects: Path | None = None
    options: Options = field(default_factory=Options)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: records read and bad lines met, source items left out by what they are, if `out` exists, and how
    many of the records have no answer."""

    records: int
    bad: int
    left_out: Mapping[str, int]
    written: bool
    unanswered: int = 0


class _NotWrittenError(Exception):
    """Ends the writing of a file that must not appear."""


def run(job: Job, say: Callable[[BadLine], None]) -> Done:
    """Counts of an import that is done. Bad lines go to `say`, or to the rejects file where the job has one.

    Raises OSError when a file cannot be read or written, CorpusError when a source cannot be used at all, or would be
    written over.
    """
    read = [file for source in job.sources for file in files(source, IN_FOLDERS.get(job.format, ()))]
    jsonl.keep_sources(job.out, read, "-o")
    counts: Counter[str] = Counter()
    written = True
    with jsonl.rejecting(job.rejects, read, say) as report:
        try:
            jsonl.write(_good(job, report, counts), job.out)
        except _NotWrittenError:
            written = False
    return Done(counts["good"], counts["bad"], dict(job.options.notes.left_out), written, counts["unanswered"])


def items(job: Job) -> Iterator[Record | BadLine]:
    """Records and bad lines of all sources in order. An id's second use is a bad line; where the format's ids are made
    from the question itself, the two records are merged instead."""
    found = (item for source in job.sources for item in FORMATS[job.format](source, job.options))
    return _merged(found, job) if job.format in MERGERS else _distinct(found, job)


def _good(job: Job, report: Callable[[BadLine], None], counts: Counter[str]) -> Iterator[Record]:
    with Progress(None, "records") as progress:
        for item in items(job):
            progress.add(1)
            if isinstance(item, BadLine):
                counts["bad"] += 1
                report(item)
            else:
                counts["good"] += 1
                counts["unanswered"] += not item.answers
                yield item
    if not counts["good"] or (counts["bad"] and job.rejects is None):
        raise _NotWrittenError


def _distinct(found: Iterator[Record | BadLine], job: Job) -> Iterator[Record | BadLine]:
    first: dict[str, str] = {}
    notes = job.options.notes
    for item in found:
        if isinstance(item, Record) and item.id in first:
            source = to_json(item) if notes.item is None else notes.item
            text = source if isinstance(source, str) else json.dumps(source, ensure_ascii=False)
            yield BadLine(notes.path, notes.line, f"id {item.id} was used before, at {first[item.id]}", text)
            continue
        if isinstance(item, Record):
            first[item.id] = f"{notes.path}:{notes.line}"
        yield item


def _merged(found: Iterator[Record | BadLine], job: Job) -> Iterator[Record | BadLine]:
    kept: dict[str, Record] = {}
    for item in found:
        if isinstance(item, BadLine):
            yield item
        elif item.id in kept:
            job.options.notes.left_out[REPEATS] += 1
            kept[item.id] = MERGERS[job.format](kept[item.id], item)
        else:
            kept[item.id] = item
    yield from kept.values()
