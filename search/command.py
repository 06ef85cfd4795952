"""What every command line of the product shares: the index option, exit codes, and errors in one line."""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
import threading
from collections.abc import Sequence

from corpus import output
from corpus.arguments import WRONG_USAGE
from corpus.errors import CorpusError, system_error
from search.address import Address, parse, shown
from search.errors import SearchError

DEFAULT_INDEX = "var/index"
SIZE = re.compile(r"(\d{1,15})([KMG]?)B?", re.ASCII)
SHIFTS = {"": 0, "K": 10, "M": 20, "G": 30}
FAILED = 1
INTERRUPTED = 130  # what shells say of a program that Ctrl-C ended
TERMINATED = 143  # and of one that SIGTERM ended


class WrongUsage(SearchError):
    """The arguments, each right by itself, ask for nothing that can be done."""


class _Terminated(KeyboardInterrupt):
    """Raised where SIGTERM comes, so that what is open is left as Ctrl-C leaves it."""


def index_option(parser: argparse.ArgumentParser) -> None:
    """Adds --index, which defaults to $MEDQA_INDEX, else var/index."""
    default = os.environ.get("MEDQA_INDEX") or DEFAULT_INDEX
    about = f"index folder, or milvus://host/name (default: {shown(default)})"
    parser.add_argument("--index", type=address, default=default, metavar="INDEX", help=about.replace("%", "%%"))


def address(text: str) -> Address:
    """The address of an index that an option states. Raises ArgumentTypeError."""
    try:
        return parse(text)
    except SearchError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def size(text: str) -> int:
    """Bytes of a size such as 500M, 2G or 800000000. Raises argparse.ArgumentTypeError, which argparse reports."""
    found = SIZE.fullmatch(text.strip().upper())
    if not found or not int(found[1]):
        raise argparse.ArgumentTypeError(f"must be a size such as 500M or 2G, found {text[:40]}")
    return int(found[1]) << SHIFTS[found[2]]


def run(parser: argparse.ArgumentParser, argv: Sequence[str] | None) -> int:
    """Exit code after the chosen command's `action` ran: 0 done, 1 failed with one line on stderr, 2 wrong usage."""
    output.prepare()
    args = parser.parse_args(argv)
    before = signal.getsignal(signal.SIGTERM)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _terminate)
    try:
        args.action(args)
        output.flush()
    except WrongUsage as error:
        return _fail(parser, f"{error}; see {parser.prog} --help", WRONG_USAGE)
    except (SearchError, CorpusError) as error:
        return _fail(parser, str(error))
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _fail(parser, system_error(error))
    except _Terminated:
        return _fail(parser, "terminated", TERMINATED)
    except KeyboardInterrupt:
        return _fail(parser, "interrupted", INTERRUPTED)
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before or signal.SIG_DFL)
    return 0


def _terminate(number: int, frame: object) -> None:
    raise _Terminated


def _fail(parser: argparse.ArgumentParser, message: str, code: int = FAILED) -> int:
    print(f"{parser.prog}: {message}", file=sys.stderr)
    return code
