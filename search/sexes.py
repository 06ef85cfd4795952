"""The sex that a text states of the people named in it, each with whose it is and where the words stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from search.ages import ANYONE, NOUN, Age
from search.people import ROLE, ROLES, SEXES, WRITER, Mention

WOMEN = frozenset("female woman lady girl f mother mom mum wife grandmother".split())
NOUNS = f"{NOUN}|mother|mom|mum|wife|father|dad|husband|grandmother|grandfather"
BETWEEN = (
    "to|with|by|for|in|of|at|on|dating|seeing|and|that|not|no|like|my|her|his|the|a|an|attracted|into|who|from|about|having|is|was"
    "|so|if|but|or|both|trans|transgender|your|this|i|when|than|as|never|only|looking"
)
SELF = re.compile(
    r"\b(?:(?:i\s?am|i'm|im|i\s+m)\b|(?:^|\n|[.,!]\s)(?:am|me)\b)[\s:,(]{1,3}(?:(?:also|just|currently|only)\s+)?"
    rf"(?P<a>an?\s+)?(?P<more>(?:(?!(?:{BETWEEN})\b)[\w/+'-]+[\s,]+){{0,6}}?)(?P<word>{NOUNS})\b(?!')"
)
AS_A = re.compile(rf"\bas\s+an?\s+(?:(?!(?:{BETWEEN})\b)[\w/+'-]+\s+){{0,3}}?(?P<word>female|male|woman|man)\b(?!')")
LABEL = re.compile(r"\b(?:sex|gender)\s*(?:is\s+)?[:=-]?\s*(?P<word>female|male|f|m)\b")
AFTER = re.compile(rf"[\s,/(-]{{0,3}}(?:(?!(?:{BETWEEN})\b)[\w/+'-]+\s+){{0,3}}?(?P<word>{NOUNS}|{ROLE}|m|f)\b(?!')")
NEAR_M = re.compile(r"[\s,/(-]{0,3}(?P<word>m|f)\b(?!')")
IN_AGE = re.compile(rf"(?<!['\w])(?:(?P<word>{NOUN}|m|f)\b|(?P<code>[mf])(?=\d{{2}}\b))|\d(?P<end>[mf])$")


@dataclass(frozen=True, slots=True)
class Sex:
    """A stated sex: whose it is (a key of `search.people`, or ANYONE), the sex, and where the words stand."""

    key: str
    sex: str
    start: int
    end: int


def sexes(text: str, people: list[Mention], stated: list[Age]) -> Iterator[Sex]:
    """The sexes that a text, in small letters with straight apostrophes, states of the people named in it."""
    for form in (SELF, AS_A):
        for match in form.finditer(text):
            if form is AS_A or match["a"] or match["word"] in ("male", "female") or re.search(r"\d", match["more"]):
                yield Sex(WRITER, _sex(match["word"]), match.start() + _blank(match), match.end())
    for match in LABEL.finditer(text):
        yield Sex(ANYONE, _sex(match["word"]), match.start(), match.end())
    for age in stated:
        yield from _beside(text, age)
    for item in people:
        if item.key in SEXES:
            end = item.start + len(text[item.start : item.end - 2 * item.possessive].rstrip())
            yield Sex(item.key, SEXES[item.key], item.start, end)


def _beside(text: str, age: Age) -> Iterator[Sex]:
    """The sex said with an age: `54 male`, `F, 29`."""
    if match := IN_AGE.search(text, age.start, age.end):
        yield Sex(age.key, _sex(match["word"] or match["code"] or match["end"]), age.start, age.end)
    after = text[age.end : age.end + 60]
    match = AFTER.match(after)
    if match and (len(match["word"]) > 1 or NEAR_M.match(after)):
        word = match["word"]
        sex = SEXES.get(ROLES.get(word, ""), "") if word in ROLES else _sex(word)
        if sex:
            yield Sex(age.key, sex, age.start, age.end + match.end())


def _blank(match: re.Match[str]) -> int:
    return len(match.group()) - len(match.group().lstrip(" \n.,!"))


def _sex(word: str) -> str:
    return "female" if word in WOMEN else "male"
