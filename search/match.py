"""Match words: what a score is worth, as a probability and in words that a user can act on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.fusion import KINDS, QUESTION_WEIGHTS, Weights
from search.hits import Match

CALIBRATION = Path(__file__).with_name("calibration.json")  # written by `python -m indexer calibrate`
# From which probability a result is called what. Two in three are a promise that can be kept. One in twenty: of the
# built-in corpus' questions that nothing answers, most have no result above it, of the others most have one.
SAME_QUESTION = 2 / 3
RELATED = 0.05


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic curve from scores to probabilities (Platt 1999)."""

    offset: float
    slope: float

    def probability(self, score: float) -> float:
        """How probable it is, 0 to 1, that a result with this score asks and answers the same."""
        return float(self.probabilities(np.array([score]))[0])

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same of many scores."""
        return np.asarray(1 / (1 + np.exp(-(self.offset + self.slope * scores))))


# A message never scores as high as a short question does that is asked again word for word: each kind has its curve.
CURVES = {KINDS[kind]: Calibration(**curve) for kind, curve in json.loads(CALIBRATION.read_text()).items()}


def curve_of(weights: Weights) -> Calibration:
    """The curve of the kind of question that has these weights; that of short questions for others."""
    return CURVES.get(weights, CURVES[QUESTION_WEIGHTS])


def match_of(probability: float) -> Match:
    """The word for how probable it is that a result asks and answers the same."""
    if probability >= SAME_QUESTION:
        return Match.SAME
    return Match.RELATED if probability >= RELATED else Match.TOPIC
