"""Plain facts that a text states about the person it is about, each with the words that state it; none is guessed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from corpus.records import age_band

MEDICINES = Path(__file__).with_name("medicines.toml")
OLDEST = 110  # years
DAYS = {"hour": 1 / 24, "day": 1, "night": 1, "week": 7, "month": 30, "year": 365, "yr": 365}
NUMBERS = {
    word: number
    for number, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
} | {"a": 1, "an": 1, "couple": 2, "few": 3, "several": 4}
NUMBER = rf"\d{{1,3}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))}"
UNIT = r"(?:hour|day|night|week|month|year|yr)s?"
NOT_YEARS = r"(?!\s*(?:weeks?|wks?|months?|days?|hours?|mins?|minutes?|kgs?|lbs?|pounds?|feet|ft|cm|mg|%|/|\.\d|pm|am))"
AGE = re.compile(
    rf"\b(?:i am|i'm|im|aged|age|turned)\s+(?P<said>\d{{1,3}})\b{NOT_YEARS}"
    r"|\b(?P<old>\d{1,3})[\s-]*(?:years?|yrs?|y)[\s/-]*(?:old\b|o\b)|\b(?P<yo>\d{1,3})\s?(?:yo|y/o)\b"
    r"|\b(?P<sexed>\d{2})\s?(?:f|m|female|male)\b"
    r"|\b(?P<baby>\d{1,2})[\s-]*(?:weeks?|months?|days?)[\s-]*old\b",
    re.IGNORECASE,
)
FEMALE = "female|woman|women|lady|girl"
MALE = "male|man|guy|boy"
SEX = re.compile(
    rf"\b(?:i am|i'm|im)\s+(?:a|an)?\s*(?:[\w-]+\s+){{0,5}}?(?P<self>{FEMALE}|{MALE})\b"
    rf"|\b\d{{1,3}}[\s-]*(?:years?|yrs?|y|yo|months?|weeks?|days?)?[\s/-]*(?:old|o)?[\s,-]*(?P<aged>{FEMALE}|{MALE}|f|m)\b"
    r"|\bmy\s+(?:[\w-]+\s+){0,3}?(?P<kin>wife|daughter|mother|mom|mum|sister|girlfriend|grandmother|son|husband|father|dad"
    r"|brother|boyfriend|grandfather)\b",
    re.IGNORECASE,
)
WOMEN = set("female woman women lady girl f wife daughter mother mom mum sister girlfriend grandmother".split())
PREGNANT = re.compile(
    r"(?P<no>\b(?:not|isn't|isnt|never(?: been)?|negative)\s+(?:\w+\s+)?pregnan(?:t|cy)\b"
    r"|\bpregnancy tests? (?:\w+ )?negative\b)"
    r"|\b(?:(?:am|i'm|im|is|are|currently|now|while|being|weeks?|months?)\s+(?:(?!not\b|never\b)\w+\s+)?pregnant|\d+\s*(?:weeks?|months?)"
    r"\s+into\s+(?:my|her|the)\s+pregnancy|pregnant\s+(?:woman|women|lady|and|with)|in\s+(?:my|her|the)\s+"
    r"(?:first|second|third|1st|2nd|3rd)\s+trimester)\b",
    re.IGNORECASE,
)
DURATION = re.compile(
    r"\b(?:for|since|over|past|last|about|nearly|almost|around)\s+(?:the\s+)?(?:about\s+|over\s+|past\s+|last\s+"
    rf"|nearly\s+|almost\s+|around\s+|more than\s+)*(?P<number>{NUMBER})\s+(?:of\s+)?(?P<unit>{UNIT})\b"
    r"(?!\s*(?:old|ago|pregnant))",
    re.IGNORECASE,
)
BODY = (
    "side|eye|eyelid|ear|arm|hand|wrist|finger|thumb|elbow|shoulder|leg|knee|ankle|foot|toe|hip|thigh|calf|heel|breast"
    "|testicle|kidney|lung|ovary|cheek|jaw|temple|nostril|lip|flank|groin|buttock|rib|chest|abdomen|neck|big toe|lobe"
)
SIDE = re.compile(
    rf"\b(?P<side>left|right)\b[\s-]*(?:hand\s+)?(?:(?:upper|lower|index|middle|ring|little|inner|outer)\s+)?(?:{BODY})s?\b",
    re.IGNORECASE,
)


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
    """What a text states, in its order; of kinds of which one can be true, only where all that it says agrees."""
    single = [fact for read in (_ages, _sexes, _pregnancies) for fact in _agreed(list(read(text)))]
    return [*single, *list(_durations(text))[:1], *_medicines(text), *_agreed(list(_sides(text)))]


def _agreed(found: list[Fact]) -> list[Fact]:
    return found[:1] if len({fact.value for fact in found}) == 1 else []


def _ages(text: str) -> Iterator[Fact]:
    for match in AGE.finditer(text):
        years = 0 if match["baby"] else int(next(n for n in match.group("said", "old", "yo", "sexed") if n))
        if years <= OLDEST:
            yield Fact(Kind.AGE, age_band(years), match.group())


def _sexes(text: str) -> Iterator[Fact]:
    for match in SEX.finditer(text):
        word = next(word for word in match.group("self", "aged", "kin") if word).casefold()
        yield Fact(Kind.SEX, "female" if word in WOMEN else "male", match.group())


def _pregnancies(text: str) -> Iterator[Fact]:
    for match in PREGNANT.finditer(text):
        yield Fact(Kind.PREGNANCY, "no" if match["no"] else "yes", match.group())


def _durations(text: str) -> Iterator[Fact]:
    for match in DURATION.finditer(text):
        said, unit = match["number"].casefold(), match["unit"].casefold().rstrip("s")
        days = NUMBERS.get(said, int(said) if said.isdigit() else 0) * DAYS[unit]
        if days:
            yield Fact(Kind.DURATION, f"{days:g}", match.group())


def _sides(text: str) -> Iterator[Fact]:
    for match in SIDE.finditer(text):
        yield Fact(Kind.SIDE, match["side"].casefold(), match.group())


def _medicines(text: str) -> Iterator[Fact]:
    known, seen = _known_medicines(), set()
    for match in re.finditer(r"[a-z][a-z-]{4,}", text, re.IGNORECASE):
        name = known.get(match.group().casefold())
        if name and name not in seen:
            seen.add(name)
            yield Fact(Kind.MEDICINE, name, match.group())


def medicine(word: str) -> str:
    """The usual name of a medicine that a word, in small letters, is one of the names of; empty if of none."""
    return _known_medicines().get(word, "")


@cache
def _known_medicines() -> dict[str, str]:
    names = tomllib.loads(MEDICINES.read_text(encoding="utf-8"))["names"]
    return {alias: name for name, aliases in names.items() for alias in (name, *aliases)}
