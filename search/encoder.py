"""The encoder: text to unit vectors, by a converted model, in batches of like length."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from tokenizers import Encoding, Tokenizer

from corpus.passages import windows
from search.converted import TOKENIZER, Converted
from search.dense import Vectors
from search.errors import IndexRefused
from search.layout import ModelCard
from search.runtimes import KINDS, Runtime, open_runtime

BATCH_TOKENS = 2048  # padded tokens in one call: larger batches leave the processor's cache and gain nothing
# Texts are padded to a multiple of so many tokens, as a width that was not met before takes longer: words, of which an
# index has as many as passages, not at all, and short questions to few more than they have.
WIDTH_STEPS = ((8, 1), (32, 4), (math.inf, 16))  # up to how many tokens, and the step
LIKE = 0.9  # of the longest in a call, so long a text must be: a call of many gains a tenth, padding may cost all of it
SPECIAL_TOKENS = 2  # the model adds one in front and one behind
PIECE = "##"  # a WordPiece vocabulary begins with it what goes on within a word
PROBES = ("Is a fever of 39 dangerous for a baby?", "ringing in the ears", "My knee hurts when I climb stairs. " * 3)
PROBE_CLOSE = 0.99  # least cosine between a probe's vector and the one that it had where the model was converted


class Encoder(Protocol):
    """Makes unit float32 vectors of texts. The same text gives the same vector, but for the rounding of `kind`."""

    @property
    def card(self) -> ModelCard:
        """Name, fingerprint, dimension, token limit (special tokens counted in) and kind."""

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Character range of each token of the text, special tokens left out, nothing truncated."""

    def words(self) -> Sequence[str]:
        """The whole words of the tokenizer's vocabulary, in small letters; none where pieces look like words."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension), each of length one.

        That of a text past the token limit is the mean over its windows, so that its end counts too.
        """


class ModelEncoder:
    """An encoder in a folder that `indexer.convert` wrote. Safe to use from several threads."""

    def __init__(self, card: ModelCard, tokenizer: Path, runtime: Runtime) -> None:
        self.card = card
        self._reader = Tokenizer.from_file(str(tokenizer))
        self._reader.no_truncation()
        self._reader.no_padding()
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(card.max_tokens)
        self._tokenizer.no_padding()
        self._runtime = runtime

    @classmethod
    def load(cls, folder: Path, streams: int = 1, cores: int | None = None) -> ModelEncoder:
        """Encoder in a folder, that runs so many calls at once and shares the processor's cores among them.

        With `cores` given it takes that many, where several encoders work on one machine.

        Raises IndexRefused when a file is missing or was changed since it was written, when what runs the model is
        not installed, or when this machine makes other vectors than the one did on which the model was converted.
        """
        found = Converted.load(folder)
        if found.model.kind not in KINDS:
            raise IndexRefused(f"{folder}: expected a model of the kind {' or '.join(KINDS)}, found {found.model.kind}")
        encoder = cls(found.model, folder / TOKENIZER, open_runtime(folder, found.model.kind, streams, cores))
        if streams == 1 and KINDS[found.model.kind].warms:  # who asks should not wait for a width that is new
            encoder.warm()
        if found.probes:
            cosines = (encoder.encode(PROBES) * np.array(found.probes, np.float32)).sum(axis=1)
            if not cosines.min() >= PROBE_CLOSE:  # NaN is not either
                raise IndexRefused(
                    f"the model in {folder} ({found.model.kind}) makes other vectors on this machine than where it was "
                    f"converted (cosine {cosines.min():.4f}, at least {PROBE_CLOSE} is needed); build the index here"
                )
        return encoder

    def warm(self) -> None:
        """Runs the model once in every width that a single text may have."""
        for width in sorted({_width(tokens, self.card.max_tokens) for tokens in range(1, self.card.max_tokens + 1)}):
            self._runtime(np.ones((1, width), np.int64), np.ones((1, width), np.int64))

    def spans(self, text: str) -> list[tuple[int, int]]:
        return list(self._reader.encode(text, add_special_tokens=False).offsets)

    def words(self) -> list[str]:
        known = self._reader.get_vocab()
        if not any(word.startswith(PIECE) for word in known):
            return []
        return sorted(word for word in known if word.isascii() and word.isalpha() and word.islower())

    def encode(self, texts: Sequence[str]) -> Vectors:
        # a batch, even of one, lets other threads have Python, and then waits for them
        encodings = [self._reader.encode(*texts)] if len(texts) == 1 else self._reader.encode_batch(list(texts))
        long = [number for number, encoding in enumerate(encodings) if len(encoding.ids) > self.card.max_tokens]
        if not long:
            return self._encoded(encodings)
        rows = np.empty((len(texts), self.card.dimension), np.float32)
        short = sorted(set(range(len(texts))).difference(long))
        rows[short] = self._encoded([encodings[number] for number in short])
        for number in long:
            rows[number] = self._mean(texts[number])
        return rows

    def _mean(self, text: str) -> Vectors:
        """Unit mean over the windows of a text, one call of the model each: others have their turn in between."""
        room = self.card.max_tokens - SPECIAL_TOKENS
        pieces = [text[start:end] for start, end in windows(text, self, room)] or [text]
        mean = np.stack([self._infer([encoding])[0] for encoding in self._tokenizer.encode_batch(pieces)]).mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), np.float32)

    def _encoded(self, encodings: Sequence[Encoding]) -> Vectors:
        """Vectors of texts none of which is past the limit."""
        rows = np.empty((len(encodings), self.card.dimension), np.float32)
        for numbers in _batches([_width(len(encoding.ids), self.card.max_tokens) for encoding in encodings]):
            rows[numbers] = self._infer([encodings[number] for number in numbers])
        return rows

    def _infer(self, encodings: Sequence[Encoding]) -> Vectors:
        width = _width(max(len(encoding.ids) for encoding in encodings), self.card.max_tokens)
        ids = np.zeros((_rows(len(encodings)), width), np.int64)
        mask = np.zeros_like(ids)
        mask[len(encodings) :, 0] = 1  # rows that nobody asked for, of a token that says nothing
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        return self._runtime(ids, mask)[: len(encodings)]


def _width(tokens: int, most: int) -> int:
    """Tokens that a text takes up once it is padded."""
    step = next(step for up_to, step in WIDTH_STEPS if tokens <= up_to)
    return max(tokens, min(most, -(-tokens // step) * step))


def _rows(texts: int) -> int:
    """Rows of a batch: few numbers of them, for the reason of WIDTH_STEPS."""
    step = 1 << max(0, texts.bit_length() - 2)  # 1, 2, 3, 4, 6, 8, 12, 16, 24, 32 ...
    return -(-texts // step) * step


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Numbers of texts that go through the model together: of like length, so that little is padded."""
    batch: list[int] = []
    for number in sorted(range(len(lengths)), key=lambda number: -lengths[number]):
        longest = lengths[batch[0]] if batch else 0
        if batch and ((len(batch) + 1) * longest > BATCH_TOKENS or lengths[number] < LIKE * longest):
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch
