"""A page of a Q&A site, saved as text or HTML: the question itself, and the shorter ones it lists under Similar Q&A.

    <title>
    <the patient's message>
    Chen, 40~49 year old female. Ask Date: 2012/01/15
    Dr. <name> reply <specialty>                           one such block for each doctor, or none
    <the reply>
    Reply Date: 2012/01/15
    More Info                                              these three sections may be missing
    Similar Q&A
    <title> <message> Dr. ... reply ... <reply>[Read More] <title>
    Related FAQ
    <topic>(<specialty>)

A Similar Q&A may be cut off by the page with "..."; it stays as it is. The page it leads to is another record then,
because its message is longer. Where nothing is cut off, the two share an id, and the fuller one is kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from corpus.importers.files import files, text_of
from corpus.importers.options import Options
from corpus.importers.page_lines import DATE_BELOW, find_asker, is_dated, is_reply, read_more, replies, sections, topics
from corpus.importers.values import one_line, slug
from corpus.jsonl import BadLine
from corpus.records import Record, RecordError, from_json, to_json
from corpus.text import clean

SUFFIXES = (".txt", ".html", ".htm")
MAX_PAGE_BYTES = 8 << 20
ID_DIGITS = 8
HEADING = re.compile(r"<h1\b[^<>]*>", re.IGNORECASE)  # of a whole HTML page, what stands before it is the site's menu
PROVENANCE = {"source": "qa-page", "lang": "en"}
ASKER_FORM = '"NAME, 40~49 year old female. Ask Date: 2012/01/15"'


def read(path: Path, options: Options) -> Iterator[Record | BadLine]:
    """The records of one page, its Similar Q&A behind it; or of all pages of a folder, in the order of their names."""
    for file in files(path, SUFFIXES, options.notes):
        options.notes.at(str(file))
        text = text_of(file, MAX_PAGE_BYTES)
        if isinstance(text, BadLine):
            yield text
        else:
            yield from _page(str(file), text)


def fuller(first: Record, second: Record) -> Record:
    """Of two records of one question, the one that says who asked, then the one that says more, then the first."""
    return max(first, second, key=lambda record: (record.asker is not None, len(str(to_json(record)))))


def _page(path: str, text: str) -> Iterator[Record | BadLine]:
    found = HEADING.search(text)
    plain = clean(text[found.start() :] if found else text)
    parts = sections(DATE_BELOW.sub(r"\1 ", plain).split("\n"))
    asker = find_asker(parts["head"])
    if not any(parts["head"]):
        yield BadLine(path, 1, "no title: the page's first line must be the question's title")
    elif asker is None:
        yield BadLine(path, 1, f"no asker line: a line such as {ASKER_FORM} was looked for", parts["head"][0])
    elif not any(parts["head"][: asker.first]):
        yield BadLine(path, 1, "no title: a line with the question's title was looked for above the asker line")
    elif asker.crowded:
        reason = f"the asker line holds a message too; it must be a line of its own, such as {ASKER_FORM}"
        yield BadLine(path, 1, reason, parts["head"][asker.last])
    elif any(map(is_dated, parts["head"][asker.last + 1 :])):
        yield BadLine(path, 1, "a second Ask Date: give each question a page of its own", parts["head"][0])
    else:
        head = parts["head"]
        more = {"asker": asker.who, "asked": asker.asked, "more_info": _joined(parts["More Info"])}
        more["topics"] = topics(parts["Related FAQ"])
        yield _record(path, head[: asker.first], replies(head[asker.last + 1 :]), more)
    yield from _similar(path, parts["Similar Q&A"])


def _similar(path: str, lines: Sequence[str]) -> Iterator[Record | BadLine]:
    for block in read_more(lines):
        starts = [number for number, line in enumerate(block) if is_reply(line)]
        if len(starts) > 1 or starts == [0] or any(map(is_dated, block)):
            reason = "a Similar Q&A of another form: a title, a message, one reply and [Read More] were looked for"
            yield BadLine(path, 1, reason, "\n".join(block))
            continue
        cut = starts[0] if starts else len(block)
        yield _record(path, block[:cut], replies(block[cut:]), {})


def _record(path: str, asked: Sequence[str], answers: list[dict[str, str]], more: dict[str, Any]) -> Record | BadLine:
    """Record of one question; of the lines `asked`, the first that is not blank is the title."""
    title, _, message = _joined(asked).partition("\n")
    value = {"id": _id(title, message), "title": title, "question": message.strip(), "answers": answers}
    try:
        return from_json(value | more | PROVENANCE)
    except RecordError as error:
        return BadLine(path, 1, f"{error}, in the question {title}", title)


def _id(title: str, message: str) -> str:
    """The same for the same words, however they are broken into lines."""
    text = f"{one_line(title)}\n{one_line(message)}"
    digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:ID_DIGITS]
    return "qa-page:" + "-".join(filter(None, (slug(title), digest)))


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip()
