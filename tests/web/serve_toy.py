"""Serves the toy records as `python -m web` serves an index: `serve_toy.py WORKERS [WHY]`; with WHY it has no index."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from flask import Flask

from search.errors import IndexRefused
from tests.web.toy import Shelf, ToyEngine
from web import create_app
from web.cli import listen
from web.server import serve


def make_app() -> Flask:
    """The site over one version, or over one that is refused."""
    shelf = Shelf(IndexRefused(sys.argv[2]) if len(sys.argv) > 2 else ToyEngine())
    return create_app(Path("toy"), opener=shelf.open, published=shelf.published)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    refusal = serve(make_app, listen("127.0.0.1", 0), workers=int(sys.argv[1]), threads=2)
    print(f"stopped: {refusal}", flush=True)
