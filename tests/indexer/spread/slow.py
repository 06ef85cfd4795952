"""An encoder for machines of a cluster that takes its time, and writes down who encoded what."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.records import Answer, Record
from search.dense import Vectors
from tests.toy_encoder import WORDS, ToyEncoder

# More than one batch for each of a few encoders; no two records share a text.
RECORDS = tuple(
    Record(f"toy:{number:04}", title=f"{WORDS[number % 8]} {number}", answers=(Answer(f"It is {number}."),))
    for number in range(1_000)
)


@dataclass(frozen=True)
class Slow:
    """Opens the encoder; a batch takes so many seconds. A file in `notes` for each process that opened one."""

    notes: Path
    seconds: float

    def __call__(self) -> SlowEncoder:
        import ray

        note = self.notes / str(os.getpid())
        note.write_text(ray.get_runtime_context().get_node_id() + "\n")
        return SlowEncoder(note, self.seconds)


class SlowEncoder(ToyEncoder):
    """The toy encoder; appends to its note every text once it is encoded."""

    def __init__(self, note: Path, seconds: float) -> None:
        super().__init__()
        self._note, self._seconds = note, seconds

    def encode(self, texts: Sequence[str]) -> Vectors:
        time.sleep(self._seconds)
        with open(self._note, "a") as file:
            file.writelines(json.dumps(text) + "\n" for text in texts)
        return super().encode(texts)


def nodes(notes: Path) -> dict[int, str]:
    """On which node each process opened an encoder."""
    return {int(path.name): path.read_text().splitlines()[0] for path in notes.iterdir() if path.read_text()}


def encoded(notes: Path) -> list[str]:
    """Every text that was encoded, as often as it was."""
    return [json.loads(line) for path in notes.iterdir() for line in path.read_text().splitlines()[1:]]
