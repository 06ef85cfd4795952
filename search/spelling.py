"""Spelling: words of a question that nobody knows, and the known word that was meant where one stands out."""

from __future__ import annotations

import math
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from search.foreign import is_english
from search.lexical import stem
from search.vocabulary import Vocabulary, edits_between

INFORMAL = Path(__file__).with_name("informal.toml")
PIECE = re.compile(r"[^\s,;:/()\[\]{}?!…\"“”]+")
# A word with a digit, a capital inside, a hyphen or a letter of another alphabet is left alone: a name, a number, an
# abbreviation, a compound.
CORE = re.compile(r"[.'‘*]*([A-Za-z][a-z]{3,})(?:['’]s)?[.'’*]*")
SHORTEST = 4  # letters of a word that is corrected, as in CORE
CHUNK = re.compile(r"\S+")
ADDRESS = re.compile(r"\S*(?:@|://|www\.)\S*")
SENTENCE_END = re.compile(r"[.?!:\n]\s*\Z")
MOST_STRANGE = 6  # different words that nobody knows;
STRANGE_SHARE = 0.3  # more than these, and more than this share of all, are no slips but another language;
STRANGE_ENGLISH = 0.5  # and where the small words are English, more than this share are a list of names
TWO_EDITS, THREE_EDITS = 6, 8  # letters from which a word may be so many edits away

SHORTEST_PART = 3  # letters of a word that another may be run together from
COMMON = 3000  # how often such a word is met at least
CONTRARY = (("hypo", "hyper"), ("micro", "macro"))  # beginnings of words that mean the opposite of each other
ENDINGS = frozenset("y ly ed ing er ish less ness ic al able ful".split())
SOUNDS = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        ("^p(?=[sn])|^[kg](?=n)", ""),
        ("ph", "f"),
        ("ck|qu?|ch|c(?![eiyh])", "k"),
        ("c(?=[eiy])|z", "s"),
        ("x", "ks"),
        ("(?<=[rwgt])h", ""),
        (r"(.)\1+", r"\1"),
        ("[aeiouy]+", "a"),
    )
)
BRITISH = re.compile("(?<=[a-z])(?:a(?=e)|o(?=e)|u(?=r))")

