"""Passages: the pieces of a record that are embedded one by one, cut at sentence ends inside the model's limit."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from corpus.records import Record
from corpus.text import sentences


class Part(StrEnum):
    """The part of a record a passage comes from."""

    TITLE = "title"
    QUESTION = "question"
    ANSWER = "answer"
    MORE_INFO = "more_info"


@dataclass(frozen=True, slots=True)
class Passage:
    """One piece of a record: characters `start` to `end` of the given part; `answer` counts the answers from 0.

    `text` is what the page says there; `heading` is the record's title, which goes before the text into the embedding
    so that a window from the middle of an answer still knows what it is about.
    """

    part: Part
    answer: int
    start: int
    end: int
    text: str
    heading: str = ""

    @property
    def embedded(self) -> str:
        """The text that the encoder reads."""
        return f"{self.heading}\n{self.text}" if self.heading else self.text


class Tokens(Protocol):
    """Where the encoder's tokenizer cuts a text."""

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Character range of each token of the text, special tokens left out, nothing truncated."""


def part_text(record: Record, part: Part, answer: int = 0) -> str:
    """The text of one part of a record."""
    if part is Part.ANSWER:
        return record.answers[answer].text
    return str(getattr(record, part.value))


HEADING_TOKENS = 48  # of a longer title, the start is heading enough; the whole title is a passage of its own
HEADING_SHARE = 2  # a heading takes at most one half of the limit, so that a small model has room for the text


def cut(record: Record, tokens: Tokens, limit: int) -> list[Passage]:
    """Passages of a record, in reading order, none longer than `limit` tokens with its heading.

    A part that fits is one passage. A longer one is cut into windows at sentence ends; only a sentence that is longer
    than a window by itself is cut between words. Every character that is not white space is in exactly one passage.
    """
    heading = _heading(record.title, tokens, min(HEADING_TOKENS, limit // HEADING_SHARE))
    room = limit - len(tokens.spans(heading))
    places = [(Part.TITLE, 0), (Part.QUESTION, 0)]
    places += [(Part.ANSWER, number) for number in range(len(record.answers))]
    places += [(Part.MORE_INFO, 0)]
    found = []
    for part, answer in places:
        text = part_text(record, part, answer)
        above, space = ("", limit) if part is Part.TITLE else (heading, room)
        for start, end in windows(text, tokens, space):
            found.append(Passage(part, answer, start, end, text[start:end], above))
    return found


def _heading(title: str, tokens: Tokens, most: int) -> str:
    spans = tokens.spans(title)
    return title if len(spans) <= most else title[: spans[most - 1][1]]


def windows(text: str, tokens: Tokens, room: int) -> list[tuple[int, int]]:
    """Character ranges of a text's windows: as many whole sentences as fit into `room` tokens, in order."""
    ends = [end for _, end in tokens.spans(text)]
    ranges: list[tuple[int, int]] = []  # the last one still grows
    first = 0  # index in `ends` of the last window's first token
    for start, end in _pieces(text, ends, room):
        if ranges and bisect_right(ends, end) - first <= room:
            ranges[-1] = (ranges[-1][0], end)
        else:
            ranges.append((start, end))
            first = bisect_right(ends, start)
    return ranges


def _pieces(text: str, ends: Sequence[int], room: int) -> Iterator[tuple[int, int]]:
    """Sentence ranges, with those of more than `room` tokens cut at token ends, between words where there is one."""
    for start, end in sentences(text):
        first, last = bisect_right(ends, start), bisect_right(ends, end)
        while last - first > room:
            stop = ends[first + room - 1]
            space = max(text.rfind(mark, start + 1, stop + 1) for mark in " \n\t")
            stop = space if space > start else stop
            yield start, start + len(text[start:stop].rstrip())
            start = stop
            while start < end and text[start].isspace():
                start += 1
            first = bisect_right(ends, start)
        yield start, end
