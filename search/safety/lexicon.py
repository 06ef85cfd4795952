"""Which classes a word belongs to: exact words, stems, number ranges, and words with one letter wrong."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

SHORTEST_STEM = 3
Reading = tuple[str, frozenset[int], bool, bool]  # a word, its classes, whether it opens a clause or may after "and"
NONE: frozenset[int] = frozenset()
LETTERS = "abcdefghijklmnopqrstuvwxyz"
NUMBER_RANGE = re.compile(r"#(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Which classes a word belongs to."""

    exact: Mapping[str, frozenset[int]]
    stems: Mapping[str, Sequence[tuple[str, frozenset[int]]]]  # by their first letters
    numbers: Sequence[tuple[float, float, int]]
    words: frozenset[str] = frozenset()  # as the rules spell them
    longest: int = 0  # letters of the longest of these
    memo: dict[str, Reading] = field(default_factory=dict, repr=False, compare=False)  # what was read before

    def classes(self, word: str) -> frozenset[int]:
        """Classes of a word in lower case; empty for a word that no pattern knows."""
        found = self.exact.get(word, NONE)
        for stem, classes in self.stems.get(word[:SHORTEST_STEM], ()):
            if word.startswith(stem):
                found |= classes
        if word[0] <= "9" or word[0].isdecimal():
            value = float(word.replace(",", "."))
            found |= {name for low, high, name in self.numbers if low <= value <= high}
        return found


def near_words(word: str) -> set[str]:
    """Every string one edit away from a word (a letter lost, doubled, changed, swapped), the first letter kept."""
    cuts = [(word[:i], word[i:]) for i in range(1, len(word) + 1)]
    lost = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    changed = {a + c + b[1:] for a, b in cuts if b for c in LETTERS}
    added = {a + c + b for a, b in cuts for c in LETTERS}
    return (lost | swapped | changed | added) - {word}


def lexicon(classes: Iterable[tuple[frozenset[str], int]]) -> Lexicon:
    """Lexicon over classes of atoms (`word`, `stem*`, `word~`, `#1-9`); a known word is never read as a misspelling."""
    exact: dict[str, set[int]] = defaultdict(set)
    stems: dict[str, set[int]] = defaultdict(set)
    fuzzy: dict[str, set[int]] = defaultdict(set)
    numbers = []
    for atoms, name in classes:
        for atom in atoms:
            if span := NUMBER_RANGE.fullmatch(atom):
                numbers.append((float(span[1]), float(span[2]), name))
            elif atom.endswith("*"):
                stems[atom[:-1]].add(name)
            else:
                exact[atom.rstrip("~")].add(name)
                if atom.endswith("~"):
                    fuzzy[atom[:-1]].add(name)
    misspelt: dict[str, set[int]] = defaultdict(set)
    for word, names in fuzzy.items():
        for near in near_words(word) - exact.keys():
            misspelt[near] |= names
    return Lexicon(
        exact={word: frozenset(names) for word, names in (exact | misspelt).items()},
        stems=by_first_letters(stems),
        numbers=numbers,
        words=frozenset(exact),
        longest=max(map(len, exact), default=0),
    )


def by_first_letters(stems: Mapping[str, Iterable[int]]) -> dict[str, list[tuple[str, frozenset[int]]]]:
    """Stems with their classes, filed under their first letters."""
    filed: dict[str, list[tuple[str, frozenset[int]]]] = defaultdict(list)
    for stem, names in stems.items():
        filed[stem[:SHORTEST_STEM]].append((stem, frozenset(names)))
    return filed
