"""The language of the emergency rules: what its patterns match, and that no text makes them slow."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.safety import urgent
from search.safety.look import matcher
from search.safety.match import Hit
from search.safety.patterns import Compiler, PatternError
from search.safety.report import read
from search.safety.rules import load
from search.safety.text import plain, tokens

PHRASES = Path(__file__).with_name("safety_phrases.tsv")
LONGEST = 20_000  # characters of the longest question
TOY = {"wall": ["not", "but"], "him": ["him", "my dad"], "pet": ["cat", "@him"]}


def toy_hits(pattern: str, text: str) -> list[str]:
    """Extracts of a text that a pattern matches."""
    compiler = Compiler(TOY)
    patterns = compiler.patterns(pattern)
    words = tokens(text, compiler.lexicon())
    hits = matcher({"sign": patterns}).look(words).hits({"sign"}).get("sign", [])
    return [text[words[hit.first].start : words[hit.last].end] for hit in hits]


@pytest.mark.parametrize(
    ("pattern", "text", "extracts"),
    [
        ("chest pain", "Chest pain; no chest. Pain", ["Chest pain"]),
        ("a|b c", "a c, b c, c", ["a c", "b c"]),
        ("passed_out|faint", "he passed out, passed by, faint", ["passed out", "faint"]),
        ("droop*", "drooping drop", ["drooping"]),
        ("seizure~", "siezure seizur seizures xeizure", ["siezure", "seizur", "seizures"]),
        ("#38-42.5 degrees", "37 degrees, 38,5 degrees, 42.6 degrees", ["38,5 degrees"]),
        ("wake @him", "can't wake my dad or wake him", ["wake my dad", "wake him"]),
        ("a @pet", "a cat, a my dad", ["a cat", "a my dad"]),
        ("wake up? him", "wake him, wake up him", ["wake him", "wake up him"]),
        ("a ..1 b", "a b, a x b, a x x b", ["a b", "a x b"]),
        ("a .. b", "a x x x b. a x x x x b", ["a x x x b"]),
        ("a ..2 b", "a not b, a but x b, a x b", ["a x b"]),
        ("a ..2 not", "a x not", ["a x not"]),
        ("a ..3 b", "a b b", ["a b"]),
    ],
)
def test_the_pattern_language(pattern: str, text: str, extracts: list[str]) -> None:
    assert toy_hits(pattern, text) == extracts


@pytest.mark.parametrize("pattern", ["", "a? b", "a b?", "a ..2", "@nobody", "no*", "a-b", "(a|b)+"])
def test_a_pattern_that_cannot_be_read_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        Compiler(TOY).patterns(pattern)


def test_words_sentences_and_clauses() -> None:
    words = tokens("I can't, he's 38.5! Dr. No's ill but fine", Compiler(TOY).lexicon())
    assert [(word.word, word.sentence, word.clause) for word in words] == [
        ("i", 0, 0), ("cant", 0, 0), ("he", 0, 1), ("38.5", 0, 1),
        ("dr", 1, 2), ("no", 1, 2), ("ill", 1, 2), ("but", 1, 4), ("fine", 1, 4),
    ]  # fmt: skip


@given(st.text() | st.text("30sʼ'’ can't ſ"))
@example("30ʼ")
@example("in my 30ʼs ʼs")
def test_every_word_is_where_it_says(text: str) -> None:
    words = tokens(text, load().lexicon)
    assert [plain(text[word.start : word.end]) for word in words] == [word.word for word in words]
    assert all(one.end <= other.start for one, other in pairwise(words))
    urgent(text)


def test_an_apostrophe_that_became_a_space_is_read_as_one() -> None:
    words = [word.word for word in tokens("I Can t, she doesn t; can T cells, can t-shirts", load().lexicon)]
    assert words == ["i", "cant", "she", "doesnt", "cant", "cells", "can", "t", "shirts"]


def test_of_a_message_only_words_of_the_rules_are_remembered() -> None:
    lexicon = replace(load().lexicon, memo={})
    tokens("chest Chest droopingxxxxx seizurezzzz 38.5 abcdef", lexicon)
    assert set(lexicon.memo) == {"chest", "Chest"}


def test_trying_patterns_around_their_keys_finds_what_trying_them_everywhere_finds() -> None:
    rules = load()
    every = {
        id(pattern): (sign, pattern)
        for filed in rules.matcher.patterns.values()
        for sign, pattern, _ in filed
        if pattern
    }
    for phrase in read(PHRASES)[::23]:
        words = tokens(phrase.text, rules.lexicon)
        look = rules.matcher.look(words)
        slow: set[tuple[str, Hit]] = set()
        for sign, pattern in every.values():
            ends = (
                (at, pattern.end(words, at)) for at, word in enumerate(words) if pattern.steps[0].head in word.classes
            )
            slow |= {(sign, Hit(at, end - 1)) for at, end in ends if end is not None}
        fast = {(sign, hit) for sign, hits in look.hits(look.tries.keys()).items() for hit in hits}
        single = {(sign, hit) for sign, hit in fast - slow if hit.first == hit.last}
        assert fast - single == slow


# ------------------------------------------------------------------ work


def work(text: str) -> int:
    """Calls and returns that it takes to look at a text."""
    events = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal events
        events += 1

    sys.setprofile(count)
    try:
        urgent(text)
    finally:
        sys.setprofile(None)
    return events


@pytest.mark.parametrize(
    "piece",
    [
        "chest pain ", "no chest pain, ", "i can't breathe and ", "my baby is 3 weeks old fever ", "want to die ",
        "he hit his head and vomited years ago ", "numb left arm face speech slurred sudden ", "if i ", "or nor not ",
        "quiero morir ", "no quiero ", "想死", "不", "a'", "'", "9,", "9", "!", "\n", "_", ". ", "é", "x",
    ],
)  # fmt: skip
def test_the_work_grows_with_the_text_and_no_faster(piece: str) -> None:
    urgent("")  # so that the rules are read
    half, whole = ((piece * LONGEST)[:length] for length in (LONGEST // 2, LONGEST))
    assert work(whole) <= 2.2 * work(half) + 100
    assert work(whole) <= 60 * LONGEST


# ------------------------------------------------------------------ the report
