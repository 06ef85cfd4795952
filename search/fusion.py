"""Fusion: one score out of what each view says of a record. All weights of the ranking stand here."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each view counts. The cosines of one encoder share a scale, so they are added as they are."""

    title: float
    body: float
    bm25: float


# A short question, or a text in which nobody tells of anybody, is held against the question that a title asks, and
# against what was said below it; a message tells a story that its answer takes up, so that the page counts for more
# than its title. A bare term ("ringing in the ears") is looked up where it is explained: titles alone, themselves
# terms, mislead. All sets, and what counts as which, were chosen on packs that are or are like those of
# docs/evaluation.md, not on held-out ones.
QUESTION_WEIGHTS = Weights(title=0.7, body=0.3, bm25=0.2)
MESSAGE_WEIGHTS = Weights(title=0.3, body=0.7, bm25=0.3)
TERM_WEIGHTS = Weights(title=0.0, body=1.0, bm25=0.2)
KINDS = {"question": QUESTION_WEIGHTS, "message": MESSAGE_WEIGHTS, "term": TERM_WEIGHTS}
BM25_HALF = 5.0  # BM25 score that counts half: about one rare word met
TERM_WORDS = 12  # more words than this tell something
MESSAGE_WORDS = 25  # more words than this tell a story, where somebody is spoken of:
TELLING = frozenset("i im ive me my mine myself we us our he him his she her hers son daughter mother father".split())
ASKING = frozenset(
    """what which who whom whose when where why how is are am was were be been do does did can could should would will
    may might must has have had i im ive my me we our you your he she his her it its they their please help""".split()
)


def weights_for(text: str) -> Weights:
    """The weights for a question by its length, and by whether its few words ask or tell anything."""
    words = re.findall(r"[^\W_]+", text.casefold().replace("'", ""))
    if len(words) > MESSAGE_WORDS and not TELLING.isdisjoint(words):
        return MESSAGE_WEIGHTS
    bare = len(words) <= TERM_WORDS and "?" not in text and ASKING.isdisjoint(words)
    return TERM_WEIGHTS if bare else QUESTION_WEIGHTS


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the views say of n records: the best cosine in each view, NaN where a record has nothing there, and BM25."""

    title: Scores
    question: Scores
    answer: Scores
    bm25: Scores


def fuse(evidence: Evidence, weights: Weights) -> Scores:
    """One score a record, shape (n,), higher is nearer, within 0 to 1.

    A weighted mean of the cosine of the title, the best cosine in the message and the answers, and BM25 brought to the
    same range by s / (s + BM25_HALF). It depends on the question and the record alone, so that a score means the same
    whatever else was found and filtered out. A sum also keeps what one view alone finds, which fusing ranks does not: a
    record far down in two rankings loses there to one that is middling in all. Where a record has no title, or nothing
    but a title, the view that it has stands for the one that it lacks.
    """
    body = np.fmax(evidence.question, evidence.answer)
    title = np.where(np.isnan(evidence.title), body, evidence.title)
    body = np.where(np.isnan(body), evidence.title, body)
    words = evidence.bm25 / (evidence.bm25 + BM25_HALF)
    total = weights.title * title + weights.body * body + weights.bm25 * words
    return np.clip(total / (weights.title + weights.body + weights.bm25), 0.0, 1.0)
