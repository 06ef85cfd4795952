"""The lines of a Q&A page, told apart by their form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.importers.values import iso_day, once

SECTIONS = ("More Info", "Similar Q&A", "Related FAQ")
ASK_DATE = re.compile(r"(?:^|\s)Ask Date\s*[:：]\s*(?P<day>.*)$", re.IGNORECASE)
AGE = re.compile(
    r"\b(?P<low>\d{1,3})\s*(?:(?:[~～〜–—-]|to)\s*(?P<high>\d{1,3})|\+)?[\s-]*years?[\s-]+old\b", re.IGNORECASE
)
SEX = re.compile(r"\b(?:fe)?male\b", re.IGNORECASE)
BARE_ASKER = re.compile(rf"[^,]{{0,80}},\s*{AGE.pattern}\s*(?:{SEX.pattern})?\.?", re.IGNORECASE)
# Where the date has a line of its own, less of a form tells the asker above it.
ABOVE_DATE = re.compile(rf"(?:[^,]{{0,80}},\s*)?(?:{AGE.pattern}\s*(?:{SEX.pattern})?|{SEX.pattern})\.?", re.IGNORECASE)
DATE_BELOW = re.compile(r"^((?:Ask|Reply) Date ?[:：])\n+(?=\d)", re.IGNORECASE | re.MULTILINE)
NAME_WORDS = 5  # of the asker's name at most; what is longer is a message
ROLES = "Dr|Doctor|Prof|Professor|Physician|Pharmacist|Dietitian|Nutritionist|Psychologist|Therapist|Counselor|Nurse"
REPLY = re.compile(
    rf"(?P<responder>(?:{ROLES})\b\.?(?:\s[^:;!?]{{1,60}}?)?)\s+reply(?:\s+(?P<specialty>(?![a-z])[^.:;!?]{{1,80}}))?"
)
REPLY_DATE = re.compile(r"Reply Date\s*[:：]\s*(?P<day>.*)", re.IGNORECASE)
READ_MORE = re.compile(r"\s*\[Read More\]\s*", re.IGNORECASE)
TOPIC = re.compile(r"(?P<name>.*?)\s*[(（][^()（）]*[)）]")


@dataclass(frozen=True, slots=True)
class AskerLine:
    """What the asker line says but for the name; `first` and `last` are the numbers of the lines it takes.

    `crowded` where it says more than a line about the asker does.
    """

    who: dict[str, str]
    asked: str
    first: int
    last: int
    crowded: bool = False


def sections(lines: Sequence[str]) -> dict[str, list[str]]:
    """The lines below each heading, those above the first one as `head`; a section that is missing is empty."""
    found: dict[str, list[str]] = {name: [] for name in ("head", *SECTIONS)}
    current, met = "head", set()
    for line in lines:
        name = re.sub(r"\s*&\s*", "&", line.rstrip(":"))
        if name in SECTIONS and name not in met:
            current = name
            met.add(name)
        else:
            found[current].append(line)
    return found


def find_asker(lines: Sequence[str]) -> AskerLine | None:
    """The first line with an Ask Date; else one of the asker line's form with nothing but replies below; else None."""
    for number, line in enumerate(lines):
        if dated := ASK_DATE.search(line):
            who, first = line[: dated.start()].strip(), number
            above = max((at for at in range(number) if lines[at]), default=0)
            if not who and ABOVE_DATE.fullmatch(lines[above]):
                who, first = lines[above], above
            crowded = len(re.findall(r"\w\S*", SEX.sub("", AGE.sub("", who)))) > NAME_WORDS
            return AskerLine(_who(who), iso_day(dated["day"]), first, number, crowded)
    for number, line in enumerate(lines):
        below = next((lines[at] for at in range(number + 1, len(lines)) if lines[at]), "")
        # What stands below tells it from the patient's own "Hello, 40 year old male."
        if BARE_ASKER.fullmatch(line) and (not below or is_reply(below)):
            return AskerLine(_who(line), "", number, number)
    return None


def _who(text: str) -> dict[str, str]:
    sexes = SEX.findall(text)
    who = {"sex": sexes[-1].lower()} if sexes else {}
    age = AGE.search(text)
    return who | ({"age": f"{age['low']}-{age['high'] or age['low']}"} if age else {})


def is_dated(line: str) -> bool:
    """True for a line with an Ask Date."""
    return ASK_DATE.search(line) is not None


def is_reply(line: str) -> bool:
    """True for a line such as `Dr. Hou Angting reply Family Medicine`."""
    return REPLY.fullmatch(line) is not None


def replies(lines: Sequence[str]) -> list[dict[str, str]]:
    """The replies as JSON answers. Words that no `Dr. ... reply` line stands above are a reply of nobody known."""
    found: list[dict[str, str]] = []
    current: dict[str, str] | None = None
    for line in lines:
        if header := REPLY.fullmatch(line):
            current = {"text": "", **{name: text for name, text in header.groupdict().items() if text}}
            found.append(current)
        elif dated := REPLY_DATE.fullmatch(line):
            if current is not None:
                current["replied"] = iso_day(dated["day"])
            current = None
        elif line or current is not None:
            if current is None:
                current = {"text": ""}
                found.append(current)
            current["text"] += f"{line}\n"
    return [answer | {"text": answer["text"].strip()} for answer in found if answer["text"].strip()]


def read_more(lines: Sequence[str]) -> Iterator[list[str]]:
    """Blocks of lines that end at a `[Read More] <title>`, which is not part of them; the last may lack it."""
    block: list[str] = []
    ended = ""  # title of the block before, where its [Read More] stood alone: the next line may repeat it
    for line in lines:
        if line and line == ended:
            ended = ""
            continue
        text, *tail = READ_MORE.split(line, maxsplit=1)
        block.append(text)
        if tail:
            ended = "" if tail[0] else next(filter(None, block), "")
            yield block
            block = []
        elif text:
            ended = ""
    if any(block):
        yield block


def topics(lines: Sequence[str]) -> list[str]:
    """Topics of the Related FAQ without the specialty in brackets behind each, each once."""
    found = (TOPIC.fullmatch(line) for line in lines)
    return once([match["name"] if match else line for match, line in zip(found, lines, strict=True)])
