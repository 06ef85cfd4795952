"""The kind of numbers that an encoder is run in: chosen by measuring each kind here, and held against float32."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import openvino
from tokenizers import Tokenizer

from corpus.jsonl import read_all
from corpus.records import Record
from corpus.sample import paths
from search.encoder import Encoder

CALIBRATED = 128  # texts of the built-in corpus by which the ranges of 8 bits are set
HELD = 128  # other texts of it, on which a kind is held against float32
LEAST_COSINE = 0.995  # mean over those texts; a kind that is further away is not taken
ROUNDS = 2  # in each, every kind is timed in its turn
TIMED = 24  # texts encoded together, and as many alone


def texts(most: int) -> list[str]:
    """About so many texts as they are embedded, from all over the built-in corpus: titles, messages and answers."""
    found: list[str] = []
    for record in read_all(paths()):
        if isinstance(record, Record):
            bodies = [record.question, *(answer.text for answer in record.answers)]
            found += [record.title, *(f"{record.title}\n{body}" for body in bodies if body)]
    return found[:: max(1, len(found) // most)][:most]


def quantized(model: Path, tokenizer: Path, limit: int) -> openvino.Model | None:
    """The model of a file with weights and activations in 8 bits; None where nncf is not installed.

    The words' vectors stay in half precision: in 8 bits they would be made float32 again wherever the model is opened,
    which takes four times the memory, and not a word of them is multiplied.
    """
    try:
        import nncf
    except ImportError:
        return None
    nncf.set_log_level("ERROR")
    reader = Tokenizer.from_file(str(tokenizer))
    reader.enable_truncation(limit)
    reader.no_padding()

    def tokens(text: str) -> list[np.ndarray]:
        ids = np.array([reader.encode(text).ids], np.int64)
        return [ids, np.ones_like(ids)]

    core, half = openvino.Core(), model.with_name("half.xml")
    openvino.save_model(core.read_model(model), half, compress_to_fp16=True)
    halved = core.read_model(half)
    looked_up = [node.get_friendly_name() for node in halved.get_ops() if node.get_type_name() == "Gather"]
    with redirect_stdout(io.StringIO()):  # it draws its progress where the command's own lines go
        return nncf.quantize(
            halved,
            nncf.Dataset(texts(CALIBRATED), tokens),
            model_type=nncf.ModelType.TRANSFORMER,
            preset=nncf.QuantizationPreset.MIXED,
            subset_size=CALIBRATED,
            ignored_scope=nncf.IgnoredScope(names=looked_up),
        )


def measured(encoders: Mapping[str, Encoder], exact: str) -> dict[str, dict[str, Any]]:
    """Figures of each kind, with `exact` the one that the others are held against.

    `query_ms` is the median for a text by itself, `passages_per_s` the rate of texts in one call, `cosine` the mean and
    `least_cosine` the least over texts of the built-in corpus. Times are those of one core at work, so that they hardly
    depend on what else the machine does.
    """
    held = texts(HELD)
    expected = encoders[exact].encode(held)
    figures: dict[str, dict[str, Any]] = {}
    for kind, encoder in encoders.items():
        cosines = (encoder.encode(held) * expected).sum(axis=1)
        figures[kind] = {"cosine": round(float(cosines.mean()), 5), "least_cosine": round(float(cosines.min()), 5)}
    timed = held[:: len(held) // TIMED][:TIMED]
    alone: dict[str, list[float]] = {kind: [] for kind in encoders}
    together: dict[str, list[float]] = {kind: [] for kind in encoders}
    for _ in range(1 + ROUNDS):  # the first is not counted: it meets each length for the first time
        for kind, encoder in encoders.items():
            alone[kind].append(statistics.median(_seconds(encoder, [[text] for text in timed])))
            together[kind] += _seconds(encoder, [timed])
    for kind in encoders:
        figures[kind]["query_ms"] = round(1000 * min(alone[kind][1:]), 3)
        figures[kind]["passages_per_s"] = round(len(timed) / min(together[kind][1:]), 1)
    return figures


def choose(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """The fastest kind of those near enough to float32, asking and building counted alike."""
    near = {kind: found for kind, found in figures.items() if found["cosine"] >= LEAST_COSINE}
    return min(near, key=lambda kind: (near[kind]["query_ms"] / near[kind]["passages_per_s"], kind))


def _seconds(encoder: Encoder, calls: Sequence[Sequence[str]]) -> Iterator[float]:
    for call in calls:
        start = time.process_time()
        encoder.encode(call)
        yield time.process_time() - start
