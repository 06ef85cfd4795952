"""Match words: what a score is worth, as a probability and in words that a user can act on."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.fusion import KINDS, QUESTION_WEIGHTS, Scores, Weights
from search.hits import Match
from search.snippets import telling

CALIBRATION = Path(__file__).with_name("calibration.json")  # written by `python -m indexer calibrate`
# From which probability a result is called what. Two in three are a promise that can be kept. One in twenty: of the
# built-in corpus' questions that nothing answers, most have no result above it, of the others most have one.
SAME_QUESTION = 2 / 3
RELATED = 0.05


# What a page holds. An answer is near to many questions and a title to few, so that the same score is worth more of
# what somebody asked, which tells more than a title does.
ALONE, ANSWERED, ASKED = "title alone", "title and answers", "with a message"
FORMS = (ALONE, ANSWERED, ASKED)
# A title as near as this asks the same, whatever stands below it: nine in ten of those in all packs do, of each pack's
# in docs/evaluation.md.
TITLE_SAME, AT_LEAST = 0.93, 0.9
# So few telling words that ask nothing name something, and who tells a case asks more than they do: such a page is
# about the same, but of forty names that the built-in corpus was asked, half of the pages with the score of the same
# question did not ask it.
NAME_WORDS, MOST_OF_NAME = 4, 0.5
ASKS = re.compile(
    r"[?？]|\b(?:what|which|who|whom|whose|when|where|why|how)\b"
    r"|^\W*(?:is|are|am|was|were|do|does|did|can|could|should|would|will|may|might|must|has|have)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic curve from scores to probabilities (Platt 1999)."""

    offset: float
    slope: float

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """How probable it is, 0 to 1, that each of n results with these scores asks and answers the same."""
        return np.asarray(1 / (1 + np.exp(-(self.offset + self.slope * scores))))


Curves = Mapping[str, Calibration]  # by the form of the page

# A message never scores as high as a short question does that is asked again word for word: each kind has its curves.
CURVES: dict[Weights, Curves] = {
    KINDS[kind]: {form: Calibration(**curve) for form, curve in curves.items()}
    for kind, curves in json.loads(CALIBRATION.read_text()).items()
}


def curves_of(weights: Weights) -> Curves:
    """The curves of the kind of question that has these weights; those of short questions for others."""
    return CURVES.get(weights, CURVES[QUESTION_WEIGHTS])


def forms_of(question: Scores, answer: Scores) -> NDArray[np.str_]:
    """The form of each of n pages by its cosines, NaN where it has no message or no answer; shape (n,)."""
    return np.where(~np.isnan(question), ASKED, np.where(np.isnan(answer), ALONE, ANSWERED))


def probabilities(
    scores: NDArray[np.float64], forms: NDArray[np.str_], titles: Scores, curves: Curves, names: bool = False
) -> NDArray[np.float64]:
    """How probable it is of each of n pages that it asks and answers the same, by the curves of the kind of question.

    All of shape (n,): `titles` are cosines of the titles, NaN where there is none. `names` is what `only_names` says
    of the question.
    """
    each = [np.where(forms == form, curve.probabilities(scores), 0) for form, curve in curves.items()]
    found = np.sum(each, axis=0)
    if names:
        found = np.where(forms == ASKED, np.minimum(found, MOST_OF_NAME), found)
    return np.asarray(np.where(titles >= TITLE_SAME, np.maximum(found, AT_LEAST), found))


def only_names(text: str) -> bool:
    """Whether a question asks nothing and says so little that it only names something: `lump in my breast`."""
    return not ASKS.search(text) and len(telling(text)) <= NAME_WORDS


def match_of(probability: float) -> Match:
    """The word for how probable it is that a result asks and answers the same."""
    if probability >= SAME_QUESTION:
        return Match.SAME
    return Match.RELATED if probability >= RELATED else Match.TOPIC
