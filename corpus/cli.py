"""The command line of the corpus: import, check, stats, fetch."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from corpus import fetch, jsonl, output, reports, stats
from corpus.errors import CorpusError, system_error
from corpus.importers import Options
from corpus.importing import Job, run
from corpus.jsonl import BadLine
from corpus.progress import Progress
from corpus.records import Record
from corpus.usage import TABLES, parser

FAILED = 1
INTERRUPTED = 130  # 128 + SIGINT, as a shell says it
CLOSED_PIPE = 141  # 128 + SIGPIPE


class RecordFiles:
    """Record files as they are read: bad lines are said and counted on the way, and how far it has come is shown."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths, self.bad = paths, 0

    def __iter__(self) -> Iterator[Record]:
        with Progress(None, "records") as progress:
            for item in jsonl.read_all(self.paths):
                progress.add(1)
                if isinstance(item, BadLine):
                    self.bad += 1
                    _say(item)
                else:
                    yield item

    def verdict(self, good: int) -> int:
        """Exit code, once the closing line of a failure is said."""
        if self.bad:
            return _fail(reports.bad_lines(self.bad, good))
        return 0 if good else _fail(f"no records in {reports.names(self.paths)}")


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code of a command: 0 done, 1 failed, 2 wrong usage."""
    output.prepare()
    try:
        arguments = parser().parse_args(argv)
        code = COMMANDS[arguments.command](arguments)
        output.flush()
    except KeyboardInterrupt:
        return _fail("interrupted; nothing was written", INTERRUPTED)
    except BrokenPipeError:
        # Python would flush stdout once more at its end, and print what happened then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except CorpusError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(system_error(error))
    return code


def _import(arguments: argparse.Namespace) -> int:
    if arguments.column and arguments.format not in TABLES:
        arguments.parser.error(f"--column is for {' and '.join(TABLES)}, not for {arguments.format}")
    if arguments.without and arguments.format not in (*TABLES, "qa-json"):
        arguments.parser.error(f"--without is for {', '.join(TABLES)} and qa-json, not for {arguments.format}")
    fields = [field for field, _ in arguments.column]
    if twice := [field for field in fields if fields.count(field) > 1]:
        arguments.parser.error(f"--column names a column for {twice[0]} twice; a field has one")
    if arguments.rejects is not None and arguments.rejects.resolve() == arguments.output.resolve():
        arguments.parser.error("--rejects and -o name the same file")
    options = Options(columns=dict(arguments.column), without=frozenset(arguments.without))
    job = Job(arguments.format, tuple(arguments.sources), arguments.output, arguments.rejects, options)
    done = run(job, _say)
    if not done.written:
        return _fail(reports.why_not(job, done))
    for line in reports.not_understood(job, done):
        _close(line)
    return _close(reports.written(done, job.out) + reports.put_aside(done, job))


def _check(arguments: argparse.Namespace) -> int:
    files = RecordFiles(arguments.files)
    good = sum(1 for _ in files)
    if code := files.verdict(good):
        return code
    print(f"{reports.counted(good, 'record')}, no bad line")
    return 0


def _stats(arguments: argparse.Namespace) -> int:
    files = RecordFiles(arguments.files)
    found = stats.stats(files)
    if found.records:
        print(output.as_json(stats.as_json(found)) if arguments.json else stats.as_text(found))
    return files.verdict(found.records)


def _fetch(arguments: argparse.Namespace) -> int:
    done = fetch.fetch_medquad(arguments.output, arguments.url, arguments.sha256)
    return _close(reports.written(done, arguments.output))


COMMANDS = {"import": _import, "check": _check, "stats": _stats, "fetch": _fetch}


def _say(bad: BadLine) -> None:
    print(reports.printable(str(bad)), file=sys.stderr)


def _close(message: str) -> int:
    print(reports.printable(message), file=sys.stderr)
    return 0


def _fail(message: str, code: int = FAILED) -> int:
    print(f"python -m corpus: {reports.printable(message)}", file=sys.stderr)
    return code
