"""Reading a question: from its text to what the two halves search by, and what was made of it on the way.

text -> corrected -> expanded -> vector and stems, each step where its switch is on. A long message is searched whole:
those of its sentences that ask and tell most, instead of it or beside it, find less (docs/evaluation.md).
"""

from __future__ import annotations

from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class Searched:
    """All that a question is searched by but its vector: `terms`, `same` and `names` as in `search.home.Asked`.

    Its vector is made of `text`; of `usual`, which is the text with its medicines by their commoner names; and of the
    terms `beside` a bare one.
    """

    text: str
    usual: str
    beside: Sequence[Expansion]
    terms: Sequence[str]
    same: Sequence[Same]
    names: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was made of a question, what its misspelt words stand for, corrected or not, and what it is searched by."""

    understood: Understood
    meant: Sequence[Correction]
    searched: Searched


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

    def read(self, text: str, switches: Switches = Switches(), as_typed: frozenset[str] = frozenset()) -> Reading:
        """What was made of the text, nothing encoded yet; of the words `as_typed`, in small letters, nothing is."""
        meant = () if is_foreign(text) else self._spelling.corrections(text)
        corrections = meant if switches.corrections else ()
        corrections = tuple(item for item in corrections if item.wrong.casefold() not in as_typed)
        right = corrected(text, corrections)
        searched, expansions = self._expanded(right, switches.expansions, as_typed)
        understood = Understood(
            text=text,
            used="; ".join([right, *(item.term for item in expansions)]),
            corrections=tuple(
                {"from": item.wrong, "to": item.right, "start": item.start, "end": item.end} for item in corrections
            ),
            expansions=tuple({"from": item.phrase, "to": item.term, "source": item.source} for item in expansions),
        )
        return Reading(understood, meant, searched)

    def asked(self, searched: Searched) -> Asked:
        """The same with its vector, and how much each view counts for it."""
        vector, weights = self._encoder.encode([searched.text])[0], weights_for(searched.text)
        if searched.usual != searched.text:  # alone it would lose what the encoder knows of the name that was typed
            vector = _unit(vector + self._encoder.encode([searched.usual])[0])
        if searched.beside:
            share = max(item.share for item in searched.beside)
            terms = self._encoder.encode([item.term for item in searched.beside])
            vector = _unit(vector + share * _unit(terms.mean(axis=0)))
            weights = QUESTION_WEIGHTS if share == 1 else weights
        marks = contrasts().marks(searched.text)
        return Asked(vector, searched.terms, weights, marks, searched.same, searched.names)

    def _expanded(self, text: str, wanted: bool, as_typed: frozenset[str]) -> tuple[Searched, tuple[Expansion, ...]]:
        """What to search by, and what was added: words in their commoner spelling, which are embedded instead; the
        commoner names of medicines, embedded as well; and the medical terms for abbreviations, for everyday names, and
        for a bare lay term.

        In a sentence, the sentence itself says more than a lay term looked up from a part of it. Where the whole of a
        bare term was found, it is as good as a title, and is held against titles too. A page that has an abbreviation
        or an everyday name lacks nothing if it does not open it; one that has a lay term is better with the medical
        one.
        """
        text, spelt = respelt(text, self._vocabulary, as_typed) if wanted else (text, ())
        usual, medicines = renamed(text, self._vocabulary, as_typed) if wanted else (text, ())
        bare = weights_for(text) is TERM_WEIGHTS
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
        return Searched(text, usual, meanings if bare else (), words, same, names), spelt + medicines + meanings

    def spelt(self, text: str) -> str:
        """The text with its misspelt words corrected, as `read` corrects them."""
        return corrected(text, self._spelling.corrections(text))

    def knows(self, word: str) -> bool:
        """Whether a word in small letters is one, as far as the index and its word lists know."""
        return self._vocabulary.knows(word)


def _unit(vector: Vectors) -> Vectors:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)
