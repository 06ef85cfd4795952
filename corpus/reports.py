"""What the command line says, word for word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote

from corpus.importers.values import listed
from corpus.importing import Done, Job
from corpus.usage import TABLES


def written(done: Done, out: Path) -> str:
    """The closing line of an import: `16,407 records written to records.jsonl (31,034 pairs ... left out)`."""
    return f"{counted(done.records, 'record')} written to {out}{_left_out(done.left_out)}"


def put_aside(done: Done, job: Job) -> str:
    """What the closing line adds where bad lines went to the rejects file."""
    rest = [f"from {place} on nothing was read: {counted(n, 'line')}" for place, n in job.options.notes.unread.items()]
    where = f" ({'; '.join(rest)})" if rest else ""
    return f"; {counted(done.bad, 'bad line')} put into {job.rejects}{where}" if done.bad else ""


def not_understood(job: Job, done: Done) -> list[str]:
    """A line for each table or JSON source with columns or fields that are not known, and one where records of such
    sources have no answer."""
    unknown = job.options.notes.unknown

    def use(name: str) -> str:
        if job.format in TABLES:
            return f"--column {quote(f'FIELD={name}')}"
        return f"rename {name} in the file, for example to answer"

    lines = [
        f"{path}: kept and shown, but not searched: {listed(names)}; to use one: {use(names[0])}"
        for path, names in unknown.items()
        if names
    ]
    if unknown and done.unanswered:
        lines.append(f"{done.unanswered:,} of {counted(done.records, 'record')} have no answer")
    return lines


def why_not(job: Job, done: Done) -> str:
    """Why an import wrote nothing, and what to do."""
    left = _left_out(done.left_out)
    if done.bad and job.rejects is None:
        count = counted(done.bad, "bad line")
        return f"{count}, so {job.out} was not written{left}; mend them, or put them aside with --rejects FILE"
    bad = f", but {counted(done.bad, 'bad line')}, put into {job.rejects}" if done.bad else ""
    return f"no records in {names(job.sources)}{bad}{left}; {job.out} was not written"


def bad_lines(bad: int, good: int) -> str:
    """The closing line of a command that met bad lines in record files."""
    aside = "import jsonl FILE... -o GOOD --rejects BAD"
    return f"{counted(bad, 'bad line')}, {counted(good, 'good record')}; mend them, or sort them out with: {aside}"


def printable(text: str) -> str:
    """The text with everything escaped that a terminal would obey or cannot show."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def counted(count: int, noun: str) -> str:
    """`1 record`, `16,407 records`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def names(paths: Sequence[Path]) -> str:
    """The paths, parted by commas."""
    return ", ".join(map(str, paths))


def _left_out(counts: Mapping[str, int]) -> str:
    left = [f"{count:,} {what} left out" for what, count in counts.items() if count]
    return f" ({', '.join(left)})" if left else ""
