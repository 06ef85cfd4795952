"""Text helpers that know no record: cleaning what an export left behind, and finding sentences."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.entities import html5

# Only what HTML knows is a tag: in "platelets <fifty and WBC >ten" the signs are the writer's own.
BLOCK_NAMES = (
    "address|article|aside|blockquote|body|br|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]"
    "|header|hr|html|legend|li|main|nav|ol|option|p|pre|section|select|summary|table|tbody|tfoot|thead|tr|ul"
)
OTHER_NAMES = (
    "a|abbr|acronym|area|audio|b|base|bdi|bdo|big|button|canvas|caption|cite|code|col|colgroup|data|del|dfn|em|embed|font"
    "|head|i|iframe|img|input|ins|kbd|label|link|map|mark|meta|noscript|object|output|param|path|picture|q|s|samp|script"
    "|small|source|span|strike|strong|style|sub|sup|svg|template|textarea|time|title|tt|u|use|var|video|wbr"
    "|(?:[movwx]|st1):[a-z]+"  # o:p and the like: a word processor's
)
VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s"'<>]+)"""
# Without a value only those that HTML or a framework knows, or "<b positive and C>" would be a tag.
BARE = (
    "allowfullscreen|async|autofocus|autoplay|checked|compact|contenteditable|controls|default|defer|disabled|download"
    "|hidden|inert|ismap|itemscope|loop|multiple|muted|nomodule|noshade|novalidate|nowrap|open|playsinline|readonly"
    r"|required|reversed|selected|(?:data|aria|_ng[a-z]+)-[\w.-]+"
)
ATTRIBUTE = rf"\s+[a-z_:@][\w:.-]*\s*=\s*{VALUE}|\s+(?:{BARE})(?![\w.-])"
TAG = re.compile(
    rf"</?(?:(?P<block>{BLOCK_NAMES})|(?P<cell>td|th)|{OTHER_NAMES})(?:{ATTRIBUTE})*\s*/?>|<!doctype\b[^<>]*>",
    re.IGNORECASE,
)
UNSEEN = re.compile(r"<!--|<(head|script|style)\b[^<>]*>", re.IGNORECASE)  # what no reader of the page sees
POWER = re.compile(r"(?<=[0-9])<sup\b[^<>]*>\s*(?=[-+−–]?[0-9])", re.IGNORECASE)  # 10<sup>9</sup> is no 109
# Without its semicolon a name counts as HTML has it in addresses: the "&section=2" of one is no "§".
ENTITY = re.compile(
    r"&(?:#(?:[0-9]{1,9}(?![0-9])|x[0-9a-f]{1,8}(?![0-9a-f]));?|(?P<name>[a-z][a-z0-9]*+(?:;|(?!=))))", re.IGNORECASE
)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ufeff]")  # those that are no white space
# A run of marks is looked at once, from its start: looked at from each of them, a long one would take forever.
SENTENCE_END = re.compile(r"""(?<![.!?…。！？])[.!?…。！？]++["'”’)\]]*+(?=\s|$)|[。！？]|\n""")
# A full stop after one of these does not end a sentence; nor one after a single letter or a number at the start.
ABBREVIATIONS = "dr drs mr mrs ms prof st vs e.g i.e etc approx fig resp incl dept inc cf al".split()
ABBREVIATION = re.compile(
    rf"(?:\b(?:{'|'.join(map(re.escape, ABBREVIATIONS))})|\b[A-Z]|^\W*\d{{1,2}})\.$",
    re.IGNORECASE,
)
LAST_LETTERS = frozenset(word[-2:] for word in ABBREVIATIONS)  # a word of other ones is none, which is most words
LOOK_BACK = 12  # characters before a full stop that decide whether it ends an abbreviation


def clean(text: str) -> str:
    """Plain text of a piece of markup: entities opened, tags out, blocks as lines, spaces single, newlines `\\n`; a
    power is written `10^9`."""
    text = _seen(text.replace("\r\n", "\n").replace("\r", "\n"))
    text = ENTITY.sub(_opened, TAG.sub(_instead, POWER.sub("^", text))).replace("\r", "\n")
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in CONTROL.sub("", text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Character ranges (start, end) of the sentences of a text, in order, without the white space around them.

    A sentence ends at a full stop, question or exclamation mark that white space follows, or at a line's end. A decimal
    point, an abbreviation, a numbered item's `1.` does not end one, so that a dose stays inside its sentence.
    """
    start = 0
    for match in SENTENCE_END.finditer(text):
        stop, end = match.span()
        if text[stop] == "." and _goes_on(text, start, stop, end):
            continue
        if (found := _stripped(text, start, end)) is not None:
            yield found
        start = end
    if (found := _stripped(text, start, len(text))) is not None:
        yield found


def _seen(text: str) -> str:
    """The text without comments, scripts, styles and the page's head; one that is never closed is text."""
    kept: list[str] = []
    unclosed: set[str] = set()  # looked for once, or a text of many openings would take forever
    at = 0
    for opening in UNSEEN.finditer(text):
        name = (opening[1] or "").lower()
        if opening.start() < at or name in unclosed:
            continue
        closing = re.compile(rf"</{name}\s*>" if name else "-->", re.IGNORECASE).search(text, opening.end())
        if closing is None:
            unclosed.add(name)
            continue
        kept += [text[at : opening.start()], " " if name else ""]
        at = closing.end()
    return "".join([*kept, text[at:]])


def _instead(tag: re.Match[str]) -> str:
    return "\n" if tag["block"] else " " if tag["cell"] else ""


def _opened(entity: re.Match[str]) -> str:
    name = entity["name"]
    return html5.get(name, entity[0]) if name else html.unescape(entity[0])


def _goes_on(text: str, start: int, stop: int, end: int) -> bool:
    if end >= len(text):
        return False
    last = text[stop - 2 : stop].lower()
    if last.isalpha() and last not in LAST_LETTERS:
        return False
    before = text[max(start, stop - LOOK_BACK) : stop + 1]
    if len(before) > LOOK_BACK:  # `^` in the pattern must mean the sentence's start
        before = "\x00" + before
    return ABBREVIATION.search(before) is not None


def _stripped(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The range without the white space around what it holds; None where it holds nothing else."""
    piece = text[start:end].rstrip()
    length = len(piece.lstrip())
    return (start + len(piece) - length, start + len(piece)) if length else None
