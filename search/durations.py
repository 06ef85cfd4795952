"""How long something is said to have lasted, in days."""

from __future__ import annotations

import re
from collections.abc import Iterator

DAYS = {"min": 1 / 1440, "hour": 1 / 24, "hr": 1 / 24, "day": 1, "night": 1, "week": 7, "wk": 7, "month": 30, "mth": 30}
DAYS |= {"year": 365, "yr": 365, "decade": 3650}
VAGUE = {"days": "2-14", "weeks": "14-90", "months": "60-730", "years": "730-36500", "decades": "7300-36500"}
NUMBERS = {
    word: number
    for number, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
} | {"a": 1, "an": 1, "couple": 2, "few": 3, "several": 4}
NUMBER = rf"\d{{1,3}}(?:\.\d)?|{'|'.join(sorted(NUMBERS, key=len, reverse=True))}"
UNIT = r"(?:hour|hr|day|night|week|wk|month|mth|year|yr|decade)s?"
ABOUT = r"(?:about|over|past|last|nearly|almost|around|more\s+than|at\s+least|approximately|the|these)"
NOT_LASTING = r"(?!\s*(?:old|ago|pregnant|before|later|earlier|apart|younger|older)|-olds?\b)"
DURATION = re.compile(
    rf"\b(?:for|since|over|past|last|about|nearly|almost|around)\s+(?:{ABOUT}\s+){{0,3}}(?:"
    rf"(?:a\s+)?(?P<number>{NUMBER})(?:(?:\s?-\s?|\s+(?:to|or)\s+)(?P<most>{NUMBER}))?(?P<half>\s+and\s+a\s+half)?[\s-]+(?:of\s+)?"
    rf"(?P<unit>{UNIT})\b{NOT_LASTING}"
    r"|(?<=for\s)(?:many\s+)?(?P<vague>days|weeks|months|years|decades)\b(?!\s+(?:old|ago|to\s+come)))",
    re.IGNORECASE,
)


def durations(text: str) -> Iterator[tuple[str, str]]:
    """Each stated duration, in days, as `21` or from least to most as `730-36500`; and the words, word for word."""
    for match in DURATION.finditer(text):  # casefold below: the pattern takes an old long s for an s
        if match["vague"]:
            yield VAGUE[match["vague"].casefold()], match.group()
            continue
        least, most = _number(match["number"]), _number(match["most"] or match["number"])
        days = ((least + most) / 2 + (0.5 if match["half"] else 0)) * DAYS[match["unit"].casefold().rstrip("s")]
        if days:
            yield f"{days:g}", match.group()


def span(days: str) -> tuple[float, float]:
    """The least and the most days of a duration."""
    least, _, most = days.partition("-")
    return float(least), float(most or least)


def _number(said: str) -> float:
    return NUMBERS.get(said.casefold(), 0) or (float(said) if said[0].isdigit() else 0)
