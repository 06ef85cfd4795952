"""The commands of the corpus and their arguments."""

from __future__ import annotations

import argparse

from corpus.arguments import Parser, path
from corpus.fetch import MEDQUAD_URL
from corpus.importers import FORMATS
from corpus.importers.columns import FIELDS

TABLES = ("csv", "tsv")
RECORD_FILE = "a file of records, .jsonl or .jsonl.gz"
SOURCES = (
    "a file; of medquad, qa-page and qa-json also a folder, of medquad also its zip. A file of qa-json is read whole, "
    "and takes several times its size in memory"
)
EXAMPLE = """for example, of a table with the columns Number, Question and Doctor's reply:
  python -m corpus import csv faq.csv -o records.jsonl \\
    --column id=Number --column title=Question --column "answer=Doctor's reply"
"""


def parser() -> Parser:
    """The commands with their arguments; `command` is the name of the one that was given."""
    top = Parser(prog="python -m corpus", description="Q&A records: made from other formats, checked, and counted.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    add = commands.add_parser("import", help="write records from sources of one format", epilog=EXAMPLE)
    add.add_argument("format", choices=FORMATS, metavar="FORMAT", help=", ".join(FORMATS))
    add.add_argument("sources", nargs="+", type=path, metavar="SRC", help=SOURCES)
    add.add_argument("-o", "--output", required=True, type=path, metavar="OUT", help="a .jsonl or .jsonl.gz file")
    add.add_argument("--rejects", type=path, metavar="FILE", help="put the bad lines there, and import the good ones")
    add.add_argument("--column", action="append", default=[], type=_column, metavar="FIELD=HEADER",
                     help=f"of a table, the column that holds a field ({', '.join(FIELDS)}); repeatable")  # fmt: skip
    add.add_argument("--without", action="append", default=[], metavar="NAME",
                     help="leave this column of a table, or field of qa-json, out; repeatable")  # fmt: skip
    add.set_defaults(parser=add)

    check = commands.add_parser("check", help="say which lines of record files are bad")
    check.add_argument("files", nargs="+", type=path, metavar="FILE", help=RECORD_FILE)

    count = commands.add_parser("stats", help="count what record files hold")
    count.add_argument("files", nargs="+", type=path, metavar="FILE", help=RECORD_FILE)
    count.add_argument("--json", action="store_true", help="as one JSON object")

    get = commands.add_parser("fetch", help="download a public data set and write its records")
    get.add_argument("dataset", choices=["medquad"], metavar="DATASET", help="medquad")
    get.add_argument("-o", "--output", required=True, type=path, metavar="OUT", help="a .jsonl or .jsonl.gz file")
    get.add_argument("--url", default=MEDQUAD_URL, help="a mirror of the archive")
    get.add_argument("--sha256", default="", metavar="HEX", help="refuse an archive of any other SHA-256")
    return top


def _column(text: str) -> tuple[str, str]:
    field, _, header = text.partition("=")
    if field not in FIELDS or not header:
        raise argparse.ArgumentTypeError(f"{text} is not FIELD=HEADER; the fields are {', '.join(FIELDS)}")
    return field, header
