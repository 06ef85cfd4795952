"""torch: what runs the encoder where OpenVINO is not installed; slower, and it takes seconds to start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from search.converted import TORCH
from search.dense import Vectors
from search.runtimes import Ids

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class TorchRuntime:
    """A sentence-transformers model that gets its tokens from the encoder."""

    def __init__(self, model: SentenceTransformer) -> None:
        self._model = model.eval()

    def __call__(self, ids: Ids, mask: Ids) -> Vectors:
        import torch

        with torch.inference_mode():
            features = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
            found = torch.nn.functional.normalize(self._model(features)["sentence_embedding"], dim=1)
        return np.asarray(found.numpy(), np.float32)


def load(folder: Path, kind: str, streams: int, cores: int | None) -> TorchRuntime:
    """The model in a converted folder; it takes `cores` or, for many texts at once, all, else half of them."""
    import torch
    from sentence_transformers import SentenceTransformer

    own = len(os.sched_getaffinity(0))
    torch.set_num_threads(cores or (own if streams > 1 else max(1, own // 2)))
    return TorchRuntime(SentenceTransformer(str(folder / TORCH), device="cpu"))
