"""Which specialty deals with a question, and which topics lie around a page: counted over the nearest records."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from corpus.records import Record
from search.hits import Share, Topic

FIRST_HITS = 10  # results that say which specialty answers such questions
LEAST = 0.1  # probability of the best of them, below which nothing is told: it would be the only voice
POWER = 2  # of a result's probability: what is surely the same question says more than several that are only near
EACH = 0.005  # what each of them counts besides: without it one that is barely near would outweigh all the others


def shares(first: Iterable[tuple[str, bool, float]]) -> tuple[Share, ...]:
    """Specialties of the first results, each weighed by how probably it asks and answers the same: p ** POWER + EACH.

    Largest share first, results without a specialty left out; none where no result is probable enough to tell. All of
    the first results count, not the close ones alone (docs/specialty.md has the figures). Each share comes with whether
    it was inferred; what is stated and what is inferred are never added up. Names compare without case; each is shown
    as its first result spells it.
    """
    first = list(first)
    if max((probability for _, _, probability in first), default=0) < LEAST:
        return ()
    names: dict[str, str] = {}
    weights: defaultdict[tuple[str, bool], float] = defaultdict(float)
    for name, inferred, probability in first:
        if name:
            weights[names.setdefault(name.casefold(), name), inferred] += probability**POWER + EACH
    total = sum(weights.values())
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Share(name, weight / total, inferred) for (name, inferred), weight in ranked)


def topics_around(page: Record, neighbors: Sequence[Record], k: int) -> tuple[Topic, ...]:
    """Topics that the neighbors carry and the page itself does not, most frequent first, at most k.

    Each comes with the specialty that most of the neighbors that carry it belong to. Topics compare without case.
    """
    own = {topic.casefold() for topic in page.topics}
    names: dict[str, str] = {}
    specialties: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for neighbor in neighbors:
        carried = {topic.casefold(): topic for topic in reversed(neighbor.topics)}  # each once, as it is spelt first
        for key, topic in reversed(carried.items()):
            if key not in own:
                names.setdefault(key, topic)
                specialties[key][neighbor.specialty] += 1
    found = [Topic(names[key], _most(counts), counts.total()) for key, counts in specialties.items()]
    nearest = {key: place for place, key in enumerate(names)}
    return tuple(sorted(found, key=lambda topic: (-topic.count, nearest[topic.topic.casefold()]))[:k])


def _most(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))
