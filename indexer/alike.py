"""Two places of one index held against each other: what they count, and what they answer to the same questions."""

from __future__ import annotations

import random
from collections.abc import Iterator

from search.engine import Engine
from search.errors import IndexRefused
from search.hits import MAX_QUESTION_CHARS, Question
from search.layout import Manifest

ASKED = 40  # records whose titles and messages are asked at both
SHOWN = 10  # results of each that are compared
LEAST_SHARED = 0.98  # of them that must be the same, over all questions: a graph may miss one now and then;
LEAST_DEGRADED = 0.8  # where either place says that something is missing, as a server without BM25: .89 of bare names


def compare(before: Manifest, after: Manifest, engines: tuple[Engine, Engine]) -> Iterator[str]:
    """A line for each thing that is alike at both. Raises IndexRefused with the first that is not.

    Closes the engines.
    """
    for what in ("records", "passages", "corpus"):
        expected, found = getattr(before, what), getattr(after, what)
        if expected != found:
            raise IndexRefused(f"the copy differs: {what}: expected {expected}, found {found}; nothing was published")
    yield f"compared: {before.records:,} records and their hash, {sum(before.passages.values()):,} passages: the same"
    source, copied = engines
    chance = random.Random(before.id)
    ids = sorted(source.ids())
    shared = first = total = questions = 0
    for record_id in chance.sample(ids, min(ASKED, len(ids))):
        record = source.record(record_id)
        if copied.record(record_id) != record:
            raise IndexRefused(f"the copy differs: record {record_id} says something else; nothing was published")
        for text in (record.title, record.question):
            if not text.strip():
                continue
            question = Question(text[:MAX_QUESTION_CHARS], k=SHOWN)
            one, other = ([hit.record.id for hit in engine.search(question).hits] for engine in engines)
            shared += len(set(one) & set(other))
            total += len(one)
            first += one[:1] == other[:1]
            questions += 1
    missing = (*source.missing, *copied.missing)
    source.close()
    copied.close()
    share, least = shared / total if total else 1.0, LEAST_DEGRADED if missing else LEAST_SHARED
    if share < least:
        raise IndexRefused(
            f"the copy differs: of the first {SHOWN} results of {questions} questions {share:.1%} are the same, "
            f"at least {least:.0%} must be; nothing was published"
        )
    yield (
        f"compared: the texts of {min(ASKED, len(ids))} records: the same; answers to {questions} questions: "
        f"{share:.1%} of the first {SHOWN} results the same, the first one at {first} of {questions}"
    )
    yield from dict.fromkeys(missing)
