"""Whether a question is in English, the one language that is read here: the spelling of no other is corrected."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("foreign.toml")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|[¿¡]")
ENOUGH = 2  # words of another language: one may be a name
LONG = 6  # letters of a word that is one of another language where nothing else was written
SHARE = 0.2  # of the words of an English message more than so many are of the list


def is_foreign(text: str) -> bool:
    """Whether most letters are of another alphabet, or more words tell of another language than of English."""
    letters = [letter for letter in text if letter.isalpha()]
    if sum("LATIN" not in unicodedata.name(letter, "") for letter in letters) > len(letters) / 2:
        return True
    words = [word.casefold().replace("’", "'") for word in WORD.findall(text)]
    enough = 1 if len(words) == 1 and len(words[0]) >= LONG else ENOUGH
    table = _words()
    english = sum(word in table["english"] for word in words)
    return any(
        (count := sum(word in known for word in words)) >= enough and count > english
        for language, known in table.items()
        if language != "english"
    )


def is_english(text: str) -> bool:
    """Whether enough of the words are small English ones, however the others are spelt."""
    words = [word.casefold().replace("’", "'") for word in WORD.findall(text)]
    return sum(word in _words()["english"] for word in words) > SHARE * len(words)


@cache
def _words() -> dict[str, frozenset[str]]:
    lists: dict[str, str] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {language: frozenset(words.split()) for language, words in lists.items()}
