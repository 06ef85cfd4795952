"""The emergency notice: whether a message describes an emergency, of what kind, and what to do first.

`python -m search.safety PHRASES ORDINARY` reports recall and false alarms over two tables of phrases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from search.safety.cases import cases
from search.safety.guess import guesses
from search.safety.match import Hit, Token
from search.safety.numbers import contacts
from search.safety.phrases import told
from search.safety.rules import LIKENESS, Rule, load
from search.safety.text import tokens
from search.spelling import Correction, corrected

__all__ = ["Urgent", "alike", "contacts", "guesses", "urgent"]


@dataclass(frozen=True, slots=True)
class Urgent:
    """A notice: its kind, what to do, whom to call, and the ranges of the message that led to it.

    `actions` are (label, number or words), the most useful first; `matched` are ranges (start, end) in the order of the
    text, none overlapping another, and none where likeness alone led to it; `also` names less pressing kinds that the
    message describes too, or the one that likeness took it for.
    """

    kind: str
    title: str
    text: str
    actions: tuple[tuple[str, str], ...]
    matched: tuple[tuple[int, int], ...]
    also: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The notice as plain values, as it stands in the answer to a search."""
        return {
            "kind": self.kind,
            "title": self.title,
            "text": self.text,
            "actions": [{"label": label, "number": number} for label, number in self.actions],
            "matched": [list(span) for span in self.matched],
            "also": list(self.also),
        }


def urgent(text: str, country: str = "", *readings: Sequence[Correction]) -> Urgent | None:
    """The notice for a message, or None where no rule is met, which does not say that it can wait.

    `country` is a code of emergency_numbers.toml; without one the notice says "your local emergency number". Where the
    message as it was typed raises nothing, it is read with the words put right that each of the `readings` puts right.
    Raises SearchError for a code that is not there.
    """
    whom = contacts(country)
    notice = _notice(text, whom)
    for meant in readings:
        if notice is None and meant and (found := _notice(corrected(text, tuple(meant)), whom)):
            notice = replace(found, matched=tuple(_as_typed(span, meant) for span in found.matched))
    return notice


def alike(kind: str, country: str = "") -> Urgent:
    """The notice for a message that no rule knows and that is like those of a kind, which says whom to call first."""
    rules = {rule.kind: rule for rule in load().rules}
    calls = dict.fromkeys((*rules[kind].call, *rules[LIKENESS].call))
    return _worded(rules[LIKENESS], contacts(country), calls, (), (kind,))


def _notice(text: str, whom: Mapping[str, tuple[str, str]]) -> Urgent | None:
    rules = load()
    words = tokens(text, rules.lexicon)
    found = [(rule, ranges(hits, words)) for rule, hits in cases(rules, words)]
    if not found and (kinds := told(words)):
        found = [(rule, joined(kinds[rule.kind])) for rule in rules.rules if rule.kind in kinds]
    if not found:
        return None
    rule, matched = found[0]
    calls = dict.fromkeys(call for each, _ in found for call in each.call)
    return _worded(rule, whom, calls, matched, tuple(each.kind for each, _ in found[1:]))


def _worded(
    rule: Rule,
    whom: Mapping[str, tuple[str, str]],
    calls: Iterable[str],
    matched: tuple[tuple[int, int], ...],
    also: tuple[str, ...],
) -> Urgent:
    return Urgent(
        kind=rule.kind,
        title=rule.title,
        text=" ".join(load().texts(rule.kind, also)).format(emergency=whom["emergency"][1], police=whom["police"][1]),
        actions=tuple(dict.fromkeys(whom[call] for call in calls)),
        matched=matched,
        also=also,
    )


def _as_typed(span: tuple[int, int], meant: Sequence[Correction]) -> tuple[int, int]:
    """Where a range of the corrected message stands in the message as it was typed; whole words of it."""
    start, end = span
    for item in meant:  # in the order of the text: what is before is where it was typed by now
        grown = len(item.right) - (item.end - item.start)
        start = max(item.start, start - grown) if start > item.start else start
        end = max(item.end, end - grown) if end > item.start else end
    return start, end


def ranges(hits: Sequence[Hit], words: Sequence[Token]) -> tuple[tuple[int, int], ...]:
    """Character ranges of places, in order, those that overlap joined."""
    return joined([(words[hit.first].start, words[hit.last].end) for hit in sorted(hits)])


def joined(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Ranges in the order in which they begin, those that overlap made one."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and start <= found[-1][1]:
            start, end = found[-1][0], max(end, found.pop()[1])
        found.append((start, end))
    return tuple(found)
