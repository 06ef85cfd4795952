"""`python -m web`: reads the arguments, takes the port, and serves until it is told to stop."""

from __future__ import annotations

import argparse
import os
import re
import socket
import sys
from collections.abc import Callable, Mapping, Sequence

from corpus.arguments import Parser
from search.command import index_option
from search.errors import SearchError
from web import SITE_NAME, create_app, logs
from web.settings import Settings, unknown

# A process runs Python on one core at a time: more of them than cores gain nothing, and each takes up memory.
WORKERS = min(len(os.sched_getaffinity(0)), 4)
PROCESSES = "processes (default: one for each core, at most 4; here %(default)s)"
NO_COUNTRY = "MEDQA_COUNTRY is not set: emergency notices name no number to call"
SETTINGS = "More is set in the environment, such as MEDQA_COUNTRY=US: docs/operations.md lists it."
BACKLOG = 256  # connections that may wait while all threads are busy


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 stopped by a signal, 1 could not serve. Wrong usage exits with 2."""
    options = _options(arguments)
    try:
        settings = Settings.read(os.environ)
    except SearchError as error:
        return _fail(str(error))
    logs.configure(settings.log)
    try:
        listener = listen(options.host, options.port)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        return _fail(f"cannot listen on {options.host}:{options.port}: {why}; choose another with --host or --port")
    from web.server import serve

    with listener:
        refusal = serve(
            lambda: create_app(options.index, settings=settings),
            listener,
            options.workers,
            options.threads,
            settings,
            notes(os.environ),
        )
    return _fail(refusal) if refusal else 0


def notes(environment: Mapping[str, str]) -> list[str]:
    """What of the environment is worth a look by whoever starts the site."""
    said = [] if environment.get("MEDQA_COUNTRY") else [NO_COUNTRY]
    return said + [f"{name} is no setting; those known stand in docs/operations.md" for name in unknown(environment)]


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there, on a free port if `port` is 0. Raises OSError."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return socket.create_server(address[:2], family=family, backlog=BACKLOG)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = Parser(prog="python -m web", description=f"Serve {SITE_NAME} over an index.", epilog=SETTINGS)
    index_option(parser)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_number(0, 65535), default=8000, help="0: a free one (default: %(default)s)")
    parser.add_argument("--workers", type=_number(1, 64), default=WORKERS, help=PROCESSES)
    parser.add_argument("--threads", type=_number(1, 256), default=4, help="threads of each (default: %(default)s)")
    return parser.parse_args(arguments)


def _number(low: int, high: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not re.fullmatch(r"-?\d{1,9}", text, re.ASCII) or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"must be from {low} to {high}, found {text}")
        return int(text)

    return number


def _fail(why: str) -> int:
    print(f"python -m web: {why}", file=sys.stderr)
    return 1
