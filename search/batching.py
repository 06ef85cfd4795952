"""Questions asked at the same time encoded in one call, and vectors of questions asked again remembered."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from search.dense import Vectors
from search.encoder import Encoder
from search.layout import ModelCard

REMEMBERED = 2048  # vectors; 3 MB of 384 dimensions
TOGETHER = 32  # texts in one call, so that nobody waits for everybody
LONG = 2_000  # characters; a longer text takes several calls of the model: 20,000 a second or two of a core


@dataclass(slots=True, eq=False)
class Waiting:
    """Texts that wait for their vectors, and what became of them: vectors, or the error that there was instead."""

    texts: Sequence[str]
    vectors: Vectors | None = None
    error: BaseException | None = None
    done: bool = False


class Batched:
    """An encoder for many threads: while one call runs, the texts of all others wait and then go together. Beside them
    goes one long text at a time, for whose end no short one waits.

    It remembers vectors by a keyed hash of the text, with a key that this process made and nobody knows: no text is
    kept, and nothing that a text could be guessed from.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, Vectors] = OrderedDict()
        self._turn = threading.Condition()
        self._queue: list[Waiting] = []
        self._busy = False
        self._one_long = threading.Lock()

    @property
    def card(self) -> ModelCard:
        return self._encoder.card

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        return self._encoder.spans(text)

    def words(self) -> Sequence[str]:
        return self._encoder.words()

    def encode(self, texts: Sequence[str]) -> Vectors:
        keys = [hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._key).digest() for text in texts]
        with self._turn:
            found = self._remembered(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if missing:
            found |= zip(missing, self._encoded(list(missing.values())), strict=True)
            with self._turn:
                self._remember((key, found[key]) for key in missing)
        rows = [found[key] for key in keys]
        return np.stack(rows) if rows else np.empty((0, self.card.dimension), np.float32)

    def _remembered(self, keys: Iterable[bytes]) -> dict[bytes, Vectors]:
        found = {key: self._known[key] for key in keys if key in self._known}
        for key in found:
            self._known.move_to_end(key)
        return found

    def _remember(self, items: Iterable[tuple[bytes, Vectors]]) -> None:
        for key, vector in items:
            self._known[key] = vector.copy()  # not a view that keeps a whole batch
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _encoded(self, texts: Sequence[str]) -> Vectors:
        if all(len(text) <= LONG for text in texts):
            return self._together(texts)
        with self._one_long:
            return self._encoder.encode(texts)

    def _together(self, texts: Sequence[str]) -> Vectors:
        """Vectors of the texts; whoever finds nobody at work encodes what has come together until then."""
        own = Waiting(texts)
        with self._turn:
            self._queue.append(own)
            while self._busy and not own.done:
                self._turn.wait()
            batch = [] if own.done else self._take()
            self._busy = self._busy or bool(batch)
        while batch:
            self._run(batch)
            with self._turn:
                batch = [] if own.done else self._take()
                self._busy = bool(batch)
                self._turn.notify_all()
        if own.error is not None:
            raise own.error
        if own.vectors is None:
            raise RuntimeError("texts came back without vectors")
        return own.vectors

    def _take(self) -> list[Waiting]:
        """The first of those that wait, as many as go together; one at least."""
        taken: list[Waiting] = []
        while self._queue and (not taken or sum(len(item.texts) for item in (*taken, self._queue[0])) <= TOGETHER):
            taken.append(self._queue.pop(0))
        return taken

    def _run(self, batch: Sequence[Waiting]) -> None:
        try:
            vectors = self._encoder.encode([text for item in batch for text in item.texts])
            start = 0
            for item in batch:
                item.vectors = vectors[start : start + len(item.texts)]
                start += len(item.texts)
        except BaseException as error:
            for item in batch:
                item.error = error
        for item in batch:
            item.done = True
