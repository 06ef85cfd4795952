"""Ages that a text states, in whole years, each with whose it is and where the words stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from search.people import AILS, BETWEEN, CHILD, HE, ROLE, ROLES, SEVERAL, SHE, SMALL, WRITER, YOUNG, Mention

ANYONE = "anyone"  # whom a description such as `54 male` speaks of: the one whom the message is about
OLDEST = 110  # years
GROWN = 14  # years; `my wife, 3 years` is no age
SHORT = 60  # letters before and after a number that are looked at
AMOUNTS = 200  # numbers of a text that are looked at, the first; a text of more lists measurements
ONES = {word: n for n, word in enumerate("one two three four five six seven eight nine".split(), 1)}
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
SAID = ONES | {word: n for n, word in enumerate(TEENS, 10)} | TENS
DECADES = {f"{word[:-1]}ies": n for word, n in TENS.items()} | {"teens": 10}
NUMBER_WORDS = "|".join(
    [rf"(?:{'|'.join(TENS)})[\s-]?(?:{'|'.join(ONES)})", *TENS, *sorted(TEENS, key=len)[::-1], *ONES]
)
N = rf"(?:(?<![\d.,/$£€'])(?<!\d[-–])\d{{1,3}}(?!\d)|\b(?:{NUMBER_WORDS})\b)"
HALF = r"(?:\.\d|\s?½|\s1/2|\s+and\s+(?:a\s+)?half)?"
YEARS = r"[\s-]{0,2}(?:years?|yrs?|yr's|y)\b\.?"
MONTHS = r"[\s-]{0,2}(?:weeks?|wks?|months?|mths?|days?)\b"
OLD = rf"(?:[\s-]{{0,2}}(?:and\s)?\d{{1,2}}{MONTHS})?[\s-]{{0,2}}(?:old|of\s+age|o)\b"
AMOUNT = re.compile(
    rf"(?P<full>(?P<n1>{N}){HALF}(?:{YEARS}{OLD}|\s?(?:yo|y/o|y\.o\.?)(?!\w)))"
    rf"|(?P<month>(?<![\d.,])\b(?:\d{{1,3}}|{SMALL})(?:\s?-\s?\d{{1,2}})?{HALF}{MONTHS}(?P<old>[\s-]{{0,2}}old\b)?)"
    rf"|(?P<unit>(?P<n2>{N}){HALF}{YEARS})"
    rf"|(?P<decade>(?P<part>\b(?:early|mid|late)[\s-]{{0,2}}(?:to[\s-](?:mid|late)[\s-])?)?"
    rf"(?:(?<!\d)(?P<n3>[1-9]0)'?s\b|\b(?P<n4>{'|'.join(DECADES)})\b))"
    rf"|\b[mf](?P<coded>\d{{2}})\b|(?P<bare>(?P<n5>{N}){HALF}(?![\w'%]))|\b(?P<sexed>\d{{2}})(?=[mf]\b)"
)
NOUN = "male|female|man|woman|boy|girl|lady|guy|gentleman"
IS = (
    r"(?:\s+is|'s|s(?=\s)|\s+will\s+(?:soon\s+)?be|'ll\s+be|\s+(?:has\s+)?(?:just\s+|recently\s+)?turned|\s+(?:is\s+)?turning|\s+turns"
    r"|\s+(?:is\s+)?going\s+to\s+be)"
)
SUBJECT = re.compile(
    r"(?:(?P<i>\b(?:i\s?am|i'm|im|i\s+m|(?:i'll|i\s+will)\s+(?:soon\s+)?be|i(?:'ve|\s+have)?\s+(?:just\s+|recently\s+)?turned"
    r"|my\s+age(?:\s*is|\s*[:=-])?)|(?:^|[.,!\n]\s*|\b(?:but|and|hello|hi|doctor)\s+)(?:am|(?:just|recently)\s+turned|turning)"
    r"|\bme(?=[\s,:(]{1,3}$)|\bi(?=\s?\($))"
    rf"|\b(?P<role>{ROLE})(?P<link>(?:[\s,(]{{1,3}}(?:who|that|she|he))?{IS}|[\s,(-]{{1,3}}(?:aged\s+|age\s+)?$|'s\s+age\s+is)"
    rf"|(?P<young>\bold\s+is\b)|\b(?P<pronoun>s?he){IS}|\b(?P<hers>her|his)\s+age\s*(?:is|:)"
    rf"|\b(?P<patient>(?:the|this|my)\s+(?:person|patient))\s+is"
    rf"|(?P<noun>\b(?:{NOUN})(?:\s+of|\s*[,/:(-])?|\b[mf]\s?[,/(-]|(?:^|[\s(])age\s*(?:/\s*sex)?\s*[:=-]|(?:^|[.,;:(\n])\s*aged?)"
    r"|(?P<start>(?:^(?:an?(?=\s+$))?|[.!?\n;:(\[,]|\b(?:hi|hello|doctor|sir|madam|as|because))(?=\s*(?:an?\s+)?$|\s*(?:almost|nearly)\s+$)"
    r"|\b(?:case\s+of|this\s+is)(?=\s+an?\s+$)|\bfor(?=\s+(?:an?\s+)?$))"
    r"|\b(?P<have>i\s+have)(?=\s+$)|\b(?P<has>have|has|got|with)(?=\s+an?\s+$)|\b(?P<own>my|our)(?=\s+(?:\w+\s+)?$))"
    rf"(?P<kind>\s+an?\s+(?:(?!(?:{BETWEEN}|mom|mother|father|dad)\b)[a-z-]+\s+){{1,3}}$)?(?:[\s,]+(?:now|just|only|currently|already|also|aged?|a|an))*[\s,(:-]*"
    r"(?P<near>\b(?:almost|nearly|turning|about\s+to\s+turn|approaching|nearing|going\s+on)\s+)?"
    r"(?P<within>\bin\s+(?:my|her|his|their|our|the)\s+)?$"
)
SOON = re.compile(r"will|'ll|turning|turns|going")
NEVER = re.compile(  # what stands before the subject where no age of today is stated
    r"\b(?:when|while|until|till|before|once|time|if|like|though|since|after|than|at|from|by|was|were|looks?|think|says?\s+like)"
    r"\s*(?:(?:at|the|an?|age|of|just)\s+)*$"
)
BEFORE_LABEL = re.compile(r"\b(?:bone|heart|lung|mental|gestational|brain|metabolic|body)\s*$")
MONTH_NAMES = "january|february|march|april|may|june|july|august|september|october|november|december"
FUNCTION = (
    r"and(?!\s+(?:a\s+)?half|\s+\d+\s+(?:days?|weeks?|months?))|with|but|now|who|i|i've|i'm|im|my|she|he|it|have|has|had|was"
    r"|been|weigh|diagnosed|married|unmarried|single|divorced|this|next|today|so|when|taking|from|living|since|because|can|can't"
    r"|cannot|won't|will|doesn't|does|don't|keeps?|gets?|feels?|complains|suffers|never|always|recently|just|is|isn't|started"
    r"|woke|takes|took|takes|cries|refuses|healthy|otherwise|very|lost|fell|got|developed|also|still|last|his|her|we|are"
    rf"|(?:fe)?male|wom[ae]n|m[ae]n|boy|girl|guy|lady|m|f|after|for\s+the|on\s+the|in\s+(?:good|{MONTH_NAMES})|fully|what|should|requires?|needs?|gender|sex|height|weight"
)
GOES_ON = re.compile(
    rf"\s*(?:$|[,;:!?)\]\n](?!\d)|\.+(?!\d)|-\s|[–—…&]|/\s?[mf]\b|(?:{FUNCTION})\b|(?!during|morning|evening)[a-z]{{2,16}}ing\b)"
)
PERSON = re.compile(
    rf"[\s,-]{{1,3}}(?:(?!(?:and|with|of|who|my|old|in|on|has|had|is|was|for|scar|to)\b)[\w/+'-]+\s+){{0,3}}?"
    rf"(?:(?:fe)?male\s+(?=(?:{ROLE})\b))?(?P<who>{ROLE}|{NOUN}|person|patient|student|m|f)\b"
)
SEXED = re.compile(rf"[\s,/(-]{{0,3}}(?:{NOUN}|m|f)\b(?!')")
STAGES = {"toddler": 2, "newborn": 0, "infant": 0, "teenager": 15, "teenage": 15}  # years within the same ten
STAGE = re.compile(rf"\b(?:{'|'.join(STAGES)})\b")


@dataclass(frozen=True, slots=True)
class Age:
    """A stated age: whose it is (a key of `search.people`, or ANYONE), in whole years, and where the words stand."""

    key: str
    years: int
    start: int
    end: int


def ages(text: str, people: list[Mention]) -> Iterator[Age]:
    """The ages that a text, in small letters with straight apostrophes, states of the people named in it."""
    named = {item.end - 2 * item.possessive: item for item in people}
    for item in people:
        if item.key != SEVERAL and (stage := STAGE.search(text, item.start, item.end)):
            yield Age(item.key, STAGES[stage.group()], item.start, item.end)
    for match in islice(AMOUNT.finditer(text), AMOUNTS):
        at = max(0, match.start() - SHORT)
        subject, after = SUBJECT.search(text[at : match.start()]), text[match.end() : match.end() + SHORT]
        key = _whose(match, subject, after, at, named) if subject and not _never(subject) else None
        if key is not None and subject and (years := _years(match, subject)) <= OLDEST:
            start = _start(subject, at, named) if _told(subject) else match.start()
            end = match.end() + (1 if match["sexed"] else 0)
            yield Age(key, years, start, end)


def _never(subject: re.Match[str]) -> bool:
    before = subject.string[: subject.start()]
    return bool(NEVER.search(before) or (subject["noun"] and BEFORE_LABEL.search(before)))


def _told(subject: re.Match[str]) -> bool:
    """Whether the words before an amount name the one whose age it is."""
    return any(subject[name] for name in ("i", "role", "pronoun", "hers", "patient", "noun"))


def _start(subject: re.Match[str], at: int, named: dict[int, Mention]) -> int:
    """Where the words that name the one whose age it is begin."""
    if subject["role"]:
        return named[at + subject.end("role")].start
    return at + subject.end() - len(subject.group().lstrip(" \n.,;:!?(["))


def _years(match: re.Match[str], subject: re.Match[str]) -> int:
    if match["month"]:
        amount = re.match(r"\d+", match["month"])
        months = int(amount.group()) if amount else 1
        return months // 12 if "month" in match["month"] or "mth" in match["month"] else 0
    said = next(n for n in match.group("n1", "n2", "n3", "n4", "n5", "coded", "sexed") if n)
    years = (
        int(said) if said.isdigit() else DECADES.get(said) or sum(SAID[w] for w in re.findall(r"[a-z]+", _apart(said)))
    )
    return years - 1 if subject["near"] or SOON.search(subject.group()) else years


def _apart(said: str) -> str:
    """`thirtyfour` in two words."""
    tens = next((word for word in TENS if said.startswith(word)), "")
    return f"{tens} {said[len(tens) :]}" if tens else said


def _whose(match: re.Match[str], subject: re.Match[str], after: str, at: int, named: dict[int, Mention]) -> str | None:
    """Whose age an amount is, by the words around it; None where it is none."""
    key = _key(subject, at, named)
    if key is None:
        return None
    person = PERSON.match(after)
    told = bool(subject["i"] or subject["role"] or subject["pronoun"] or subject["hers"] or subject["patient"])
    goes_on = bool(GOES_ON.match(after))
    if subject["own"] or subject["has"]:
        if not (match["full"] or match["old"]):
            return None
        if person and person["who"] in ROLES:
            return ROLES[person["who"]]
        verb = re.match(r"\s+([a-z']+)", after)
        return CHILD if not person and (goes_on or (verb and verb[1] in AILS)) else None
    if subject["have"]:
        return WRITER if (match["full"] and goes_on) or (match["full"] and "years" in match.group()) else None
    start = subject["start"] is not None
    if start and person and person["who"] in ROLES:
        key = ROLES[person["who"]]
    fits: object
    if match["full"] or match["old"]:
        fits = told or person or (goes_on and not re.search(r"\ban?\s*$", subject.group()))
    elif subject["kind"]:
        return None
    elif match["decade"]:
        fits = ((told or subject["noun"]) and (subject["within"] or match["part"])) or (
            start and match["part"] and goes_on
        )
    elif match["month"]:
        fits = key in YOUNG | {HE, SHE} and told and goes_on
    elif match["coded"]:
        fits = (start or told) and goes_on
    elif match["sexed"]:
        fits = not (key in YOUNG and after.startswith("m")) and GOES_ON.match(after[1:])
    elif start:
        fits = SEXED.match(after) or (subject["near"] and goes_on)
    elif match["unit"] and subject["role"] and key not in YOUNG:
        fits = goes_on and _years(match, subject) >= GROWN
    else:
        fits = goes_on or SEXED.match(after)
    return key if fits and not (subject["within"] and not match["decade"]) else None


def _key(subject: re.Match[str], at: int, named: dict[int, Mention]) -> str | None:
    if subject["i"]:
        return WRITER
    if subject["role"]:
        mention = named.get(at + subject.end("role"))
        return mention.key if mention else None
    if subject["pronoun"] or subject["hers"]:
        return SHE if (subject["pronoun"] or subject["hers"]) in ("she", "her") else HE
    return None if subject["young"] else ANYONE
