"""Conversion: a sentence-transformers model written once as what the encoder runs, and held against it."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.passages import windows
from indexer.models import Source, find
from indexer.publish import disk_of
from search.converted import MODEL, TOKENIZER, TORCH, WEIGHTS, Converted
from search.encoder import PROBES, SPECIAL_TOKENS, ModelEncoder
from search.errors import IndexRefused, SearchError
from search.layout import Layout, ModelCard, model_in
from search.runtimes import KINDS, Runtime, installed, open_runtime

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

CHECKED = ("Is a fever of 39 dangerous for a baby?", "ringing in the ears", "my knee hurts when I climb stairs. " * 40)
APART = ("heart", "liver")  # one vector for both is that of an unknown word: there is no file of the words
CLOSE = 0.9999  # least cosine between the model and what it was converted to


def open_encoder(layout: Layout, name: str | None = None) -> ModelEncoder:
    """Encoder for a model name or folder, the embedded model by default; converted into the index folder if need be.

    Raises SearchError when there is no such model, or it cannot be converted.
    """
    return encoder_in(layout.models, name)


def encoder_in(models: Path, name: str | None = None) -> ModelEncoder:
    """The same from a folder of converted models."""
    source = find(name)
    digest = source.fingerprint
    home = model_in(models, digest)
    if home.is_dir():
        _drop_damaged(home)
    if not home.is_dir():
        print(f"converting the model {source.name} (once)", file=sys.stderr, flush=True)
        _convert(source, digest, home)
    return ModelEncoder.load(home, streams())


def _drop_damaged(home: Path) -> None:
    try:
        Converted.load(home)
    except IndexRefused as error:
        print(f"{str(error).split(';')[0]}: it is removed", file=sys.stderr, flush=True)
        shutil.rmtree(home)


def streams() -> int:
    """How many calls an encoder runs at once where many texts wait: each on a core of its own."""
    return len(os.sched_getaffinity(0))


def _convert(source: Source, digest: str, home: Path) -> None:
    """Writes the converted model to `home`, which appears only once it gives the same vectors as the model itself."""
    name, model = source.name, source.load()
    dimension, limit = model.get_embedding_dimension(), model.get_max_seq_length()
    if not dimension or not limit:
        raise SearchError(f"the model {name} does not say its dimension and its token limit; give another model")
    card = ModelCard(name, digest, int(dimension), int(limit), "f32" if installed("openvino") else "torch")
    with beside(home) as part:
        with disk_of(home.parent):
            _write(model, card, part)
        put(part, home)


@contextmanager
def beside(home: Path) -> Iterator[Path]:
    """A new folder for what will be in `home`; it goes at the end, as do those that killed commands left there."""
    home.parent.mkdir(parents=True, exist_ok=True)
    for left in home.parent.glob(f".{home.name}.*"):
        if (handle := _hold(left)) is not None:
            shutil.rmtree(left, ignore_errors=True)
            os.close(handle)
    part = home.with_name(f".{home.name}.{os.getpid()}")
    part.mkdir()
    handle = _hold(part)
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def _hold(folder: Path) -> int | None:
    """What holds a folder until it is closed, or this process ends; None where another one holds it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def put(part: Path, home: Path) -> None:
    """Makes a folder `home`, unless another command was first: both hold the same."""
    try:
        part.rename(home)
    except OSError:
        if not home.is_dir():
            raise


def _write(model: SentenceTransformer, card: ModelCard, folder: Path) -> None:
    model.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
    on_torch = card.kind == "torch"
    runtime = _kept(model, folder) if on_torch else _exported(model, folder)
    encoder = ModelEncoder(card, folder / TOKENIZER, runtime)
    one, other = encoder.encode(APART)
    if np.allclose(one, other, atol=1e-6):
        raise SearchError(f"the model {card.name} does not tell words apart: its tokenizer's files are not with it")
    texts = [text[slice(*windows(text, encoder, card.max_tokens - SPECIAL_TOKENS)[0])] for text in CHECKED]
    expected = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    cosines = (np.asarray(expected) * encoder.encode(texts)).sum(axis=1)
    if not cosines.min() >= CLOSE:  # NaN is not either
        raise SearchError(
            f"the model {card.name} does not survive conversion (cosine {cosines.min():.4f}); give another"
        )
    if on_torch:
        Converted(card, {}, _probes(encoder)).save(folder)
    else:
        _choose(folder, card)


def _choose(folder: Path, card: ModelCard) -> None:
    """Leaves in the folder the model in the kind of numbers that is fastest here, with the card that says so."""
    import openvino

    from indexer.precision import choose, measured, quantized
    from search.openvino_runtime import compiled, supported

    kinds = supported()
    files = {False: folder / MODEL, True: folder / f"int8-{MODEL}"}
    if any(KINDS[kind].quantized for kind in kinds):
        small = quantized(folder / MODEL, folder / TOKENIZER, card.max_tokens)
        if small is None:
            print("nncf is not installed: there is no 8-bit encoder; run make setup", file=sys.stderr, flush=True)
        else:
            openvino.save_model(small, files[True], compress_to_fp16=False)
    encoders = {
        kind: ModelEncoder(
            replace(card, kind=kind), folder / TOKENIZER, compiled(files[KINDS[kind].quantized], kind, streams())
        )
        for kind in kinds
        if files[KINDS[kind].quantized].exists()
    }
    figures = measured(encoders, card.kind) if len(encoders) > 1 else {}
    kind = choose(figures) if figures else card.kind
    probes = _probes(encoders[kind])
    encoders.clear()  # a compiled model holds its files open
    if KINDS[kind].quantized:
        files[True].replace(folder / MODEL)
        files[True].with_suffix(".bin").replace(folder / WEIGHTS)
    for left in (*folder.glob("int8-*"), *folder.glob("half.*")):
        left.unlink()
    Converted(replace(card, kind=kind), figures, probes).save(folder)


def _probes(encoder: ModelEncoder) -> list[list[float]]:
    return [[round(float(value), 6) for value in vector] for vector in encoder.encode(PROBES)]


def _kept(model: SentenceTransformer, folder: Path) -> Runtime:
    """Leaves the model in the folder as it is, for torch to run."""
    print(
        "openvino is not installed here: the encoder runs on torch, which takes several times as long",
        file=sys.stderr,
        flush=True,
    )
    model.save(str(folder / TORCH), create_model_card=False)
    return open_runtime(folder, "torch")


def _exported(model: SentenceTransformer, folder: Path) -> Runtime:
    """Writes the model into the folder as OpenVINO runs it, in float32."""
    import openvino
    import torch

    from search.openvino_runtime import compiled

    class Unit(torch.nn.Module):
        """All modules of the model, token ids to unit vectors."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            found = self.model({"input_ids": input_ids, "attention_mask": attention_mask})["sentence_embedding"]
            return torch.nn.functional.normalize(found, dim=1)

    example = torch.ones(2, 8, dtype=torch.long)
    names = ("input_ids", "attention_mask")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns of branches on shapes; the check on vectors is what counts
        converted = openvino.convert_model(
            Unit(),
            example_input=dict.fromkeys(names, example),
            input=[(name, [-1, -1], openvino.Type.i64) for name in names],
        )
    openvino.save_model(converted, folder / MODEL, compress_to_fp16=False)
    return compiled(folder / MODEL, "f32")
