"""A tuned model on disk: a whole sentence-transformers folder with where it is from, or its changed weights alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.tuning.train import State
from search.errors import SearchError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PROVENANCE = "provenance.txt"  # not .json: it does not decide the vectors, so that it is not in the fingerprint
NOTE_SUFFIX = ".json"  # of the same, beside weights alone


def save(
    model: SentenceTransformer, folder: Path, provenance: Mapping[str, Any], weights: Path | None, changed: State
) -> None:
    """Writes the model folder; and where `weights` is given, what was `changed` of it in half precision."""
    from safetensors.torch import save_file

    note = json.dumps(provenance, indent=2) + "\n"
    model.save(str(folder), create_model_card=False)
    (folder / PROVENANCE).write_text(note)
    if weights is not None:
        weights.parent.mkdir(parents=True, exist_ok=True)
        save_file({name: tensor.half() for name, tensor in changed.items()}, weights)
        weights.with_suffix(NOTE_SUFFIX).write_text(note)


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
