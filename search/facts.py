"""Plain facts that a text states about the person it is about, each with the words that state it; none is guessed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from corpus.records import age_band
from search.ages import ANYONE, Age, ages
from search.durations import durations
from search.medicines import WORD, medicine
from search.patient import patient, pronouns, resolved
from search.people import CHILD, HE, SEXES, SHE, WRITER, Mention, mentions
from search.sexes import Sex, sexes
from search.sides import sides

COUNT = (  # "six", "31", "thirty-one"
    r"(?:(?:\d{1,2}|twenty|thirty|forty|\w+teen|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)[\s-]*){0,2}"
)
PREGNANT = re.compile(
    r"(?P<no>\b(?:not|isn't|isnt|never(?: been)?|negative)\s+(?:\w+\s+)?pregnan(?:t|cy)\b"
    r"|\bpregnancy tests? (?:\w+ )?negative\b)"
    rf"|\b(?:(?:am|i'm|im|is|are|currently|now|while|being|{COUNT}(?:weeks?|months?))\s+"
    r"(?:(?!(?:not|never|i|we|she|he|my)\b)\w+\s+)?"
    r"pregnant(?!\s+belly)"
    r"|(?:am|i'm|im|is)\s+(?:a\s+)?\d\d(?:[\s-]*(?:years?|yrs?|yo|y/o)(?:[\s-]*old)?)?(?:,|,? (?:and|&))\s+pregnant"
    r"|\d+\s*(?:weeks?|months?)\s+into\s+(?:my|her|the)\s+pregnancy|(?<!was\s)(?<!were\s)(?<!been\s)pregnant(?:\s+(?:woman|women|lady)|(?=\s+(?:and|with)\b))|in\s+(?:my|her|the)\s+"
    r"(?:first|second|third|1st|2nd|3rd)\s+trimester)\b",
    re.IGNORECASE,
)
DOUBTED = re.compile(  # what may stand before "I am pregnant" where that is not said to be so
    r"\b(?:if|whether|think|thought|thinks|feel|feels|feeling|afraid|scared|worried|hope|hoping|believe|suspect|maybe"
    r"|wonder|wondering|in case)\s+"
    r"(?:that\s+)?(?:(?:i|she|we)\s+|my\s+\w+\s+)?$",
    re.IGNORECASE,
)
LOOK_BACK = 40  # letters
SPOKEN_OF = re.compile(r"\b(?:pregnan(?:t|cy)|trimester|at (?:\d|[1-3]\d|4[0-2]) weeks)\b", re.IGNORECASE)
UNCLEAR = "unclear"  # the value of a pregnancy that is spoken of, where it is not told whose it is or whether it is one
STRAIGHT = {ord("’"): "'", ord("‘"): "'"} | {n: n + 32 for n in range(ord("A"), ord("Z") + 1)}


class Kind(StrEnum):
    """What a fact is about."""

    AGE = "age"
    SEX = "sex"
    PREGNANCY = "pregnancy"
    DURATION = "duration"
    MEDICINE = "medicine"
    SIDE = "side"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a text states: its kind, its value in a form that can be compared, and the words that state it."""

    kind: Kind
    value: str
    words: str


def facts(text: str) -> list[Fact]:
    """What a text states of the one whom it is about, kind by kind; of kinds of which one can be true, only where all
    that it says agrees. Age, sex and pregnancy are those of that one, and left out where it is unclear who that is; but
    a pregnancy that is spoken of is UNCLEAR then."""
    return [
        *_of_the_patient(text),
        *[Fact(Kind.DURATION, days, words) for days, words in durations(text)][:1],
        *_medicines(text),
        *[Fact(Kind.SIDE, side, words) for side, words in sides(text)],
    ]


def _of_the_patient(text: str) -> list[Fact]:
    small = text.translate(STRAIGHT)
    named = mentions(small)
    meant = pronouns(named, small)
    people = resolved(named, meant)
    told = list(ages(small, named))
    if CHILD not in {age.key for age in told} and any(_pregnancies(text, small, named, WRITER)):
        named = [item for item in named if item.ails or not small[item.start : item.end].endswith("baby")]  # unborn
        people = resolved(named, meant)
    aged = [replace(age, key=meant.get(age.key, age.key)) for age in told]
    about = patient(people, {age.key for age in aged} - {ANYONE, ""}, small)
    unclear = [Fact(Kind.PREGNANCY, UNCLEAR, match.group()) for match in [SPOKEN_OF.search(text)] if match]
    if not about:
        return unclear
    sexed = [sex for sex in sexes(small, named, told) if meant.get(sex.key, sex.key) in (about, ANYONE)]
    mine = [age for age in aged if age.key == about or (age.key == ANYONE and _fits(age, about, sexed))]
    pregnancies = _agreed(list(_pregnancies(text, small, people, about)))
    sex = _agreed([Fact(Kind.SEX, item.sex, text[item.start : item.end]) for item in sexed])
    return [
        *_agreed([Fact(Kind.AGE, age_band(age.years), text[age.start : age.end]) for age in mine]),
        *sex,
        *(pregnancies if pregnancies and not any(fact.value == "male" for fact in sex) else unclear),
    ]


def _fits(age: Age, about: str, sexed: list[Sex]) -> bool:
    """Whether an age of nobody named may be that of a relative: where the sex said with it is the relative's."""
    if about in (WRITER, HE, SHE):
        return True
    return any(sex.key == ANYONE and sex.start == age.start and sex.sex == SEXES.get(about) for sex in sexed)


def _agreed(found: list[Fact]) -> list[Fact]:
    return found[:1] if len({fact.value for fact in found}) == 1 else []


def _pregnancies(text: str, small: str, people: list[Mention], about: str) -> Iterator[Fact]:
    """What is said of a pregnancy, where the last who is named before is the one whom the text is about, or nobody."""
    starts = [item.start for item in people]
    for match in PREGNANT.finditer(small):
        if not match["no"] and DOUBTED.search(small[: match.start()][-LOOK_BACK:]):
            continue
        before = bisect_right(starts, match.start() + 1)
        if not before or people[before - 1].key == about:
            yield Fact(Kind.PREGNANCY, "no" if match["no"] else "yes", text[match.start() : match.end()])


def _medicines(text: str) -> Iterator[Fact]:
    seen = set()
    for match in WORD.finditer(text):
        name = medicine(match.group().lower())
        if name and name not in seen:
            seen.add(name)
            yield Fact(Kind.MEDICINE, name, match.group())
