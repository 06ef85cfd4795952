"""Match words: what a score means, in words that a user can act on."""

from __future__ import annotations

from search.hits import Match

# Chosen by eye on the packs (docs/evaluation.md): of first results that score 0.75 or more, 95% and more are right
# where people's questions are matched. 0.45 is a guess: no pack yet has questions that nothing in it answers.
SAME_QUESTION = 0.75
RELATED = 0.45


def match_of(score: float) -> Match:
    """The word for a fused score."""
    if score >= SAME_QUESTION:
        return Match.SAME
    return Match.RELATED if score >= RELATED else Match.TOPIC
