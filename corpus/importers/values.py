"""Values as exports write them, brought into the form that a record's JSON has."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Iterable
from itertools import islice

from corpus.records import TIME
from corpus.text import clean

DAY = re.compile(rf"(\d{{4}})[/.-](\d{{1,2}})[/.-](\d{{1,2}})(?:{TIME})?", re.ASCII)
MOST_LISTED = 30  # names in one message
PATIENT = re.compile(r"(patient|asker)[ _-]?name")
PERSON = re.compile(rf"((full|first|last|user)[ _-]?)?name|surname|patient|{PATIENT.pattern}")
STEM_LENGTH = 100  # an id has room for 200
SLUG_LENGTH = 80


def iso_day(text: str) -> str:
    """ISO date of `2012/1/15`, `2012.01.15` or `2012-01-15 08:30`; any other text as it is, for the record to judge."""
    found = DAY.fullmatch(text.strip())
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else text.strip()


def one_line(text: str) -> str:
    """The cleaned text on one line."""
    return " ".join(clean(text).split())


def tags(text: str) -> list[str]:
    """Tags of a list written as one text, parted by `;` or `|`, each once, in order."""
    return once(re.split(r"[;|]", text))


def once(texts: list[str]) -> list[str]:
    """The texts that say something, without the white space around them, each once, in order."""
    return list(dict.fromkeys(text.strip() for text in texts if text.strip()))


def listed(names: Collection[str]) -> str:
    """The names, parted by commas; of many the first, and how many more there are."""
    more = len(names) - MOST_LISTED
    return ", ".join(islice(names, MOST_LISTED)) + (f" and {more:,} more" if more > 0 else "")


def of_patient(names: Iterable[str], beside: bool) -> str:
    """The first of these names of columns or fields that is for a patient's name; empty if none is.

    `beside` an age or a sex, a plain `name` is that, too.
    """
    form = PERSON if beside else PATIENT
    return next((name for name in names if form.fullmatch(name.casefold())), "")


def slug(text: str) -> str:
    """The text in lower case ASCII letters and digits with `-` between words, at most 80 characters; may be empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].rstrip("-")


def stem_name(stem: str) -> str:
    """A file's stem with `-` for each run of characters that an id may not hold; `file` where none is left."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-")[:STEM_LENGTH] or "file"


def own_id(stem: str, value: object) -> str:
    """Stable id of an item that has none: the file's stem and 12 hex digits of SHA-1 over the item's JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return f"{stem_name(stem)}:{hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:12]}"
