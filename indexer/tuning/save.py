"""A tuned model on disk: a whole sentence-transformers folder with where it is from, or its changed weights alone."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.tuning.train import State
from search.errors import SearchError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PROVENANCE = "provenance.txt"  # not .json: it does not decide the vectors, so that it is not in the fingerprint
NOTE_SUFFIX = ".json"  # of the same, beside weights alone


@contextmanager
def place_for(folder: Path, weights: Path | None) -> Iterator[Path]:
    """An empty folder that takes the place of `folder` when the block ends well, and is gone when it does not.

    Raises SearchError where nothing can be written there, or where weights are to be: before anything is trained.
    """
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        _make(part, folder)
        if weights is not None:
            _make(weights.parent, weights)
        yield part
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _make(folder: Path, wanted: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SearchError(f"{wanted} cannot be written ({error.strerror}); give another place") from None
    if not os.access(folder, os.W_OK):
        raise SearchError(f"{wanted} cannot be written (Permission denied); give another place")


def save(model: SentenceTransformer, folder: Path, provenance: Mapping[str, Any]) -> None:
    """Writes the model into a folder, with where it is from. Raises SearchError where there is no room."""
    with _written(folder):
        model.save(str(folder), create_model_card=False)
    (folder / PROVENANCE).write_text(_note(provenance))


def save_weights(changed: State, path: Path, provenance: Mapping[str, Any]) -> None:
    """Writes what was changed of a model, in half precision, with where it is from beside it."""
    from safetensors.torch import save_file

    with _written(path):
        save_file({name: tensor.half() for name, tensor in changed.items()}, path)
    path.with_suffix(NOTE_SUFFIX).write_text(_note(provenance))


@contextmanager
def _written(path: Path) -> Iterator[None]:
    from safetensors import SafetensorError

    try:
        yield
    except SafetensorError as error:
        raise SearchError(f"{path.parent} cannot be written to ({error}); make room, or give another place") from None


def _note(provenance: Mapping[str, Any]) -> str:
    return json.dumps(provenance, indent=2) + "\n"


def base_provenance(folder: Path) -> Any:
    """Where the model in a folder is from, if `save` wrote it; None of others, which may have such a file too."""
    try:
        return json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def read_weights(path: Path, expected: State) -> State:
    """Weights that `save` wrote, in single precision. Raises SearchError unless they are of the expected names."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        found = {name: tensor.float() for name, tensor in load_file(path).items()}
    except (OSError, SafetensorError) as error:
        raise SearchError(
            f"{path} cannot be read as weights ({error}); give a file that tune --weights wrote"
        ) from None
    if {name: tensor.shape for name, tensor in found.items()} != {name: w.shape for name, w in expected.items()}:
        raise SearchError(
            f"{path} holds the weights of another model; give a file that tune --weights wrote of this one"
        )
    return found
