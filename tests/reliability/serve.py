"""Serves a real index with the toy encoder: `python -m tests.reliability.serve INDEX WORKERS THREADS`.

A question "sleep N" is answered after N seconds. Settings come from the environment, as for `python -m web`.
"""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from pathlib import Path

from search import opening
from search.engine import Engine
from search.hits import Question, Results
from search.opening import open_index, open_older
from tests.toy_encoder import ToyEncoder
from web import create_app, logs
from web.cli import listen
from web.server import serve
from web.settings import Settings


class Sleepy(Engine):
    """An engine that takes as long as it is asked to."""

    def search(self, question: Question) -> Results:
        """The results, after the seconds that the question names."""
        word, _, seconds = question.text.partition(" ")
        if word == "sleep":
            time.sleep(float(seconds))
        return super().search(question)


if __name__ == "__main__":
    root, workers, threads = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    opening.Engine = Sleepy  # type: ignore[misc]
    opening.open_index = partial(open_index, encoder=ToyEncoder())
    opening.open_older = partial(open_older, encoder=ToyEncoder())
    settings = Settings.read(os.environ)
    logs.configure(settings.log)
    make_app = partial(create_app, root, settings=settings)
    refusal = serve(make_app, listen("127.0.0.1", 0), workers, threads, settings)
    print(f"stopped: {refusal}", flush=True)
