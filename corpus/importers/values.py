"""Values as exports write them, brought into the form that a record's JSON has."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from itertools import islice
from shlex import quote
from typing import Any

from corpus.records import TIME
from corpus.text import clean

DAY = re.compile(rf"(\d{{4}})[/.-](\d{{1,2}})[/.-](\d{{1,2}})(?:{TIME})?", re.ASCII)
MOST_LISTED = 30  # names in one message
# Columns and fields by which a patient could be found, in small letters without spaces and marks.
PATIENT = re.compile(
    r"(patient|asker)(name|id|no|number)|(patient|asker|user)?(e?mail(address)?"
    r"|(home|work|cell|mobile|tele)?phone(no|number)?|mobile(no|number)?|tel|fax(no|number)?|(home|street|postal|mailing)?address(line)?|street|postcode|postalcode"
    r"|zip(code)?|dateofbirth|birth(date|day)|dob|ssn|socialsecurity(no|number)?|mrn|medicalrecord(no|number)"
    r"|nhs(no|number)|(health)?insurance(id|no|number)|passport(no|number)?|ip(address)?)\d*"
)
PERSON = re.compile(r"(full|first|last|user)?name|surname|patient")
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


def of_patient(values: Mapping[str, Any], beside: bool) -> str:
    """What is said of those columns or fields whose names, or a name in an object that they hold, tell who a patient
    is; empty if none does.

    `beside` an age or a sex, a plain `name` does, too.
    """
    found = [name for name, value in values.items() if value and _tells(name, value, beside)]
    options = " ".join(f"--without {quote(name)}" for name in found)
    return f"{listed(found)} would keep who a patient is; leave out what is a patient's: {options}" if found else ""


def _tells(name: str, value: Any, beside: bool = False) -> bool:
    plain = re.sub(r"[\W_]+", "", name).casefold()
    if PATIENT.fullmatch(plain) or (beside and PERSON.fullmatch(plain)):
        return True
    return isinstance(value, dict) and any(_tells(inner, item) for inner, item in value.items() if item)


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
