"""Texts of no pair, for what a teacher says of them: it can be asked about any text, so all that is there is used."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence

from corpus.records import Record
from corpus.text import sentences
from indexer.ontology import Term
from indexer.tuning.pairs import WINDOW, Pair, group_of, held_out

TOGETHER = 3  # sentences of an answer that are read together, at most
KEYWORDS = (2, 6)  # words of a question that are kept when it is cut to what one types into a search box
MIXED = 2  # sentences of each of two questions that are mixed into one that asks for both


def texts_alone(
    records: Iterable[Record], pairs: Sequence[Pair], terms: Iterable[Term], rng: random.Random
) -> list[str]:
    """Each once, in order: titles, messages and sentences of records; questions, their keywords, and two of them mixed;
    terms with what they mean.

    Nothing of a group that is held out is among them, except names of terms, which are given to users anyway.
    """
    questions = [pair.anchor for pair in pairs if not pair.held_out]
    found: list[str] = []
    for record in records:
        if not held_out(group_of(record)):
            found += [record.title, record.question[:WINDOW]]
            for answer in record.answers:
                found += _windows(answer.text, rng)
    for question in dict.fromkeys(questions):
        found += [question, _keywords(question, rng), _mixed(question, rng.choice(questions), rng)]
    for term in terms:
        found += [term.name, *term.synonyms, term.definition[:WINDOW]]
    return [text for text in dict.fromkeys(each.strip() for each in found) if text]


def _windows(text: str, rng: random.Random) -> Iterator[str]:
    """The text in pieces of one to TOGETHER sentences."""
    spans = list(sentences(text))
    at = 0
    while at < len(spans):
        last = min(at + rng.randint(1, TOGETHER), len(spans)) - 1
        yield text[spans[at][0] : spans[last][1]][:WINDOW]
        at = last + 1


def _keywords(question: str, rng: random.Random) -> str:
    words = question.split()
    kept = sorted(rng.sample(range(len(words)), min(rng.randint(*KEYWORDS), len(words))))
    return " ".join(words[number] for number in kept)


def _mixed(one: str, other: str, rng: random.Random) -> str:
    """Some sentences of each, in chance order."""
    parts = []
    for text in (one, other):
        spans = [text[start:end] for start, end in sentences(text)]
        first = rng.randrange(len(spans)) if spans else 0
        parts += spans[first : first + rng.randint(1, MIXED)]
    rng.shuffle(parts)
    return " ".join(parts)[:WINDOW]
