"""Where the signs of the rules stand in a message: each pattern is tried only around the rarest of its words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from search.safety.match import Hit, Pattern, Token


@dataclass(frozen=True, slots=True)
class Look:
    """A message, and for each sign the patterns whose words it holds, in any order, with the places of their keys."""

    tokens: Sequence[Token]
    tries: Mapping[str, Sequence[tuple[Pattern | None, Sequence[int]]]]

    def hits(self, wanted: Set[str]) -> dict[str, list[Hit]]:
        """For each wanted sign that stands in the message its places, in the order of the text."""
        return {sign: places for sign in wanted & self.tries.keys() if (places := self.places(sign))}

    def places(self, sign: str) -> list[Hit]:
        """Where one sign stands, in the order of the text."""
        hits: set[Hit] = set()
        for pattern, keys in self.tries.get(sign, ()):
            if pattern is None:
                hits.update(Hit(at, at) for at in keys)
            else:
                hits.update(hit for at in keys for hit in pattern.matches(self.tokens, at))
        return sorted(hits)


@dataclass(frozen=True, slots=True)
class Matcher:
    """The patterns of every sign, filed under their keys."""

    patterns: Mapping[int, Sequence[tuple[str, Pattern | None, frozenset[int]]]]  # None: the word itself is the match
    keys: frozenset[int]

    def look(self, tokens: Sequence[Token]) -> Look:
        """What of the patterns may stand in a message, judged by its words alone."""
        words = {token.word: token.classes for token in tokens}
        present = frozenset().union(*words.values())
        able = {
            key: filed
            for key in self.keys & present
            if (filed := [(sign, pattern) for sign, pattern, needs in self.patterns[key] if needs <= present])
        }
        places: dict[str, list[int]] = defaultdict(list)
        for at, token in enumerate(tokens):
            places[token.word].append(at)
        tries: dict[str, list[tuple[Pattern | None, Sequence[int]]]] = defaultdict(list)
        keys = frozenset(able)
        for word, classes in words.items():
            for key in keys & classes:
                for sign, pattern in able[key]:
                    tries[sign].append((pattern, places[word]))
        return Look(tokens, tries)


def matcher(signs: Mapping[str, Iterable[Pattern]]) -> Matcher:
    """Matcher over the patterns of each sign."""
    filed: dict[int, list[tuple[str, Pattern | None, frozenset[int]]]] = defaultdict(list)
    for sign, patterns in signs.items():
        for pattern in patterns:
            filed[pattern.key].append((sign, None if pattern.one_word else pattern, pattern.needs))
    return Matcher(filed, frozenset(filed))
