"""The emergency notice for a message with a slip of the finger: one letter lost, doubled, or swapped with the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.engine import Engine
from search.hits import Question, Switches
from search.safety import guesses, urgent
from search.safety.guess import MOST
from search.safety.rules import load
from search.spelling import Spelling
from tests.search.real_words import real_words

PHRASES = {
    "my son swallowed a battery": "swallowed battery",
    "my toddler drank bleach": "toddler drank bleach",
    "i took 20 paracetamol last night": "paracetamol",
    "my newborn has fever 39": "newborn fever",
    "my throat is closing up after peanuts": "throat closing",
    "i want to kill myself": "kill myself",
    "chest pain and sweating": "chest sweating",
    "her face is drooping and speech is slurred": "drooping slurred",
    "he is unconscious": "unconscious",
    "i cannot breathe": "breathe",
    "i took an overdose": "overdose",
    "i feel suicidal": "suicidal",
    "crushing chest pain down my left arm": "crushing chest",
    "she is having a seizure": "seizure",
    "i am pregnant and bleeding heavily": "pregnant bleeding heavily",
    "carbon monoxide alarm is going off": "carbon monoxide alarm",
}


def slips(word: str) -> Iterator[str]:
    """The word with each letter but the first lost, doubled, and swapped with the next; each once."""
    made = set()
    for at in range(1, len(word)):
        made |= {word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]}
        made |= {word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]}
    return iter(sorted(made - {word}))


MISSPELT = [
    phrase.replace(word, slip) for phrase, words in PHRASES.items() for word in words.split() for slip in slips(word)
]


def test_a_slip_seldom_silences_the_notice() -> None:
    words = real_words()
    spelling = Spelling(words)
    silent = [text for text in MISSPELT if not urgent(text, "", spelling.corrections(text), guesses(text, words.knows))]
    as_typed = sum(urgent(text) is not None for text in MISSPELT)
    document = (Path(__file__).parents[2] / "docs" / "safety.md").read_text(encoding="utf-8")
    assert f"{len(MISSPELT) - len(silent)} of {len(MISSPELT)} still raise one" in document
    assert f"as they are typed {as_typed} do" in document
    assert len(silent) < 0.05 * len(MISSPELT), silent


@pytest.mark.parametrize(
    "text", ["i want to killl myself", "i want to kll myself", "I want, honestly, to Killl mysellf"]
)
@pytest.mark.parametrize("switches", [Switches(), Switches(corrections=False)])
def test_a_search_raises_it_whatever_is_switched_off(engine: Engine, text: str, switches: Switches) -> None:
    notice = engine.search(Question(text, switches=switches)).urgent
    assert notice is not None
    assert notice["kind"] == "suicide"
    start, end = notice["matched"][0]
    assert text[start:end].lower().startswith("k")
    assert text[start:end].lower().endswith("lf")


def test_a_word_that_is_known_is_not_taken_for_another() -> None:
    assert guesses("we walked on the beach", real_words().knows) == ()
    (guess,) = guesses("he drakn it", lambda word: word != "drakn")
    assert (guess.wrong, guess.right, guess.start, guess.end) == ("drakn", "drank", 3, 8)


@pytest.mark.parametrize(("wrong", "right"), [("babyy", "baby"), ("attackk", "attack"), ("backwardd", "backward")])
def test_a_letter_typed_twice_is_not_taken_for_another(wrong: str, right: str) -> None:
    assert [guess.right for guess in guesses(wrong, lambda word: False)] == [right]


def test_a_text_of_words_that_nobody_knows_takes_no_time() -> None:
    assert len(guesses("drakn " * (MOST + 50), lambda word: False)) == MOST


def test_a_word_longer_than_any_of_the_rules_is_not_guessed_at(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def noted(word: str) -> set[str]:
        tried.append(word)
        return set()

    monkeypatch.setattr("search.safety.guess.near_words", noted)
    longest = load().lexicon.longest
    guesses("x" * (longest + 1) + " and " + "y" * 20_000, lambda word: False)  # all ways to misspell it take minutes
    assert tried == ["x" * (longest + 1), "and"]
