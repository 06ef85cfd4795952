"""The site and its JSON interface: server-rendered pages over one published index, swapped when a newer one appears."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from search.address import Address
    from web.engine import Opener, Published
    from web.settings import Settings

SITE_NAME = "MedQA Search"
API_VERSION = "1.0"
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # where the workers of one site add up their numbers
MAX_BODY = 256 * 1024  # bytes: the longest question in any writing, with each character as an escape of 12 bytes


def create_app(
    index: Address,
    *,
    opener: Opener | None = None,
    published: Published | None = None,
    clock: Callable[[], float] | None = None,
    start: Callable[[Callable[[], None]], None] | None = None,
    settings: Settings | None = None,
) -> Flask:
    """The site over the newest version published in `index`; without one it answers 503 until one appears.

    `opener` and `published` default to those of `search.opening`; `clock` (seconds) and `start` (runs the search for a
    newer version beside the requests) are for tests. `settings` are those of the environment unless given.
    """
    import os
    import time

    from web.app import build
    from web.serving import Serving, in_thread
    from web.settings import Settings

    older = None
    if opener is None or published is None:
        from search import opening

        opener, published, older = opener or opening.open_index, published or opening.published, opening.open_older
    serving = Serving(index, opener, published, clock=clock or time.monotonic, start=start or in_thread, older=older)
    return build(serving, settings or Settings.read(os.environ))
