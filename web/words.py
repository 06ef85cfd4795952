"""Template filters: how dates, ages, match words and texts read on a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from corpus.records import Asker, Record
from search.facts import Kind
from search.foreign import is_foreign
from search.hits import Family, Match, Snippet
from web.languages import day_words, ngettext
from web.languages import gettext as _

HEADING_CHARS = 70  # a longer line of an explanation is a sentence, not a heading
TITLE_CHARS = 90
BEGINNING_CHARS = 200


def human_date(iso: str) -> str:
    """`15 January 2012` for `2012-01-15`."""
    return day_words(date.fromisoformat(iso))


def age_words(band: str) -> str:
    """`40–49 years` for `40-49`, `80 years or older` for `80+`."""
    if band.endswith("+"):
        return _("%(age)s years or older", age=band[:-1])
    return _("%(ages)s years", ages="–".join(str(int(end)) for end in band.split("-")))


def sex_words(sex: str) -> str:
    """`Female` for `female`; a value that is not known, as it is, begun with a capital letter."""
    return {"female": _("Female"), "male": _("Male"), "other": _("Other")}.get(sex.casefold(), sex.capitalize())


def asker_words(asker: Asker | None) -> str:
    """`Female, 40–49 years`, as far as it is known; empty if it is not."""
    parts = [sex_words(asker.sex) if asker.sex else "", age_words(asker.age) if asker.age else ""] if asker else []
    return _(", ").join(part for part in parts if part)


def match_word(match: Match) -> str:
    """The match word, begun with a capital letter."""
    words = {Match.SAME: _("Same question"), Match.RELATED: _("Related"), Match.TOPIC: _("Less close")}
    return words[match]


def match_meaning(match: Match, to_page: bool = False) -> str:
    """The match word said in other words, of a result for a question or of a page like the one that is read."""
    if to_page:
        meaning = {Match.SAME: _("asks what this page asks"), Match.RELATED: _("close to what this page asks")}
    else:
        meaning = {Match.SAME: _("asks what you ask"), Match.RELATED: _("close to what you ask")}
    return meaning.get(match, _("further off; it may be about something else"))


def view_words(view: str) -> str:
    """A part of a page, as a person calls it."""
    return {"title": _("its title"), "question": _("the message"), "answer": _("an answer")}[view]


def fact_words(kind: Kind) -> str:
    """What a difference is about."""
    return {
        Kind.AGE: _("Age"),
        Kind.SEX: _("Sex"),
        Kind.PREGNANCY: _("Pregnancy"),
        Kind.DURATION: _("How long"),
        Kind.MEDICINE: _("Medicine"),
        Kind.SIDE: _("Side of the body"),
    }[kind]


def stated(words: str, kind: Kind) -> str:
    """What a page or a question states of a kind: a band or a sex said in words, all else as it was written."""
    if kind is Kind.AGE and re.fullmatch(r"\d{1,3}-\d{1,3}|\d{1,3}\+", words):
        return age_words(words)
    return sex_words(words) if kind is Kind.SEX and words in ("female", "male", "other") else words


def headline(record: Record) -> str:
    """The record's title; where there is none, the beginning of its message or answer, cut after a word."""
    texts = (record.title, record.question, *(answer.text for answer in record.answers))
    text = next(filter(None, (" ".join(text.split()) for text in texts)))
    return text if len(text) <= TITLE_CHARS or record.title.strip() else text[:TITLE_CHARS].rsplit(" ", 1)[0] + "…"


def beginning(text: str) -> str:
    """The first lines of a text as one, cut after a word."""
    flat = " ".join(text.split())
    return flat if len(flat) <= BEGINNING_CHARS else flat[:BEGINNING_CHARS].rsplit(" ", 1)[0] + "…"


def answered_by(family: Family) -> str:
    """`answered by 2 doctors` where every reply is named, else `3 replies`; a doctor who replied twice counts once."""
    replies = [reply for member in family.members for reply in member.replies]
    doctors = {(reply.responder.casefold(), reply.specialty.casefold()) for reply in replies}
    if not replies:
        return _("not answered")
    if all(reply.responder for reply in replies):
        return ngettext("answered by %(num)s doctor", "answered by %(num)s doctors", len(doctors))
    return replies_words(len(replies))


def marked(snippet: Snippet) -> Iterator[tuple[str, frozenset[str]]]:
    """The snippet's text in consecutive pieces, each with what it is: `word` of the question, `near` one, in the `same`
    sentence as what was asked; each piece as long as it can be."""
    spans = {"word": snippet.highlights, "near": snippet.near, "same": snippet.same}
    size = len(snippet.text)
    edges = {0, size} | {min(max(edge, 0), size) for some in spans.values() for span in some for edge in span}
    open_text, open_kinds = "", frozenset[str]()
    for start, end in pairwise(sorted(edges)):
        kinds = frozenset(name for name, some in spans.items() if any(a <= start and end <= b for a, b in some))
        if open_text and kinds != open_kinds:
            yield open_text, open_kinds
            open_text = ""
        open_text, open_kinds = open_text + snippet.text[start:end], kinds
    if open_text:
        yield open_text, open_kinds


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


def pages_words(count: int) -> str:
    """`1 page`, `16,407 pages`."""
    return ngettext("%(num)s page", "%(num)s pages", count)


def replies_words(count: int) -> str:
    """`1 reply`, `3 replies`."""
    return ngettext("%(num)s reply", "%(num)s replies", count)


def times_words(count: int) -> str:
    """`1 time`, `3 times`."""
    return ngettext("%(num)s time", "%(num)s times", count)


def percent(share: float) -> str:
    """`71%` for 0.714."""
    return f"{share:.0%}"


def sentence(text: str) -> str:
    """The text begun with a capital letter and ended with a stop."""
    return text[:1].upper() + text[1:] + ("" if text[-1:] in ".!?。！？" else _("."))


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
        beginning,
        answered_by,
        paragraphs,
        sections,
        web_address,
        is_foreign,
        sex_words,
        match_word,
        view_words,
        fact_words,
        stated,
        marked,
        pages_words,
        replies_words,
        times_words,
        percent,
        sentence,
        phone_address,
    )
}
