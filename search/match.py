"""Match words: what a score is worth, as a probability and in words that a user can act on."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from search.hits import Match

CALIBRATION = Path(__file__).with_name("calibration.json")  # written by `python -m indexer calibrate`
# From which probability of being right a result is called what. Two in three are a promise that can be kept; and what
# is wrong nine times in ten is not worth a worried person's time.
SAME_QUESTION = 2 / 3
RELATED = 0.1


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic curve from scores to probabilities (Platt 1999)."""

    offset: float
    slope: float

    def probability(self, score: float) -> float:
        """How probable it is, 0 to 1, that a result with this score asks and answers the same."""
        return 1 / (1 + math.exp(-(self.offset + self.slope * score)))


CURVE = Calibration(**json.loads(CALIBRATION.read_text()))


def probability_of(score: float) -> float:
    """How probable it is that a result with this fused score asks and answers the same."""
    return CURVE.probability(score)


def match_of(score: float) -> Match:
    """The word for a fused score."""
    probability = probability_of(score)
    if probability >= SAME_QUESTION:
        return Match.SAME
    return Match.RELATED if probability >= RELATED else Match.TOPIC
