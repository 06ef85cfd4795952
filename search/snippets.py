"""Snippets: the sentence of a text that fits a question best, word for word, its place, and the words that match."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence

from corpus.text import sentences
from search.hits import Snippet
from search.lexical import stem

WORD = re.compile(r"\w+")
FULL = 240  # characters; a shorter best sentence is shown with those that follow it, up to here
LEAST = 120  # characters; of less than this, the next sentence is shown too where both fit into LONGEST
LONGEST = 480  # characters; only a longer sentence is cut, between words
# Function words, what is left of "I'm", "don't", "we've", and "whats" and "dont" as many type them: marked in a result
# they would look like a reason. "No", "not" and "without" are not among them: they change what is asked.
FUNCTION_WORDS = frozenset(
    """a about after again all also am an and any anything are as at be because been being both but by can could d did
    do does doing don during each else ever everything few for from further get gets getting got had has have
    having he hello her here hers hi him his how i if im in into is it its itself ive just like ll m may me
    might more most much must my myself of off on once only or other our ours out own please re s said same say
    says shall she should so some someone something such t than thank thanks that the their theirs them then
    there these they thing things this those through time times to too until up us ve very was we were what when
    where which while who whom why will with would you your yours
    dr doctor doctors maybe really see want wants wanted even still
    whats hows whos wheres whens thats heres theres youre theyre
    doesn didn isn aren wasn weren haven hasn hadn couldn won wouldn shouldn
    dont doesnt didnt isnt arent wasnt werent havent hasnt hadnt cant couldnt wont wouldnt shouldnt""".split()
)
DIGITS = frozenset("0123456789")  # alone they count something, here one thing and there another
FEW_WORDS = 4  # a sentence of fewer words ("Hello doctor,") says nothing by itself
# What is said below a heading is all about that, so that its words choose no sentence of it; whoever answers begins
# with what matters and comes to warnings and good wishes later, and who asks back answers nothing, unless at length:
# an answer without full stops may end in a question.
IN_HEADING, LATER = 0.25, 0.05  # of a word's weight; for each sentence that comes before
NOTHING = 1.0
QUESTION_MARKS, COLONS = ("?", "？"), (":", "：")
ITEM = re.compile(r"[-–•*]\s|\d{1,2}[.)]\s|[a-z][.)]\s", re.IGNORECASE)
TURN = re.compile(
    r"\W*(?:but|however|unless|except|otherwise|instead|then|only (?:if|when)|if (?:not|so))\b", re.IGNORECASE
)
SPLIT_NUMBER = re.compile(r"\d\.[^\S\n]+\d")


def best_snippet(
    text: str,
    weights: Mapping[str, float],
    within: tuple[int, int] | None = None,
    part: str = "",
    answer: int = 0,
    below: str | None = None,
) -> Snippet:
    """Snippet that starts at the best sentence of `text`, or of the range `within` it where one is given; before it,
    where without what stands there it may say something else.

    The best sentence is the one that holds most of the stems in `weights`, counted by their weights, for its length;
    the earlier one where two are equal. `part` and `answer` say where the text stands in its record; `below` is the
    heading of a text that answers.
    """
    first, last = within or (0, len(text))
    own = _ranges(text, first, last)
    if not own:
        return Snippet(part=part, answer=answer)
    best = _best([text[start:end] for start, end in own], weights, below) if len(own) > 1 else 0
    above = max(0, first - LONGEST)
    before = [(start, end) for start, end in _ranges(text, above, first) if start > above or not above]
    if before and SPLIT_NUMBER.match(text, before[-1][1] - 2):
        own[0] = (before.pop()[0], own[0][1])
    start, end = _extent(text, [*before, *own], len(before) + best)
    if end - start > LONGEST:
        end = start + len(text[start : start + LONGEST].rsplit(None, 1)[0])
    piece = text[start:end]
    return Snippet(piece, highlights(piece, weights), part, answer, start, end)


def _ranges(text: str, first: int, last: int) -> list[tuple[int, int]]:
    """Where the sentences of a part of a text stand; two are one where they part a number: `take 0. 5 mg`."""
    found: list[tuple[int, int]] = []
    for start, end in sentences(text[first:last]):
        parted = found and SPLIT_NUMBER.match(text, found[-1][1] - 2)
        found.append((found.pop()[0] if parted else first + start, first + end))
    return found


def _extent(text: str, ranges: Sequence[tuple[int, int]], best: int) -> tuple[int, int]:
    """Where an extract with the best of some sentences starts and ends: with what it hangs on before it, and with as
    many as fit after it; it ends neither before one that turns what was said, where that fits into LONGEST, nor after
    one that only announces what follows, nor within the list that this announces."""
    pieces = [text[start:end] for start, end in ranges]
    first, last = _hangs_on(pieces, best), best
    if ranges[best][1] - ranges[first][0] > LONGEST:
        first = best
    start, announced = ranges[first][0], pieces[first].endswith(COLONS)
    for number, (_, end) in enumerate(ranges[best + 1 :], best + 1):
        bound = TURN.match(pieces[number]) or (announced and (last == first or ITEM.match(pieces[number])))
        if end - start > (LONGEST if bound or ranges[last][1] - start < LEAST else FULL):
            break
        last = number
    cut = any(map(ITEM.match, pieces[last + 1 : last + 2])) and not announced and not ITEM.match(pieces[best])
    while last > best and (pieces[last].endswith(COLONS) or (cut and ITEM.match(pieces[last]))):
        last -= 1
    return start, ranges[last][1]


def _hangs_on(pieces: Sequence[str], best: int) -> int:
    """The number of the sentence without which a sentence may say something else: the line above its list, the one that
    it turns; else its own."""
    above = best
    while above and ITEM.match(pieces[above]):
        above -= 1
    if pieces[above].endswith(COLONS):
        return above
    if best and (pieces[best - 1].endswith(COLONS) or TURN.match(pieces[best])):
        return best - 1
    return best


def telling(text: str) -> set[str]:
    """Stems of the words of a question that a result may be chosen and marked by."""
    words = {word.casefold() for word in WORD.findall(text)} - FUNCTION_WORDS - DIGITS
    return {found for word in words if (found := stem(word))}


def highlights(text: str, wanted: Collection[str]) -> tuple[tuple[int, int], ...]:
    """Ranges of the words of `text` whose stem is wanted."""
    return tuple(match.span() for match in WORD.finditer(text) if stem(match.group()) in wanted)


def _best(pieces: Sequence[str], weights: Mapping[str, float], below: str | None) -> int:
    """The number of the best of some sentences; `below` as in `best_snippet`."""
    if below is None:
        scores = [_fit(piece, weights) for piece in pieces]
    else:
        told = set(map(stem, WORD.findall(below)))
        weights = {word: weight * (IN_HEADING if word in told else 1) for word, weight in weights.items()}
        scores = [
            _fit(piece, weights) - LATER * number - NOTHING * _asks_back(piece) for number, piece in enumerate(pieces)
        ]
    return scores.index(max(scores))


def _asks_back(sentence: str) -> bool:
    return sentence.endswith(QUESTION_MARKS) and len(sentence) <= FULL


def _fit(sentence: str, weights: Mapping[str, float]) -> float:
    words = WORD.findall(sentence)
    shared = weights.keys() & set(map(stem, words))
    fit = sum(map(weights.__getitem__, shared)) / math.sqrt(len(words) + 8)  # long sentences match by chance
    return fit if len(words) >= FEW_WORDS else fit - NOTHING
