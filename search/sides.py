"""Sides of the body that a text states, each with the part that it is a side of; and which parts are near."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Parts of one line are near each other, so that left of one may be held against right of the other.
NEAR = (
    "eye eyelid eyebrow eyeball",
    "ear earlobe eardrum",
    "head temple scalp forehead",
    "face cheek jaw nostril nose lip jawline cheekbone",
    "tooth molar gum jaw",
    "neck tonsil throat",
    "neck shoulder collarbone armpit",
    "shoulder arm elbow forearm bicep",
    "forearm wrist hand finger thumb palm",
    "breast nipple armpit",
    "chest rib lung ribcage",
    "abdomen stomach belly tummy flank kidney ovary groin",
    "kidney flank back",
    "testicle groin scrotum testis",
    "hip buttock thigh groin",
    "thigh leg knee shin calf",
    "foot ankle heel toe",
)
PLURALS = {"teeth": "tooth", "feet": "foot", "ovaries": "ovary", "calves": "calf", "testes": "testis"}
LINES = tuple(frozenset(line.split()) for line in NEAR)
PARTS = "|".join(sorted({part for line in LINES for part in line} | set(PLURALS), key=len)[::-1])
WHERE = "upper|lower|index|middle|ring|little|inner|outer|big|front|back|hand|small|pinky|entire|whole"
OF = r"(?:my|his|her|the|our)"
SIDE = re.compile(
    rf"\b(?P<side>left|right)[\s-]{{1,3}}(?:hand\s+)?(?:side\s+)?(?:(?:{WHERE})\s+){{0,2}}(?P<part>{PARTS})s?\b"
    rf"|\b(?P<side2>left|right)[\s-]{{1,3}}(?:hand\s+)?(?:sided?\s+)?(?:of|on|in)\s+(?:{OF}\s+)?(?:(?:{WHERE})\s+)?(?P<part2>{PARTS})s?\b"
    rf"|\b(?P<part3>{PARTS})s?\s+(?:\w+\s+)?(?:on|at)\s+{OF}\s+(?P<side3>left|right)\b(?!\s+(?:{PARTS}|and|or))",
    re.IGNORECASE,
)


def sides(text: str) -> Iterator[tuple[str, str]]:
    """Each part of the body of which a text names one side only, as `left cheek`; and the words, word for word."""
    found: dict[str, dict[str, str]] = {}
    for match in SIDE.finditer(text):
        side = next(side for side in match.group("side", "side2", "side3") if side).lower()
        part = next(part for part in match.group("part", "part2", "part3") if part).lower()
        found.setdefault(PLURALS.get(part, part), {}).setdefault(side, match.group())
    for part, said in found.items():
        if len(said) == 1:
            yield from ((f"{side} {part}", words) for side, words in said.items())


def near(one: str, other: str) -> bool:
    """Whether two sides, such as `left cheek`, are of parts of the body that lie together."""
    parts = {one.split()[1], other.split()[1]}
    return len(parts) == 1 or any(parts <= line for line in LINES)
