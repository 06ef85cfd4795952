"""Which of the people named in a message it is about, and so of whom what it states is true."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from search.people import HE, ROLE, SEVERAL, SEXES, SHE, WRITER, YOUNG, Mention

OTHERS = re.compile(  # a he or she may be one of these as well
    r"\b(?:doctors?|gp|dr|dentist|surgeon|therapist|nurse|counsell?or|psychiatrist|teacher|boss"
    r"|dog|puppy|cat|kitten|pet|horse)\b"
)
TOGETHER = re.compile(rf"\b(?:(?:{ROLE})\s+and\s+(?:i|me|we)|(?:i|me|myself)\s+and\s+my)\b")

COUPLE = re.compile(  # what is told of two who love or quarrel: it is of both, and nobody is ill
    r"\b(?:cheat(?:s|ed|ing)?|divorc\w+|marriage|relationship|affair|flirt\w*|jealous\w*|in love"
    r"|br(?:oke|eak|eaking) up|(?:loves?|hates?|trusts?|leav(?:e|es|ing)|left|accus\w+|ignor\w+|treats?|push\w*|abus\w+"
    r"|hits?|dumped|believes?|(?:yell|scream|mad|angry)\w* (?:at|with)|(?:lies?|lied|lying|talks?) to"
    r"|(?:fight|argu)\w* with|sex with|proud of) (?:me|us))\b"
)


def pronouns(found: list[Mention], text: str) -> dict[str, str]:
    """Who `she` and who `he` is: the one relative that it can be, SHE or HE where none is named, empty where it is
    unclear."""
    others = {item.key for item in found} - {WRITER, HE, SHE, SEVERAL}
    meant = {}
    for key in (SHE, HE):
        fitting = {other for other in others if SEXES.get(other, SEXES[key]) == SEXES[key]}
        meant[key] = fitting.pop() if len(fitting) == 1 else "" if fitting or OTHERS.search(text) else key
    return meant


def resolved(found: list[Mention], meant: dict[str, str]) -> list[Mention]:
    """The mentions with the relatives' keys in the place of he and she; without those where it is unclear."""
    return [replace(item, key=key) for item in found if (key := meant.get(item.key, item.key))]


def patient(found: list[Mention], aged: set[str], text: str) -> str:
    """The key of the one whom a message is about, `aged` being those whose age it states; empty if that is not told.

    It is whoever ails; of several, the one whose age alone is told and of whom most is said. Where nobody is said to
    ail, it is the writer who tells the own age alone, or the one relative of whom something is told."""
    others = {item.key for item in found} - {WRITER}
    ailing = Counter(item.key for item in found if item.ails)
    if not others:
        return WRITER
    if TOGETHER.search(text) or COUPLE.search(text):
        return WRITER if aged == {WRITER} else ""
    if len(ailing) == 1:
        return next(iter(ailing)) if SEVERAL not in ailing else ""
    if ailing:
        return _most(ailing, aged)
    if WRITER in aged:
        return WRITER if aged == {WRITER} else ""
    if others <= {HE, SHE} and len(others) < len({item.key for item in found}):
        return ""  # the writer and a stranger
    told = {item.key for item in found if item.acts} - {WRITER} | aged
    if len(told) == 1 or (not told and len(others) == 1):
        return (told or others).pop()
    return ""


def _most(ailing: Counter[str], aged: set[str]) -> str:
    only = next(iter(aged)) if len(aged) == 1 else ""
    rest = max((count for key, count in ailing.items() if key != only), default=0)
    if only == WRITER and not ailing.keys() & YOUNG:
        return only if ailing[only] >= rest else ""
    return only if only and ailing[only] >= 2 * rest else ""
