"""Who is spoken of in a message: the writer, relatives, a he or she; and what of each is said to ail."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WRITER, SHE, HE, CHILD, SEVERAL = "writer", "she", "he", "child", "several"  # a relative's key is the usual word
YOUNG = frozenset({CHILD, "son", "daughter", "grandson", "granddaughter", "niece", "nephew"})
AROUND = 80  # letters before and after a word that are looked at
_FILE = tomllib.loads(Path(__file__).with_name("people.toml").read_text(encoding="utf-8"))
ROLES: dict[str, str] = {
    word: key for sex in ("female", "male", "either") for key, words in _FILE[sex].items() for word in words.split()
}
SEXES = dict.fromkeys([*_FILE["female"], SHE], "female") | dict.fromkeys([*_FILE["male"], HE], "male")
ROLE = "|".join(sorted(map(re.escape, ROLES), key=len, reverse=True))
_WORDS = {name: frozenset(words.split()) for name, words in _FILE["words"].items()}
BETWEEN = (  # words that do not stand between `my` and the relative
    "my|our|i|and|or|but|is|are|was|has|had|have|with|when|while|from|the|a|an|for|to|of|in|on|at|by|that|this|because|if"
    "|as|her|his|your|their|since|after|who|which|about|like|me|it|so|then|not|says?|said|think|hurts?"
)
AILS = _WORDS["ails"]
SMALL = r"\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
OF_AGE = r"[\s-]{0,2}(?:(?:years?|yrs?|months?|weeks?|days?)[\s-]{0,2}old|y/?o)"
PERSON = re.compile(
    rf"\b(?:(?P<role>{ROLE})\b(?P<poss>'s\b)?|(?:my|our|a)\s+(?P<young>(?:{SMALL}){OF_AGE}\b)"
    r"|(?P<i>i|im|ive|iam|am)\b|(?P<pronoun>s?he)\b|(?P<of>my|her|his)\s(?=\w))"
)
OWNED = re.compile(rf"\b(?:my|our)\s+(?:(?!(?:{BETWEEN})\b)[\w'.-]+[\s,]+){{0,5}}$")
ALONE = re.compile(r"(?:^|[.,;:!?()\n]|\b(?:hi|hello|doctor|dear|and|for|about|because|me|question|that))\s*$")
AGED_ALONE = re.compile(
    rf"(?:^|[.!?\n;]|\b(?:(?:have|got|for|of)\s+(?:an?|one)|for))\s*(?:{SMALL}|\d\d){OF_AGE}\s+(?:\w+\s+)?$"
)
HAVE = re.compile(r"\b(?:have|has|got)\s+$")
ROLE_FOLLOWS = re.compile(rf"\s*(?:[\w-]+\s+)?(?:{ROLE})\b")
FIRST_WORD = re.compile(r"(?:^|[.,!?\n]|\b(?:but|and|hello|hi|doctor))\s*$")
BODY = re.compile(rf"(?:{'|'.join(sorted(_WORDS['body'], key=len, reverse=True))})\b")
NOT_OF_THE_BODY = re.compile(r"\s+(?:side|family|house|advice|doctor|age)\b")
ASIDE = re.compile(  # what may stand between a person and the verb: `(71)`, `, 34,`, `always`
    r"\s*(?:\([^()\n]{1,30}\)|,(?=[^,\n]{0,8}\d)[^,.;\n]{1,30},|,)?\s*"
    r"(?:(?:also|just|now|still|recently|often|always|sometimes|suddenly|constantly|usually|really)\s+){0,3}'?"
)
NEXT = re.compile(r"(?:(?:who|that|she|he)\s+)?([\w']+)((?:\s+[\w']+){0,3})")
AGED = re.compile(r"\s*(?:is|who|am)?\s*(?:now|just|only|aged?|about|almost|nearly)?\s*\d")


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a person is named: the key of who it is; whether the words after say that the person does or is something,
    and that something ails the person now; and whether the words named end in `'s`."""

    key: str
    start: int
    end: int
    acts: bool = False
    ails: bool = False
    possessive: bool = False


def mentions(text: str) -> list[Mention]:
    """Every person named in a text, in its order; the text in small letters, with straight apostrophes."""
    return list(_mentions(text))


def _mentions(text: str) -> Iterator[Mention]:
    for match in PERSON.finditer(text):
        left = text[max(0, match.start() - AROUND) : match.start()]
        right = text[match.end() : match.end() + AROUND]
        if key := _key(match, left, right):
            acts, ails = _does(key, match, right)
            if acts or ails or not match["of"] or key != WRITER:
                yield Mention(key, _start(match, left), match.end(), acts, ails, match["poss"] is not None)


def _start(match: re.Match[str], left: str) -> int:
    """Where the words begin that name a person: at `my`, if it is there."""
    owned = OWNED.search(left) if match["role"] else None
    return match.start() - len(left) + owned.start() if owned else match.start()


def _key(match: re.Match[str], left: str, right: str) -> str:
    """Who is named; empty where it is nobody in particular, such as `a mother`, or one whose relative is meant."""
    if match["i"]:
        return WRITER if match["i"] != "am" or FIRST_WORD.search(left) else ""
    if word := match["of"] or match["pronoun"]:
        return {"my": WRITER, "her": SHE, "his": HE, "she": SHE, "he": HE}[word]
    if match["young"]:
        own = match.group().startswith(("my", "our")) or HAVE.search(left)
        return CHILD if own and not ROLE_FOLLOWS.match(right) else ""
    if match["poss"] and ROLE_FOLLOWS.match(right):
        return ""
    return ROLES[match["role"]] if any(form.search(left) for form in (OWNED, ALONE, AGED_ALONE)) else ""


def _does(key: str, match: re.Match[str], right: str) -> tuple[bool, bool]:
    """Whether a person acts, and whether something ails the person, by the words that follow."""
    if match["of"]:
        return (bool(BODY.match(right)),) * 2
    if match["poss"]:
        return (not AGED.match(right) and not NOT_OF_THE_BODY.match(right),) * 2
    aside = ASIDE.match(right)
    after = right[aside.end() :] if aside else right
    following = NEXT.match(after)
    if not following:
        return False, False
    verb, more = following[1], following[2].split()
    first = more[0] if more else ""
    if key == WRITER:
        return False, _am(more) if verb in ("am", "m") else _ails_me(verb, following[2])
    acts = verb in ("is", "are", "s") or not (verb in _WORDS["no_verbs"] | _WORDS["past"] or verb.isdigit())
    return acts, acts and verb in AILS and first not in _WORDS["not_ailing"] and not AGED.match(after)


def _am(more: list[str]) -> bool:
    return bool(more) and more[0] in _WORDS["i_am"] and not _WORDS["not_mine"] & set(more)


def _ails_me(verb: str, more: str) -> bool:
    return verb in _WORDS["mine"] and not _WORDS["not_mine"] & set(more.split()) and not re.search(r"\d", more)
