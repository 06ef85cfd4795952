"""Reading a question: from its text to what the two halves search by, and what was made of it on the way."""

from __future__ import annotations

import numpy as np

from corpus.passages import windows
from search.dense import Vectors
from search.encoder import Encoder
from search.fusion import QUESTION_WEIGHTS, TERM_WEIGHTS, weights_for
from search.lay_terms import Expansion, LayTerms
from search.lexical import stems
from search.ranking import Asked

SPECIAL_TOKENS = 2  # the model adds one in front and one behind


class Reader:
    """Reads questions for one index: with its encoder, and the lay terms that it knows. Immutable."""

    def __init__(self, encoder: Encoder, lay_terms: LayTerms) -> None:
        self._encoder = encoder
        self._lay_terms = lay_terms

    def read(self, text: str) -> tuple[Asked, tuple[Expansion, ...]]:
        """What to search by, and the medical terms that were added to it.

        Only a bare term is expanded: in a sentence, the sentence itself says more than a term looked up from a part of
        it. Where the whole of it was found, it is as good as a title, and is held against titles too.
        """
        vector, weights, words = self.embed(text), weights_for(text), stems(text)
        if weights is not TERM_WEIGHTS or not (expansions := self._lay_terms.expand(text)):
            return Asked(vector, words, weights), ()
        share = max(item.share for item in expansions)
        vector = _unit(vector + share * _unit(self._encoder.encode([item.term for item in expansions]).mean(axis=0)))
        words += [word for item in expansions for word in stems(item.term)]
        return Asked(vector, words, QUESTION_WEIGHTS if share == 1 else weights), expansions

    def embed(self, text: str) -> Vectors:
        """Unit vector of a question; of a long one, the mean over its windows, so that its end counts too."""
        room = self._encoder.card.max_tokens - SPECIAL_TOKENS
        pieces = [text[start:end] for start, end in windows(text, self._encoder, room)] or [text]
        return _unit(self._encoder.encode(pieces).mean(axis=0))


def _unit(vector: Vectors) -> Vectors:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)
