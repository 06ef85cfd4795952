"""Fusion: one score out of what each view says of a record. All weights of the ranking stand here."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each view counts. The cosines of one encoder share a scale, so they are added as they are.

    `alone`: a title counts as a heading even where nothing stands below it.
    """

    title: float
    body: float
    words: float
    heading: float
    against: float = 1.0
    named: float = 0.2
    alone: bool = True


# A short question, or a text in which nobody tells of anybody, is held against the question that a title asks, and
# against what was said below it; a message tells a story that its answer takes up, so that the page counts for more
# than its title. A bare term ("ringing in the ears") is looked up where it is explained: titles alone, themselves
# terms, mislead, unless one is that very term (`named`). A title with nothing below it is a question like the one that
# is asked, and no heading; beside a message it sums up, and is one. All sets, and what counts as which, were chosen on
# packs that are or are like those of docs/evaluation.md, not on held-out ones.
QUESTION_WEIGHTS = Weights(title=0.5, body=0.5, words=0.3, heading=0.1, against=0.5, alone=False)
MESSAGE_WEIGHTS = Weights(title=0.3, body=0.7, words=0.4, heading=0.1, against=0.0)
TEXT_WEIGHTS = Weights(title=0.7, body=0.3, words=0.0, heading=0.1, against=0.0)
TERM_WEIGHTS = Weights(title=0.0, body=1.0, words=0.2, heading=0.0)
KINDS = {"question": QUESTION_WEIGHTS, "message": MESSAGE_WEIGHTS, "text": TEXT_WEIGHTS, "term": TERM_WEIGHTS}
BESIDE_MESSAGE = 0.6  # share of a title's weight that it keeps beside a message, which says better what is asked
TERM_WORDS = 12  # more words than this tell something
ASKING_WORDS = 60  # more words than this in which nobody is spoken of are a text about something, even with a "?"
MESSAGE_WORDS = 25  # more words than this tell a story, where somebody is spoken of:
TELLING = frozenset("i im ive me my mine myself we us our he him his she her hers son daughter mother father".split())
ASKING = frozenset(
    """what which who whom whose when where why how is are am was were be been do does did can could should would will
    may might must has have had i im ive my me we our you your he she his her it its they their please help""".split()
)


def weights_for(text: str) -> Weights:
    """The weights for a question by its length, and by whether its few words ask or tell anything."""
    words = re.findall(r"[^\W_]+", text.casefold().replace("'", ""))
    if len(words) > MESSAGE_WORDS:
        asks = "?" in text and len(words) <= ASKING_WORDS
        return MESSAGE_WEIGHTS if asks or not TELLING.isdisjoint(words) else TEXT_WEIGHTS
    bare = len(words) <= TERM_WORDS and "?" not in text and ASKING.isdisjoint(words)
    return TERM_WEIGHTS if bare else QUESTION_WEIGHTS


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the views say of n records, each of shape (n,).

    `title`, `question`, `answer`: the best cosine in each view, NaN where a record has nothing there. `words`: how much
    of the question stands in the record (`search.lexical`). `heading`: how much of its title is asked for, NaN without
    one, and `named` how far the title is the name that all of the question is (`search.headings`). `against`: what
    speaks against it (`search.contrasts`). The last four are 0 to 1.
    """

    title: Scores
    question: Scores
    answer: Scores
    words: Scores
    heading: Scores
    against: Scores
    named: Scores


def fuse(evidence: Evidence, weights: Weights) -> Scores:
    """One score a record, shape (n,), higher is nearer, within 0 to 1.

    A weighted mean of the cosine of the title, the best cosine in the message and the answers, and the shares of words
    met, more where the title is the very name that is asked for, less what speaks against the record. Beside a message
    a title counts less, and the body more. It depends on the question and the record alone, so that a score means the
    same whatever else was found and filtered out. A sum also keeps what one view alone finds, which fusing ranks does
    not: a record far down in two rankings loses there to one that is middling in all. Where a record has no title, or
    nothing but a title, the view that it has stands for the one that it lacks; where it has no heading, the words do.
    """
    body = np.fmax(evidence.question, evidence.answer)
    no_heading = np.isnan(evidence.heading) | (np.isnan(body) & (not weights.alone))
    title = np.where(np.isnan(evidence.title), body, evidence.title)
    body = np.where(np.isnan(body), evidence.title, body)
    heading = np.where(no_heading, evidence.words, evidence.heading)
    of_title = weights.title * np.where(np.isnan(evidence.question), 1, BESIDE_MESSAGE)
    of_body = weights.title + weights.body - of_title
    total = of_title * title + of_body * body + weights.words * evidence.words + weights.heading * heading
    whole = weights.title + weights.body + weights.words + weights.heading
    beyond = weights.named * evidence.named - weights.against * evidence.against
    return np.clip(total / whole + beyond, 0.0, 1.0)
