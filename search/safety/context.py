"""What takes the weight from a sign: it is denied, past, lasting for months, asked about in general, or supposed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from search.safety.marks import Marks
from search.safety.match import Hit, Token

DENIAL_REACH = 8  # words between "no", "without", "denies" and what is denied
NOT_REACH = 4  # words between "not", "don't have" and what is denied
LIST_REACH = 16  # the same in a list that ends with "or"
SUPPOSED_REACH = 6  # words between "risk of", "if I ever" and what is supposed
HISTORY_REACH = 6  # words between "history of" and what is over
TOLD_REACH = 4  # words between "in the film", "an essay about" and what is told of
AFTER_REACH = 6  # words after a sign in which "was ruled out" may stand
ALONE_WORDS = 12  # a message of more words says more than the name of what happens


class Context:
    """What stands around the signs of one message; each question about a sign looks at a few words only."""

    def __init__(self, tokens: Sequence[Token], find: Callable[[str], Sequence[Hit]]) -> None:
        """`find` gives the places of one kind of mark, in the order of the text."""
        self._tokens = tokens
        self._marks = Marks(tokens, find)
        self._known: dict[Hit, frozenset[str]] = {}
        self._clauses: dict[int, tuple[int, int]] = {}  # low <= token < high
        self._first_of_sentence: dict[int, int] = {}
        for i, token in enumerate(tokens):
            self._clauses[token.clause] = self._clauses.get(token.clause, (i, i))[0], i + 1
            self._first_of_sentence.setdefault(token.sentence, i)
        self._tests: dict[str, Callable[[Hit], bool]] = {
            "denied": self._denied,
            "past": self._past,
            "weeks": self._weeks,
            "lasting": self._lasting,
            "general": self._general,
            "supposed": self._supposed,
        }

    def reasons(self, hit: Hit) -> frozenset[str]:
        """What takes the weight from a sign at this place; empty where it counts."""
        if hit not in self._known:
            self._known[hit] = frozenset(name for name, test in self._tests.items() if test(hit))
        return self._known[hit]

    def alone(self, hit: Hit) -> bool:
        """Whether the message says nothing beside this sign but words like "help", "my dad" and "now"."""
        if len(self._tokens) > ALONE_WORDS:
            return False
        return self._left(0, len(self._tokens), "filler") <= set(range(hit.first, hit.last + 1))

    def _before(self, name: str, hit: Hit, reach: int) -> Sequence[Hit]:
        """Marks of a kind that end before a sign, in its sentence, with at most `reach` words between."""
        low = max(hit.first - reach - 4, self._first_of_sentence[self._tokens[hit.first].sentence])
        return [
            mark for mark in self._marks.between(name, low, hit.first) if hit.first - reach - 1 <= mark.last < hit.first
        ]

    def _denied(self, hit: Hit) -> bool:
        if self._marks.any("other_meaning", hit.last, hit.last + 1):
            return True
        after = self._marks.between("denied_after", hit.last + 1, hit.last + 1 + AFTER_REACH)
        if any(self._tokens[mark.first].sentence == self._tokens[hit.last].sentence for mark in after):
            return True
        reaches = (("deny", DENIAL_REACH), ("no", DENIAL_REACH), ("not", NOT_REACH))
        return any(
            self._reaches(mark, hit, name, reach)
            for name, reach in reaches
            for mark in self._before(name, hit, LIST_REACH)
        )

    def _reaches(self, mark: Hit, hit: Hit, name: str, reach: int) -> bool:
        """Whether a denial reaches a sign: near enough, nothing that ends it between, and no comma but in a list."""
        if self._marks.any("not_denial", mark.first, mark.last + 1):
            return False
        between = range(mark.last + 1, hit.first)
        ends = self._marks.any("denial_ends", mark.last + 1, hit.first)
        if ends or (name != "deny" and any(self._tokens[i].word == "and" for i in between)):
            return False
        listed = any(self._tokens[i].word in ("or", "nor") for i in between)
        if len(between) > (LIST_REACH if listed or name == "deny" else reach):
            return False
        if self._tokens[mark.last].clause == self._tokens[hit.first].clause:
            return True
        return name == "deny" or listed or self._list_goes_on(hit)

    def _list_goes_on(self, hit: Hit) -> bool:
        """Whether `or` follows the sign with no verb or subject before it: "no fever, rash or cough"."""
        high = min(hit.last + 1 + LIST_REACH, len(self._tokens))
        for i in range(hit.last + 1, high):
            if self._tokens[i].sentence != self._tokens[hit.last].sentence:
                return False
            if self._tokens[i].word in ("or", "nor"):
                return not self._marks.any("denial_ends", hit.last + 1, i)
        return False

    def _past(self, hit: Hit) -> bool:
        clause = self._tokens[hit.first].clause
        if self._marks.in_clause("now", clause):
            return False
        history = self._before("history", hit, HISTORY_REACH)
        return any(self._tokens[mark.last].clause == clause for mark in history) or self._dated(clause, "time_past")

    def _weeks(self, hit: Hit) -> bool:
        """Whether it was weeks ago: over, but what comes of it may not be."""
        clause = self._tokens[hit.first].clause
        return not self._marks.in_clause("now", clause) and self._dated(clause, "weeks_past")

    def _dated(self, clause: int, name: str) -> bool:
        """Whether a clause says when, or one beside it that says nothing else."""
        if self._marks.in_clause(name, clause):
            return True
        here = self._tokens[self._clauses[clause][0]].sentence
        near = [self._clauses[at] for at in (clause - 1, clause + 1) if self._marks.in_clause(name, at)]
        return any(
            self._tokens[low].sentence == here and not self._left(low, high, name, "when_filler") for low, high in near
        )

    def _left(self, low: int, high: int, *names: str) -> set[int]:
        """The words at low <= place < high that no mark of some kinds covers."""
        left = set(range(low, high))
        for mark in (mark for name in names for mark in self._marks.between(name, low, high)):
            left -= set(range(mark.first, mark.last + 1))
        return left

    def _lasting(self, hit: Hit) -> bool:
        clause = self._tokens[hit.first].clause
        return self._dated(clause, "lasting") and not self._marks.in_clause("now", clause)

    def _general(self, hit: Hit) -> bool:
        """Whether the sentence asks in general and speaks of nobody, no I, my, he, it from the question on; or tells of
        a film, an essay, what a medicine may do."""
        if self._told_of(hit):
            return True
        sentence = self._tokens[hit.first].sentence
        low = self._first_of_sentence[sentence]
        high = self._first_of_sentence.get(sentence + 1, len(self._tokens))
        begins = (
            low if self._marks.any("general_opening", low, low + 1) else self._marks.first("general", low, hit.last + 1)
        )
        if begins is None or self._marks.any("not_general", low, low + 1):
            return False
        return not self._marks.any("person", begins, high)

    def _told_of(self, hit: Hit) -> bool:
        """Whether a film or the like stands before the last word of a sign, with nobody who has it between."""
        clause = self._tokens[hit.last].clause
        return any(
            mark.last < hit.last
            and self._tokens[mark.last].clause == clause
            and not self._marks.any("denial_ends", mark.last + 1, hit.last)
            for mark in self._marks.between("told_of", hit.first - TOLD_REACH - 4, hit.last)
            if mark.last >= hit.first - TOLD_REACH - 1
        )

    def _supposed(self, hit: Hit) -> bool:
        clause = self._tokens[hit.first].clause
        marks = [
            *self._before("supposed", hit, SUPPOSED_REACH),
            *(
                mark
                for mark in self._before("feared", hit, SUPPOSED_REACH)
                if not self._marks.any("denial_ends", mark.last + 1, hit.first)
            ),
        ]
        return any(
            self._tokens[mark.last].clause == clause
            and not self._marks.any("not_supposed", mark.first - 3, mark.first + 1)
            for mark in marks
        )
