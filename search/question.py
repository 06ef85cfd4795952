"""Reading a question: from its text to what the two halves search by, and what was made of it on the way.

text -> corrected -> expanded -> vector and stems, each step where its switch is on. A long message is searched whole:
those of its sentences that ask and tell most, instead of it or beside it, find less (docs/evaluation.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from search.abbreviations import Abbreviations
from search.contrasts import contrasts
from search.dense import Vectors
from search.encoder import Encoder
from search.expansion import Expansion
from search.foreign import is_foreign
from search.fusion import QUESTION_WEIGHTS, TERM_WEIGHTS, weights_for
from search.hits import Switches, Understood
from search.home import Asked
from search.lay_terms import LayTerms
from search.layout import ModelCard
from search.lexical import stems
from search.medicines import renamed
from search.respelling import respelt
from search.spelling import Correction, Spelling, corrected
from search.terms import Same
from search.vocabulary import Vocabulary

Begin = Callable[[Sequence[str], Sequence[Correction], str], object]


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it is searched, and what was made of it."""

    asked: Asked
    understood: Understood


class Reader:
    """Reads questions for one index: with its encoder, lay terms and vocabulary. Immutable."""

    def __init__(
        self, encoder: Encoder, lay_terms: LayTerms, vocabulary: Vocabulary, abbreviations: Abbreviations
    ) -> None:
        self._encoder = encoder
        self._lay_terms = lay_terms
        self._vocabulary = vocabulary
        self._spelling = Spelling(vocabulary)
        self._abbreviations = abbreviations
        self._everyday = LayTerms.everyday()

    @property
    def card(self) -> ModelCard:
        """Which encoder makes the vectors."""
        return self._encoder.card

    def read(
        self,
        text: str,
        switches: Switches = Switches(),
        begin: Begin | None = None,
        as_typed: frozenset[str] = frozenset(),
    ) -> Reading:
        """What to search by, and what was made of the text; of the words `as_typed`, in small letters, nothing is.

        `begin` is given the stems, what misspelt words stand for, and the text that is searched by, before anything is
        encoded.
        """
        meant = () if is_foreign(text) else self._spelling.corrections(text)
        corrections = meant if switches.corrections else ()
        corrections = tuple(item for item in corrections if item.wrong.casefold() not in as_typed)
        right = corrected(text, corrections)
        asked, expansions = self._expanded(right, switches.expansions, as_typed, begin, meant)
        understood = Understood(
            text=text,
            used=_used(right, expansions),
            corrections=tuple(
                {"from": item.wrong, "to": item.right, "start": item.start, "end": item.end} for item in corrections
            ),
            expansions=tuple({"from": item.phrase, "to": item.term, "source": item.source} for item in expansions),
        )
        return Reading(asked, understood)

    def _expanded(
        self, text: str, wanted: bool, as_typed: frozenset[str], begin: Begin | None, meant: Sequence[Correction]
    ) -> tuple[Asked, tuple[Expansion, ...]]:
        """What to search by, and what was added: words in their commoner spelling, which are embedded instead; the
        commoner names of medicines, embedded as well; and the medical terms for abbreviations, for everyday names, and
        for a bare lay term.

        In a sentence, the sentence itself says more than a lay term looked up from a part of it. Where the whole of a
        bare term was found, it is as good as a title, and is held against titles too. A page that has an abbreviation
        or an everyday name lacks nothing if it does not open it; one that has a lay term is better with the medical
        one.
        """
        typed = text
        text, spelt = respelt(typed, self._vocabulary, as_typed) if wanted else (typed, ())
        usual, medicines = renamed(text, self._vocabulary, as_typed) if wanted else (text, ())
        weights = weights_for(text)
        bare = weights is TERM_WEIGHTS
        opened = self._abbreviations.expand(text) + self._everyday.expand(text) if wanted else ()
        known = {item.term.casefold() for item in opened}
        looked_up = self._lay_terms.expand(text) if wanted and bare else ()
        meanings = opened + tuple(item for item in looked_up if item.term.casefold() not in known)
        meanings = tuple(item for item in meanings if item.phrase.casefold() not in as_typed)
        said = stems(text)
        more = [item.phrase for item in spelt] + [item.term for item in (*medicines, *meanings)]
        words = said + [word for term in more for word in stems(term)]
        same = [Same(stems(item.term), stems(item.phrase)) for item in spelt]
        same += [
            Same(stems(item.phrase), [word for word in stems(item.term) if word not in said])
            for item in (*medicines, *opened)
            if item in medicines or item in meanings
        ]
        names = [said, *(stems(item.term) for item in meanings if item.share == 1)] if bare and said else []
        expansions = spelt + medicines + meanings
        if begin is not None:
            begin(words, meant, _used(typed, expansions))
        vector = self._encoder.encode([text])[0]
        if medicines:  # its other name alone would lose what the encoder knows of the one that was typed
            vector = _unit(vector + self._encoder.encode([usual])[0])
        if not bare or not meanings:
            return Asked(vector, words, weights, contrasts().marks(text), same, names), expansions
        share = max(item.share for item in meanings)
        vector = _unit(vector + share * _unit(self._encoder.encode([item.term for item in meanings]).mean(axis=0)))
        weights = QUESTION_WEIGHTS if share == 1 else weights
        return Asked(vector, words, weights, contrasts().marks(text), same, names), expansions

    def knows(self, word: str) -> bool:
        """Whether a word in small letters is one, as far as the index and its word lists know."""
        return self._vocabulary.knows(word)


def _used(text: str, expansions: Sequence[Expansion]) -> str:
    return "; ".join([text, *(item.term for item in expansions)])


def _unit(vector: Vectors) -> Vectors:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)
