"""The table of emergency rules, read from rules.toml and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from search.safety.lexicon import Lexicon
from search.safety.look import Matcher, matcher
from search.safety.patterns import Compiler, PatternError

RULES = Path(__file__).with_name("rules.toml")
LIKENESS = "likeness"  # the rule that no words meet: its notice is for what is like an emergency
CANCELS = ("denied", "past", "weeks", "lasting", "general", "supposed")  # what can take the weight from a sign


@dataclass(frozen=True, slots=True)
class When:
    """Signs that must all stand together: in one message, in one sentence, within so many words, or alone in it."""

    signs: tuple[str, ...]
    needs: frozenset[str]  # the same, to compare at once
    words: int | None
    sentence: bool
    full: bool  # the message says nothing else
    without: tuple[str, ...]  # signs that rule this way out


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of emergency: its wording, whom to call, and the ways in which a message can describe it."""

    kind: str
    title: str
    text: str
    beside: str  # what is said behind the text of a more pressing kind; mostly nothing
    call: tuple[str, ...]
    whens: tuple[When, ...]
    unless: tuple[str, ...]
    despite: Mapping[str, frozenset[str]]  # sign ("*": every sign) -> what does not cancel it
    behind: Mapping[str, str]  # a kind that comes later in the table -> the sign with which it comes before this one

    def despite_of(self, sign: str) -> frozenset[str]:
        """What does not cancel a sign of this rule."""
        return self.despite.get(sign, frozenset()) | self.despite.get("*", frozenset())


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, the most pressing first, and what finds their signs."""

    rules: tuple[Rule, ...]
    lexicon: Lexicon
    matcher: Matcher

    def texts(self, kind: str, also: Collection[str]) -> list[str]:
        """What the notice of a kind says, and what the first of the less pressing kinds adds that has something to."""
        of = {rule.kind: rule for rule in self.rules}
        added = [] if of[kind].beside else [of[each].beside for each in also if of[each].beside]
        return [of[kind].text, *added[:1]]


@cache
def load(path: Path = RULES) -> Rules:
    """The rules of a table. Raises PatternError, which names the rule."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    compiler = Compiler(table["words"])
    signs = {name: patterns for part in ("context", "signs") for name, patterns in table[part].items()}
    rules = []
    for kind, entry in table["rule"].items():
        signs |= {f"{kind}.{name}": patterns for name, patterns in entry.get("signs", {}).items()}
        try:
            rules.append(rule(kind, entry, signs))
            if strange := rules[-1].behind.keys() - table["rule"].keys():
                raise PatternError(f"behind: no rule is called {min(strange)!r}")
        except (KeyError, ValueError) as error:
            raise PatternError(f"rule {kind!r}: {error}") from error
    compiled = {
        name: [each for source in sources for each in compiler.patterns(source)] for name, sources in signs.items()
    }
    return Rules(tuple(rules), compiler.lexicon(), matcher(compiled))


def rule(kind: str, entry: Mapping[str, Any], signs: Mapping[str, Any]) -> Rule:
    """One rule of the table; a sign is the rule's own where it has one of that name, else a shared one."""

    def full(name: str) -> str:
        own = f"{kind}.{name}"
        if own not in signs and name not in signs and name != "*":
            raise PatternError(f"no sign is called {name!r}")
        return own if own in signs else name

    unknown = {reason for reasons in entry.get("despite", {}).values() for reason in reasons} - set(CANCELS)
    if (kind == LIKENESS) == bool(entry["when"]):
        raise PatternError(f"when: expected some ways to meet it, and none for {LIKENESS!r}, found {entry['when']}")
    if unknown:
        raise PatternError(f"despite: {sorted(unknown)} is none of {CANCELS}")
    return Rule(
        kind=kind,
        title=entry["title"],
        text=entry["text"],
        beside=entry.get("beside", ""),
        call=tuple(entry["call"]),
        whens=tuple(when(item, full) for item in entry["when"]),
        unless=tuple(full(name) for name in entry.get("unless", [])),
        despite={full(name): frozenset(reasons) for name, reasons in entry.get("despite", {}).items()},
        behind={other: full(name) for other, name in entry.get("behind", {}).items()},
    )


def when(source: str, full: Callable[[str], str]) -> When:
    """`"fever + rash"`: in one message; `"... in a sentence"`, `"... in 20 words"`: nearer together; see rules.toml."""
    rest, _, barred = source.partition(" without ")
    body, _, near = rest.partition(" in ")
    words = int(near.split()[0]) if near.endswith(" words") else None
    if near not in ("", "a sentence", "full") and words is None:
        raise PatternError(f"when {source!r}: expected 'in a sentence', 'in full' or 'in N words', found {near!r}")
    signs = tuple(full(name.strip()) for name in body.split("+"))
    without = tuple(full(name.strip()) for name in barred.split(",") if name.strip())
    return When(signs, frozenset(signs), words, near == "a sentence", near == "full", without)
