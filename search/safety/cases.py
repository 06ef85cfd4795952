"""Which rules a message meets, and at which places."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from search.safety.context import Context
from search.safety.look import Look
from search.safety.match import Hit, Token
from search.safety.rules import Rule, Rules, When

Case = tuple[Rule, tuple[Hit, ...]]


def cases(rules: Rules, words: Sequence[Token]) -> list[Case]:
    """The rules that a message meets, the most pressing first, each with the places that met it."""
    look = rules.matcher.look(words)
    hits = signs_of(rules, look)
    present = frozenset(hits)
    possible = [rule for rule in rules.rules if any(when.needs <= present for when in rule.whens)]
    if not possible:
        return []
    context = Context(words, look.places)
    free = (rule for rule in possible if not any(sign in hits for sign in rule.unless))
    met = ((rule, meets(rule, hits, context, words)) for rule in free)
    return pressing([(rule, places) for rule, places in met if places], hits)


def pressing(found: Sequence[Case], signs: Collection[str]) -> list[Case]:
    """Cases in the order of the table, but each behind the kinds that come before it with one of these signs."""
    places = {rule.kind: float(place) for place, (rule, _) in enumerate(found)}
    for rule, _ in found:
        later = [places[kind] + 0.5 for kind, sign in rule.behind.items() if sign in signs and kind in places]
        places[rule.kind] = max([places[rule.kind], *later])
    return sorted(found, key=lambda case: places[case[0].kind])


def signs_of(rules: Rules, look: Look) -> dict[str, list[Hit]]:
    """Places of the signs that can matter: the first of each way, and the others only where that one stands."""
    able = frozenset(look.tries)
    ways = [(rule, when) for rule in rules.rules for when in rule.whens if when.needs <= able]
    hits = look.hits({when.signs[0] for _, when in ways}) if ways else {}
    led = [(rule, when) for rule, when in ways if when.signs[0] in hits]
    others = {sign for rule, when in led for sign in (*when.signs, *when.without, *rule.unless, *rule.behind.values())}
    others -= hits.keys()
    return hits | look.hits(others) if others else hits


def meets(rule: Rule, hits: Mapping[str, Sequence[Hit]], context: Context, words: Sequence[Token]) -> tuple[Hit, ...]:
    """Places of the first way in which a rule is met, one a sign; empty where it is not met."""
    live: dict[str, list[Hit]] = {}
    for when in rule.whens:
        if not when.needs <= hits.keys() or any(sign in hits for sign in when.without):
            continue
        for sign in when.signs:
            if sign not in live:
                despite = rule.despite_of(sign)
                live[sign] = [hit for hit in hits[sign] if context.reasons(hit) <= despite]
        places = [live[sign] for sign in when.signs]
        if when.full:
            places = [[hit for hit in found if context.alone(hit)] for found in places]
        if found := nearest(when, places, words):
            return found
    return ()


def nearest(when: When, places: Sequence[Sequence[Hit]], words: Sequence[Token]) -> tuple[Hit, ...]:
    """One place for each sign, those that stand closest together, if that is close enough; else empty."""
    best: tuple[int, tuple[Hit, ...]] | None = None
    seen: dict[int, Hit] = {}
    events = sorted((hit, sign) for sign, found in enumerate(places) for hit in found)
    for hit, group in groupby(events, key=itemgetter(0)):
        fresh = {sign: hit for _, sign in group}
        for sign in fresh:  # one sign at a time: the same words do not count twice
            chosen = {**seen, sign: hit}
            span = width(when, chosen.values(), words) if len(chosen) == len(places) else None
            if span is not None and (best is None or span < best[0]):
                best = span, tuple(chosen[i] for i in range(len(places)))
        seen |= fresh
    return best[1] if best else ()


def width(when: When, hits: Collection[Hit], words: Sequence[Token]) -> int | None:
    """Words from the first to the last of some places; None where that is too far for the rule."""
    low, high = min(hit.first for hit in hits), max(hit.last for hit in hits)
    if when.words is not None and high - low >= when.words:
        return None
    return None if when.sentence and words[low].sentence != words[high].sentence else high - low