# A candidate's score is the logarithm (base 10) of its frequency less what its edits cost: how much rarer a word may
# be and still be meant, if it is one edit nearer. Edits that one does not hear cost less.
EDIT = 1.6
HEARD = 1.3  # on top, for each edit that changes how the word sounds, none for letters that changed places
OTHER_START = 1.5  # on top, for another first letter
OTHER_NUMBER = 0.5  # on top, for a singular instead of what looks like a plural
SHORT = 5  # letters of a word for which more is asked, as many others are near to it:
LEAST_SHORT = 2.5  # score;
LEAST = 0.0  # score; below it nothing is likely enough
MARGIN = 0.5  # by which the best must lead: three times as likely as the second


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of a question, characters `start` to `end` of it, and the word that was searched instead."""

    wrong: str
    right: str
    start: int
    end: int


class Spelling:
    """Corrects questions by a vocabulary. Immutable."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def corrections(self, text: str) -> tuple[Correction, ...]:
        """What to correct in a text, in its order; a word for which no known one stands out is left alone."""
        places = [(start, end, text[start:end].lower()) for start, end in _places(text)]
        strange = {word for word in {word for _, _, word in places} if not self._vocabulary.knows(word)}
        share = STRANGE_ENGLISH if is_english(text) else STRANGE_SHARE
        if len(strange) > max(MOST_STRANGE, share * len({word for _, _, word in places})):
            return ()
        meant = {word: self.meant(word) for word in strange}
        found = []
        for start, end, word in places:
            if right := meant.get(word):
                found.append(Correction(text[start:end], _cased(right, text[start:end]), start, end))
        return tuple(found)

    def meant(self, word: str) -> str | None:
        """The known word that an unknown one stands for; None where none does, or two are about as likely."""
        if word in _informal():
            return _informal()[word]
        return self._chosen(word, list(self._vocabulary.near(word, self._most(word))))

    def meant_each(self, words: Iterable[str]) -> dict[str, str | None]:
        """The same for each of many words, sooner."""
        alike: defaultdict[tuple[str, int, int], list[str]] = defaultdict(list)
        informal = _informal()
        found: dict[str, str | None] = {}
        for word in words:
            if word in informal:
                found[word] = informal[word]
            else:
                alike[word[:1], len(word), self._most(word)].append(word)
        for (_, _, most), some in alike.items():
            for word, near in zip(some, self._vocabulary.near_each(some, most), strict=True):
                found[word] = self._chosen(word, near)
        return found

    def _most(self, word: str) -> int:
        """How many edits away the word that is meant may be."""
        if len(word) < TWO_EDITS or self._made_of_known(word):
            return 1
        return 2 + (len(word) >= THREE_EDITS)

    def _chosen(self, word: str, near: Sequence[tuple[str, int]]) -> str | None:
        """The one of the words near to it that stands out; None where none does."""
        near = [(other, edits) for other, edits in near if not _contrary(word, other)]
        nearest = min((edits for _, edits in near), default=0)
        scored = sorted((self._score(word, other, edits), other) for other, edits in near if edits <= nearest + 1)
        if not scored or scored[-1][0] < (LEAST if len(word) > SHORT else LEAST_SHORT):
            return None
        best, right = scored[-1]
        rival = next((score for score, other in reversed(scored[:-1]) if not _same_word(other, right)), -math.inf)
        return right if best - rival >= MARGIN else None

    def _made_of_known(self, word: str) -> bool:
        """Whether a word is two known ones run together, or one with an ending: rather new than far from another."""
        return any(
            self._vocabulary.frequency(word[:at]) >= COMMON
            and (word[at:] in ENDINGS or self._vocabulary.frequency(word[at:]) >= COMMON)
            for at in range(SHORTEST_PART, len(word))
            if len(word) - at >= SHORTEST_PART or word[at:] in ENDINGS
        )

    def _score(self, word: str, other: str, edits: int) -> float:
        swapped = sorted(word) == sorted(other)
        heard = 0 if swapped else min(edits, edits_between(sound(word), sound(other)))
        cost = EDIT * edits + HEARD * heard + OTHER_START * (word[0] != other[0])
        cost += OTHER_NUMBER * (word[-1] == "s" != other[-1])
        return math.log10(self._vocabulary.frequency(other)) - cost


@cache
def _informal() -> dict[str, str]:
    found: dict[str, str] = tomllib.loads(INFORMAL.read_text(encoding="utf-8"))["words"]
    return found


def corrected(text: str, corrections: tuple[Correction, ...]) -> str:
    """The text with its corrections made."""
    pieces, at = [], 0
    for item in corrections:
        pieces += [text[at : item.start], item.right]
        at = item.end
    return "".join([*pieces, text[at:]])


def sound(word: str) -> str:
    """About how a word sounds: letters that sound alike are one, doubled ones single, and every vowel is `a`."""
    for pattern, instead in SOUNDS:
        word = pattern.sub(instead, word)
    return word


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Where the words stand that may be misspelt. A capital counts as a name's where it does not begin a sentence."""
    small = text.lower() if text.isupper() else text
    small = small if len(small) == len(text) else text
    first = len(small) - len(small.lstrip())
    for chunk in CHUNK.finditer(small):
        word = chunk.group()
        if word.isascii() and word.isalpha() and word.islower():  # as most are
            if len(word) >= SHORTEST:
                yield chunk.span()
            continue
        if ADDRESS.fullmatch(word):
            continue
        for piece in PIECE.finditer(word):
            core = CORE.fullmatch(piece.group())
            if core is None:
                continue
            start = chunk.start() + piece.start() + core.start(1)
            begins = start == first or SENTENCE_END.search(small[max(0, start - 3) : start])
            if core[1][0].isupper() and not begins:
                continue
            yield start, start + len(core[1])


def _cased(right: str, wrong: str) -> str:
    if wrong.isupper():
        return right.upper()
    return right.capitalize() if wrong[0].isupper() else right


def _contrary(word: str, other: str) -> bool:
    """Whether the beginnings of two words say opposite things: of too little, and of too much."""
    return any(
        (word.startswith(one) and other.startswith(two)) or (word.startswith(two) and other.startswith(one))
        for one, two in CONTRARY
    )


def _same_word(one: str, other: str) -> bool:
    """Whether two words are forms of one, or its British and its American spelling."""
    return stem(one) == stem(other) or BRITISH.sub("", one) == BRITISH.sub("", other)
