"""The encoder: text to unit vectors, by a model converted for OpenVINO. Needs no torch."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import numpy as np
import openvino
from tokenizers import Encoding, Tokenizer

from search.dense import Vectors
from search.errors import IndexRefused
from search.layout import ModelCard, file_hash

BATCH_TOKENS = 4096  # padded tokens in one call: larger batches leave the processor's cache and gain nothing
PIECE = "##"  # a WordPiece vocabulary begins with it what goes on within a word
MODEL, WEIGHTS, TOKENIZER, CARD = "model.xml", "model.bin", "tokenizer.json", "card.json"
# float32 everywhere: the vectors must not depend on the machine. One stream with all cores: queries come one by one.
SETTINGS = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}


class Encoder(Protocol):
    """Makes unit float32 vectors of texts. Pure: the same text gives the same vector."""

    @property
    def card(self) -> ModelCard:
        """Name, fingerprint, dimension and token limit (special tokens counted in)."""

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Character range of each token of the text, special tokens left out, nothing truncated."""

    def words(self) -> Sequence[str]:
        """The whole words of the tokenizer's vocabulary, in small letters; none where pieces look like words."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension), each of length one. What is past the token limit is not read."""


class OpenVinoEncoder:
    """An encoder in a folder that `indexer.convert` wrote. Safe to use from several threads."""

    def __init__(self, card: ModelCard, tokenizer: Path, model: openvino.CompiledModel) -> None:
        self.card = card
        self._reader = Tokenizer.from_file(str(tokenizer))
        self._reader.no_truncation()
        self._reader.no_padding()
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(card.max_tokens)
        self._tokenizer.no_padding()
        self._model = model
        self._requests = threading.local()

    @classmethod
    def load(cls, folder: Path) -> OpenVinoEncoder:
        """Encoder in a folder. Raises IndexRefused when a file is missing or was changed since it was written."""
        try:
            value = json.loads((folder / CARD).read_text())
            card = ModelCard(**value["model"])
            for name, expected in value["files"].items():
                if (found := file_hash(folder / name)) != expected:
                    raise IndexRefused(f"{folder / name} was changed: expected {expected[:12]}, found {found[:12]}")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexRefused(
                f"the converted model in {folder} cannot be read ({error}); build the index again"
            ) from None
        model = openvino.Core().compile_model(folder / MODEL, "CPU", SETTINGS)
        return cls(card, folder / TOKENIZER, model)

    def spans(self, text: str) -> list[tuple[int, int]]:
        return list(self._reader.encode(text, add_special_tokens=False).offsets)

    def words(self) -> list[str]:
        known = self._reader.get_vocab()
        if not any(word.startswith(PIECE) for word in known):
            return []
        return sorted(word for word in known if word.isascii() and word.isalpha() and word.islower())

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.empty((len(texts), self.card.dimension), np.float32)
        encodings = self._tokenizer.encode_batch(list(texts))
        for numbers in _batches([len(encoding.ids) for encoding in encodings]):
            rows[numbers] = self._infer([encodings[number] for number in numbers])
        return rows

    def _infer(self, encodings: Sequence[Encoding]) -> Vectors:
        width = max(len(encoding.ids) for encoding in encodings)
        ids = np.zeros((len(encodings), width), np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        if not hasattr(self._requests, "own"):  # a request may be used by one thread at a time
            self._requests.own = self._model.create_infer_request()
        return np.asarray(self._requests.own.infer([ids, mask])[0], np.float32)


def save_card(folder: Path, card: ModelCard) -> None:
    """Writes the card that makes a folder of converted files a model: who it is, and the SHA-256 of each file."""
    files = {name: file_hash(folder / name) for name in (MODEL, WEIGHTS, TOKENIZER)}
    (folder / CARD).write_text(json.dumps({"model": asdict(card), "files": files}, indent=2) + "\n")


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Numbers of texts that go through the model together: of like length, so that little is padded."""
    batch: list[int] = []
    for number in sorted(range(len(lengths)), key=lambda number: -lengths[number]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch
