"""Training pairs: two texts that mean the same or answer each other, out of records, packs and the ontology."""

from __future__ import annotations

import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.records import Record
from corpus.text import sentences
from indexer.measures import Pack
from indexer.ontology import Term

WINDOW = 400  # characters of a text that are trained on: about 90 tokens, so that an hour is enough
FIRST_WINDOW = 0.6  # share of answers read from their start; of the others, from a later sentence on
PACK_TIMES = 2  # a pack's pairs are few and worth much: people wrote them, and people said what is right
HELD_OUT = 10  # one group in so many is kept for measuring


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that belong together; pairs of one `group` are never held against each other as wrong.

    `kind` says where the pair is from ("title-answer", "rqe", ...), for the report; `negatives` are texts that look
    like the positive and are known to be wrong for the anchor.
    """

    anchor: str
    positive: str
    group: str
    kind: str
    negatives: tuple[str, ...] = ()

    @property
    def held_out(self) -> bool:
        """True for the pairs that are kept for measuring: whole groups, chosen by their name's hash."""
        return held_out(self.group)


def held_out(group: str) -> bool:
    """True for one group in HELD_OUT, which nothing is trained on."""
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % HELD_OUT == 0


def record_pairs(records: Sequence[Record], rng: random.Random) -> Iterator[Pair]:
    """Title and answer, message and title, message and answer; and answers with pages of the same title elsewhere."""
    same: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        group = group_of(record)
        same[group].append(record)
        title, message = record.title.strip(), record.question.strip()
        answers = [answer.text for answer in record.answers if answer.text.strip()]
        for text in answers[:2]:
            if title:
                yield Pair(title, window(text, rng), group, "title-answer")
            if message:
                yield Pair(message[:WINDOW], passage(title, window(text, rng)), group, "message-answer")
        if title and message and key(title) != key(message):
            yield Pair(message[:WINDOW], title, group, "message-title")
    for group, alike in same.items():
        yield from _same_question(group, alike, rng)


def _same_question(group: str, records: Sequence[Record], rng: random.Random) -> Iterator[Pair]:
    """Each record's answer with the page of the next that asks the same: whole, and its title alone."""
    answered = [record for record in records if record.answers and record.title.strip()]
    if len({record.answers[0].text for record in answered}) < 2:
        return
    for record, other in zip(answered, answered[1:] + answered[:1], strict=True):
        asked = window(record.answers[0].text, rng)
        yield Pair(asked, passage(other.title, window(other.answers[0].text, rng)), group, "same-question")


def pack_pairs(pack: Pack, records: Mapping[str, Record]) -> Iterator[Pair]:
    """Each query of a pack with the records of its best grade: their title, or their first answer without one."""
    for query, grades in pack.qrels.items():
        best = max(grades.values(), default=0)
        for record_id, grade in grades.items():
            record = records.get(record_id)
            if grade == best > 0 and record is not None and query in pack.queries:
                text = record.title.strip() or record.question.strip() or record.answers[0].text
                for _ in range(PACK_TIMES):
                    yield Pair(pack.queries[query][: 2 * WINDOW], text[:WINDOW], group_of(record), pack.name)


def term_pairs(terms: Iterable[Term], rng: random.Random) -> Iterator[Pair]:
    """Of terms that people have words for: each synonym with the name, half of the time with the definition below it,
    and the name with its definition."""
    for term in terms:
        if not term.lay:
            continue
        for synonym in term.synonyms:
            explained = bool(term.definition) and rng.random() < 0.5
            yield Pair(synonym, passage(term.name, term.definition) if explained else term.name, term.id, "term")
        if term.definition:
            yield Pair(term.name, term.definition[:WINDOW], term.id, "definition")


def group_of(record: Record) -> str:
    """What a record asks: records with one title ask the same; one without is alone."""
    return key(record.title) or record.id


def key(text: str) -> str:
    """A text without case, punctuation and spacing."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def passage(title: str, text: str) -> str:
    """A text under its page's title, as passages are embedded."""
    return f"{title}\n{text}" if title.strip() else text


def window(text: str, rng: random.Random) -> str:
    """WINDOW characters of a text: mostly its start, else from a sentence further down."""
    starts = [0]
    if len(text) > 2 * WINDOW and rng.random() > FIRST_WINDOW:
        starts = [start for start, _ in sentences(text) if start < len(text) - WINDOW // 2]
    start = rng.choice(starts)
    return text[start : start + WINDOW]
