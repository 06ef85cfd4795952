"""Template filters: how dates, ages, match words and texts read on a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from corpus.records import Asker, Record
from search.hits import Family, Match, Snippet

MATCH_MEANING = {
    Match.SAME: "asks what {whose}",
    Match.RELATED: "close to what {whose}",
    Match.TOPIC: "on the same topic, but another question",
}
HEADING_CHARS = 70  # a longer line of an explanation is a sentence, not a heading
TITLE_CHARS = 90


def human_date(iso: str) -> str:
    """`15 January 2012` for `2012-01-15`."""
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


def age_words(band: str) -> str:
    """`40–49 years` for `40-49`, `80 years or older` for `80+`."""
    if band.endswith("+"):
        return f"{band[:-1]} years or older"
    return "–".join(str(int(end)) for end in band.split("-")) + " years"


def asker_words(asker: Asker | None) -> str:
    """`Female, 40–49 years`, as far as it is known; empty if it is not."""
    parts = [asker.sex.capitalize(), age_words(asker.age) if asker.age else ""] if asker else []
    return ", ".join(part for part in parts if part)


def match_meaning(match: Match, to_page: bool = False) -> str:
    """The match word said in other words, of a result for a question or of a page like the one that is read."""
    return MATCH_MEANING[match].format(whose="this page asks" if to_page else "you ask")


def headline(record: Record) -> str:
    """The record's title; where there is none, the beginning of its message or answer, cut after a word."""
    text = " ".join((record.title or record.question or record.answers[0].text).split())
    return text if len(text) <= TITLE_CHARS or record.title else text[:TITLE_CHARS].rsplit(" ", 1)[0] + "…"


def answered_by(family: Family) -> str:
    """`answered by 2 doctors` where every reply is named, else `3 replies`; a doctor who replied twice counts once."""
    replies = [reply for member in family.members for reply in member.replies]
    doctors = {(reply.responder.casefold(), reply.specialty.casefold()) for reply in replies}
    if not replies:
        return "not answered"
    if all(reply.responder for reply in replies):
        return f"answered by {plural(len(doctors), 'doctor')}"
    return plural(len(replies), "reply", "replies")


def pieces(snippet: Snippet) -> Iterator[tuple[str, bool]]:
    """The snippet's text in consecutive pieces, each with whether it is highlighted."""
    done = 0
    for start, end in sorted(snippet.highlights):
        start = max(start, done)
        if start >= end:
            continue
        if start > done:
            yield snippet.text[done:start], False
        yield snippet.text[start:end], True
        done = end
    if done < len(snippet.text):
        yield snippet.text[done:], False


def paragraphs(text: str) -> list[str]:
    """The text's paragraphs, word for word: blank lines and the white space at their ends left out."""
    blocks = re.split(r"\n[^\S\n]*\n\s*", text.strip())
    return ["\n".join(line.strip() for line in block.splitlines()) for block in blocks if block]


def sections(text: str) -> Iterator[tuple[str, str]]:
    """The explanation in blocks, each with its kind: `heading` (a short line without a stop) or `paragraph`."""
    for paragraph in paragraphs(text):
        lines: list[str] = []
        for line, following in zip(paragraph.split("\n"), [*paragraph.split("\n")[1:], ""], strict=True):
            if following and _is_heading(line):
                yield from _paragraph(lines)
                lines = []
                yield "heading", line
            else:
                lines.append(line)
        yield from _paragraph(lines)


def web_address(url: str) -> str:
    """The address if it is one of the web, else empty: only such an address may become a link."""
    return url if re.match(r"https?://", url, re.IGNORECASE) else ""


def plural(count: int, one: str, many: str = "") -> str:
    """`1 reply`, `16,407 replies`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """`71%` for 0.714."""
    return f"{share:.0%}"


def sentence(text: str) -> str:
    """The text begun with a capital letter and ended with a stop."""
    return text[:1].upper() + text[1:] + ("" if text[-1:] in ".!?" else ".")


def phone_address(number: str) -> str:
    """`tel:08082000247` for `0808 2000 247`; empty for words, which cannot be called."""
    digits = re.sub(r"[\s()./-]", "", number)
    return f"tel:{digits}" if re.fullmatch(r"\+?\d{2,15}", digits, re.ASCII) else ""


def _paragraph(lines: list[str]) -> Iterator[tuple[str, str]]:
    if lines:
        yield "paragraph", "\n".join(lines)


def _is_heading(line: str) -> bool:
    return len(line) <= HEADING_CHARS and line[:1].isupper() and line[-1:] not in ".!?:;,"


FILTERS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        human_date,
        age_words,
        asker_words,
        match_meaning,
        headline,
        answered_by,
        pieces,
        paragraphs,
        sections,
        web_address,
        plural,
        percent,
        sentence,
        phone_address,
    )
}
