"""A message as words with their places, cut into sentences and clauses."""

from __future__ import annotations

import re

from search.safety.lexicon import Lexicon, Reading
from search.safety.match import Token

# What stands before a word, and the word: a number, "can't" whose apostrophe became a space, or letters with
# apostrophes inside (to Unicode, ʼ is a letter itself). A character is read twice at most, and the end of the text
# counts as a word, so the scan never goes back further.
WORD = re.compile(
    r"([\W_ʼ]*)(\d+(?:[.,]\d+)?"
    r"|(?i:ca|wo|do|does|did|is|could|would|should|has|have|had|was|are|were|ai)[nN] [tT]\b(?!-)"
    r"|[^\W\d_ʼ]+(?:['’ʼ`´][^\W\d_ʼ]+)*|\Z)"
)
APOSTROPHES = re.compile(r"['’ʼ`´ ]")
SENTENCE_END = frozenset(".!?;。！？；")
CLAUSE_END = frozenset(',:()[]\n–—"“”•|，：（）「」')
SHORT_FORMS = frozenset(
    "dr mr mrs ms st vs yr yrs wk wks mo mos hr hrs min mins temp approx deg dx hx pt eg ie".split()
)
CLAUSE_WORDS = frozenset("but however although though except yet whereas now today tonight suddenly currently".split())
MEMO_WORDS = 10_000  # so many words of the rules are kept from one message to the next; others never are
JOINERS = frozenset(  # between them and a subject a clause ends: "for ten years my sugar", "in 2015 he"
    "and so year years yr yrs month months week weeks wk wks day days hour hours hr hrs minutes mins yesterday".split()
    + [str(year) for year in range(1950, 2050)]
)
GOES_ON = frozenset(  # behind "ago": other words begin what is said next, "had surgery 2 weeks ago fever and chills"
    "and as at because but by due for from if in is of on that to was were when which who with".split()
)
SUBJECTS = frozenset(
    "i im ive he hes she shes they theyre we it its my his her their our is are am was has have cant cannot".split()
)


def tokens(text: str, lexicon: Lexicon) -> list[Token]:
    """The words of a message in order. A clause ends at a comma, a bracket, a line, before `but`, `now`, `and he`,
    `years he`, and behind `ago`.

    Clauses are numbered one after the other, but for those that a word like `but` sets apart from what stands before.
    """
    memo, others = lexicon.memo, dict[str, Reading]()
    found: list[Token] = []
    sentence = clause = end = 0
    before, new = "", tuple.__new__  # a third of the time of Token(...)
    for gap, raw in WORD.findall(text):
        if not raw:
            break
        reading = memo.get(raw) or others.get(raw)
        if reading is None:
            reading = read(raw, lexicon)
            (memo if raw.lower() in lexicon.exact and len(memo) < MEMO_WORDS else others)[raw] = reading
        word, classes, opens, subject = reading
        ended, paused = breaks(gap, before, raw) if gap != " " and found else (False, False)
        sentence += ended
        if opens:
            clause += 2  # so that it does not count as the next clause
        if ended or paused or (subject and before in JOINERS) or (before == "ago" and word not in GOES_ON):
            clause += 1
        start = end + len(gap)
        end = start + len(raw)
        found.append(new(Token, (word, start, end, sentence, clause, classes)))
        before = word
    return found


def read(raw: str, lexicon: Lexicon) -> Reading:
    """A word as it was written: as a plain word, with its classes, and what it does to clauses."""
    word = plain(raw)
    return word, lexicon.classes(word), word in CLAUSE_WORDS, word in SUBJECTS


def plain(word: str) -> str:
    """The word in lower case without apostrophes and a final 's: `Can't`, `Can t` -> `cant`, `she's` -> `she`."""
    word = word.lower()
    if word.isalnum() and word.isascii():
        return word
    parts = APOSTROPHES.split(word)
    return "".join(parts[:-1] if len(parts) > 1 and parts[-1] == "s" else parts)


def breaks(gap: str, before: str, word: str) -> tuple[bool, bool]:
    """Whether a sentence and whether a clause ended in the characters between two words."""
    marks = set(gap)
    stop = bool(marks & SENTENCE_END) and not (gap.startswith(".") and before in SHORT_FORMS)
    new_line = "\n" in marks and (gap.count("\n") > 1 or not word[0].islower())
    return stop or new_line, bool(marks & CLAUSE_END) or " -" in gap
