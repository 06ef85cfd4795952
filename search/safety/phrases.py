"""The gravest emergencies in Chinese, Spanish and French: the literal phrases of phrases.toml and where they stand."""

from __future__ import annotations

import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from search.safety.match import Token
from search.safety.text import WORD, plain

PHRASES = Path(__file__).with_name("phrases.toml")
CHINESE = "zh"
FIRST_HAN = "\u3400"  # from here on a letter is taken for a word of its own
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row (in Chinese, characters), and what they are: `told`, `named`, `asks`, `denials` or `idioms`."""

    role: str
    kind: str  # empty but for those told or named
    words: tuple[str, ...]


Table = Mapping[str, Sequence[Phrase]]  # by their first words


@cache
def load_phrases(path: Path = PHRASES) -> Table:
    """The phrases of the table, filed under their first words."""
    filed: dict[str, list[Phrase]] = defaultdict(list)
    for role, kind, language, text in entries(tomllib.loads(path.read_text(encoding="utf-8"))):
        words = (
            tuple(text) if language == CHINESE else tuple(folded(plain(word)) for _, word in WORD.findall(text) if word)
        )
        filed[words[0]].append(Phrase(role, kind, words))
    return filed


def entries(table: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[str, str, str, str]]:
    """Role, kind, language and text of every phrase of the table."""
    for role, section in table.items():
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
    able = possible(frozenset(word for token in tokens for word in parts(token)))
    if not any(phrase.kind for phrases in able.values() for phrase in phrases):
        return {}
    units = [unit for token in tokens for unit in split(token)]
    words = [word for word, _, _, _ in units]
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for at, word in enumerate(words):
        for phrase in able.get(word, ()):
            end = at + len(phrase.words)
            if tuple(words[at:end]) == phrase.words and units[at][3] == units[end - 1][3]:
                found[phrase.role].append((at, end, phrase.kind))
    denied = {end for _, end, _ in found["denials"] if end < len(units) and units[end - 1][3] == units[end][3]}
    idiomatic = {place for at, end, _ in found["idioms"] for place in range(at, end)}
    kinds: dict[str, list[Span]] = defaultdict(list)
    for at, end, kind in sorted(found["told"] if found["asks"] else found["told"] + found["named"]):
        if at not in denied and idiomatic.isdisjoint(range(at, end)):
            kinds[kind].append((units[at][1], units[end - 1][2]))
    return kinds


def possible(present: frozenset[str]) -> Table:
    """The phrases all of whose words are among those of a message, filed under their first words."""
    table = load_phrases()
    near = {
        word: [phrase for phrase in table[word] if present.issuperset(phrase.words)] for word in table.keys() & present
    }
    return {word: phrases for word, phrases in near.items() if phrases}


def parts(token: Token) -> Sequence[str]:
    """A word without its accents; a Chinese one as its characters."""
    return token.word if token.word[0] >= FIRST_HAN else (folded(token.word),)


def split(token: Token) -> list[tuple[str, int, int, int]]:
    """The parts of a word, each with its characters and its clause."""
    if len(words := parts(token)) == 1 or len(words) != token.end - token.start:
        return [(word, token.start, token.end, token.clause) for word in words]
    return [(word, token.start + i, token.start + i + 1, token.clause) for i, word in enumerate(words)]
