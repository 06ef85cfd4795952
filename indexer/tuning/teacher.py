"""What an encoder learns from larger models: how like each other they find texts, told in its own space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.tuning.held_out import Encode
from search.dense import Vectors


class Teacher:
    """What one or more models say of some texts.

    `said` holds their vectors side by side as unit rows, shape (texts, all dimensions), whose cosines are the mean of
    theirs. `goals` is the same in the pupil's space, shape (texts, dimension): the strongest directions (principal
    components, not centred), turned so that the rows lie as near as can be to the pupil's own (orthogonal Procrustes,
    Schönemann 1966): turning changes no cosine, and less is left to learn.
    """

    def __init__(self, texts: Sequence[str], models: Sequence[Encode], pupil: Encode) -> None:
        self._numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
        unique = list(self._numbers)
        self.said = _unit(np.concatenate([model(unique) for model in models], axis=1))
        self.goals = in_space_of(self.said, pupil(unique))

    def of(self, texts: Sequence[str]) -> tuple[Vectors, Vectors]:
        """The rows of `goals` and of `said` for texts, all of which it was made with."""
        rows = [self._numbers[text] for text in texts]
        return self.goals[rows], self.said[rows]


def in_space_of(wide: Vectors, own: Vectors) -> Vectors:
    """Unit rows of the shape of `own`, with the cosines of `wide` as far as so many dimensions hold them."""
    _, directions = np.linalg.eigh(wide.T @ wide / len(wide))
    narrow = _unit(wide @ directions[:, ::-1][:, : own.shape[1]])
    left, _, right = np.linalg.svd(narrow.T @ own, full_matrices=False)
    return np.asarray(narrow @ left @ right, np.float32)


def _unit(rows: Vectors) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
