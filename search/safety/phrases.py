"""The gravest emergencies in Chinese, Spanish and French: the phrases of phrases.toml and where they stand."""

from __future__ import annotations

import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from search.safety.match import Token
from search.safety.text import WORD, plain

PHRASES = Path(__file__).with_name("phrases.toml")
LETTERS = "letters"  # the section that is no phrases: Traditional letters and the Simplified ones that stand for them
FIRST_HAN = "\u3400"  # from here on a letter is taken for a word of its own
GAP = 5  # words that `..` lets stand between
MANY = "10"  # stands for every number of two digits or more
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row (in Chinese, characters), once or with gaps between, and what they are: `told`, `named`, `asks`,
    `denials` or `idioms`."""

    role: str
    kind: str  # empty but for those told or named
    rows: tuple[tuple[str, ...], ...]


class Unit(NamedTuple):
    """A word or a Chinese character of a message, its characters there, and its clause and sentence."""

    word: str
    start: int
    end: int
    clause: int
    sentence: int


Table = Mapping[str, Sequence[Phrase]]  # by their first words


@cache
def load_phrases() -> Table:
    """The phrases of the table, filed under their first words."""
    filed: dict[str, list[Phrase]] = defaultdict(list)
    for role, kind, _, text in entries(tomllib.loads(PHRASES.read_text(encoding="utf-8"))):
        rows = tuple(
            tuple(part for _, word in WORD.findall(row) if word for part in parts(plain(word)))
            for row in text.split("..")
        )
        filed[rows[0][0]].append(Phrase(role, kind, rows))
    return filed


@cache
def simplified() -> Mapping[int, int]:
    """For each Traditional letter of the table the Simplified one that stands for it."""
    letters = tomllib.loads(PHRASES.read_text(encoding="utf-8"))[LETTERS]
    return str.maketrans(letters["traditional"], letters["simplified"])


def entries(table: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[str, str, str, str]]:
    """Role, kind, language and text of every phrase of the table."""
    for role, section in table.items():
        if role == LETTERS:
            continue
        kinds = section if role in ("told", "named") else {"": section}
        for kind, languages in kinds.items():
            for language, texts in languages.items():  # type: ignore[attr-defined]
                yield from ((role, kind, language, text) for text in texts)


def folded(word: str) -> str:
    """The word without its accents: `avalé` -> `avale`."""
    if word.isascii():
        return word
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter))


def told(tokens: Sequence[Token]) -> dict[str, list[Span]]:
    """The kinds that the phrases of a message name, each with its ranges of characters, in the order of the text."""
    able = possible(frozenset(word for token in tokens for word in parts(token.word)))
    if not any(phrase.kind for phrases in able.values() for phrase in phrases):
        return {}
    units = [unit for token in tokens for unit in split(token)]
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for at, unit in enumerate(units):
        for phrase in able.get(unit.word, ()):
            if end := end_of(phrase, units, at):
                found[phrase.role].append((at, end, phrase.kind))
    denied = {end for _, end, _ in found["denials"] if end < len(units) and units[end - 1].clause == units[end].clause}
    void = {place for at, end, _ in found["idioms"] for place in range(at, end)}
    void |= {place for at, end, _ in found["told"] if at in denied for place in range(at, end)}
    kinds: dict[str, list[Span]] = defaultdict(list)
    for at, end, kind in sorted(found["told"] if found["asks"] else found["told"] + found["named"]):
        if at not in denied and void.isdisjoint(range(at, end)):
            kinds[kind].append((units[at].start, units[end - 1].end))
    return kinds


def end_of(phrase: Phrase, units: Sequence[Unit], at: int) -> int:
    """Where the phrase that begins at a unit ends; 0 if it does not stand there. A gap holds no denial of one word."""
    end, gap = at, 0
    for row in phrase.rows:
        for start in range(end, end + gap + 1):
            last = start + len(row) - 1
            if last >= len(units) or units[last].sentence != units[at].sentence:
                return 0
            if units[start].clause == units[last].clause and all(
                units[start + i].word == word for i, word in enumerate(row)
            ):
                break
            if units[start].word in short_denials():
                return 0
        else:
            return 0
        end, gap = last + 1, GAP
    return end


@cache
def short_denials() -> frozenset[str]:
    """The denials of one word, in Chinese of one letter."""
    phrases = (phrase for phrases in load_phrases().values() for phrase in phrases if phrase.role == "denials")
    return frozenset(phrase.rows[0][0] for phrase in phrases if len(phrase.rows[0]) == 1)


def possible(present: frozenset[str]) -> Table:
    """The phrases all of whose words are among those of a message, filed under their first words."""
    table = load_phrases()
    near = {
        word: [phrase for phrase in table[word] if all(present.issuperset(row) for row in phrase.rows)]
        for word in table.keys() & present
    }
    return {word: phrases for word, phrases in near.items() if phrases}


def parts(word: str) -> Sequence[str]:
    """A plain word without its accents; one with Chinese letters as these, each Simplified; a large number as MANY."""
    if word.isascii():
        return (MANY if word[:2].isdigit() and len(word) > 1 else word,)
    if max(word) >= FIRST_HAN:
        return word.translate(simplified())
    return (folded(word),)


def split(token: Token) -> list[Unit]:
    """The parts of a word, each with its characters, clause and sentence."""
    words, place = parts(token.word), (token.clause, token.sentence)
    if len(words) == 1 or len(words) != token.end - token.start:
        return [Unit(word, token.start, token.end, *place) for word in words]
    return [Unit(word, token.start + i, token.start + i + 1, *place) for i, word in enumerate(words)]
