"""The command line of the corpus: import, check, stats, fetch."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from corpus import fetch, jsonl, reports, stats
from corpus.errors import CorpusError
from corpus.importers import FORMATS, Options
from corpus.importers.table import FIELDS
from corpus.importing import Job, run
from corpus.jsonl import BadLine
from corpus.records import Record

FAILED, WRONG_USAGE = 1, 2
INTERRUPTED = 130  # 128 + SIGINT, as a shell says it
CLOSED_PIPE = 141  # 128 + SIGPIPE
TABLES = ("csv", "tsv")


class Parser(argparse.ArgumentParser):
    """Argument parser that says in one line what is wrong."""

    def error(self, message: str) -> NoReturn:
        """Exit 2 with the message."""
        self.exit(WRONG_USAGE, f"{self.prog}: {reports.printable(message)}; see {self.prog} --help\n")


class RecordFiles:
    """Record files as they are read: bad lines are said and counted on the way."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths, self.bad = paths, 0

    def __iter__(self) -> Iterator[Record]:
        for item in jsonl.read_all(self.paths):
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
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        arguments = _parser().parse_args(argv)
        code: int = arguments.command(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _fail("interrupted; nothing was written", INTERRUPTED)
    except BrokenPipeError:
        # Python would flush stdout once more at its end, and print what happened then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except CorpusError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(reports.system_error(error))
    return code


def _import(arguments: argparse.Namespace) -> int:
    if arguments.column and arguments.format not in TABLES:
        arguments.parser.error(f"--column is for {' and '.join(TABLES)}, not for {arguments.format}")
    if arguments.rejects == arguments.output:
        arguments.parser.error("--rejects and -o name the same file")
    options = Options(columns=dict(arguments.column))
    job = Job(arguments.format, tuple(arguments.sources), arguments.output, arguments.rejects, options)
    done = run(job, _say)
    if not done.written:
        return _fail(reports.why_not(job, done))
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
        print(json.dumps(stats.as_json(found), ensure_ascii=False) if arguments.json else stats.as_text(found))
    return files.verdict(found.records)


def _fetch(arguments: argparse.Namespace) -> int:
    done = fetch.fetch_medquad(arguments.output, arguments.url, arguments.sha256)
    return _close(reports.written(done, arguments.output))


def _parser() -> Parser:
    parser = Parser(prog="python -m corpus", description="Q&A records: made from other formats, checked, and counted.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    add = commands.add_parser("import", help="write records from sources of one format")
    add.add_argument("format", choices=FORMATS, metavar="FORMAT", help=", ".join(FORMATS))
    add.add_argument("sources", nargs="+", type=Path, metavar="SRC", help="a file; or a folder, or a zip for medquad")
    add.add_argument("-o", "--output", required=True, type=Path, metavar="OUT", help="a .jsonl or .jsonl.gz file")
    add.add_argument("--rejects", type=Path, metavar="FILE", help="take the bad lines, and import the good ones")
    add.add_argument("--column", action="append", default=[], type=_column, metavar="FIELD=HEADER",
                     help=f"the column of a field ({', '.join(FIELDS)}); repeatable")  # fmt: skip
    add.set_defaults(command=_import, parser=add)

    check = commands.add_parser("check", help="say which lines of record files are bad")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    check.set_defaults(command=_check)

    count = commands.add_parser("stats", help="count what record files hold")
    count.add_argument("files", nargs="+", type=Path, metavar="FILE")
    count.add_argument("--json", action="store_true", help="as one JSON object")
    count.set_defaults(command=_stats)

    get = commands.add_parser("fetch", help="download a public data set and write its records")
    get.add_argument("dataset", choices=["medquad"], metavar="DATASET", help="medquad")
    get.add_argument("-o", "--output", required=True, type=Path, metavar="OUT", help="a .jsonl or .jsonl.gz file")
    get.add_argument("--url", default=fetch.MEDQUAD_URL, help="a mirror of the archive")
    get.add_argument("--sha256", default="", metavar="HEX", help="refuse an archive of any other SHA-256")
    get.set_defaults(command=_fetch)
    return parser


def _column(text: str) -> tuple[str, str]:
    field, _, header = text.partition("=")
    if field not in FIELDS or not header:
        raise argparse.ArgumentTypeError(f"{text} is not FIELD=HEADER; the fields are {', '.join(FIELDS)}")
    return field, header


def _say(bad: BadLine) -> None:
    print(reports.printable(str(bad)), file=sys.stderr)


def _close(message: str) -> int:
    print(reports.printable(message), file=sys.stderr)
    return 0


def _fail(message: str, code: int = FAILED) -> int:
    print(f"corpus: {reports.printable(message)}", file=sys.stderr)
    return code
