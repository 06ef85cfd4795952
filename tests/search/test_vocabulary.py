"""The vocabulary: known words, their plurals, and the words that are near, against a plain search."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.errors import IndexRefused
from search.vocabulary import Vocabulary, edits_between

WORDS = dict(zip("lip lips lisp slip clip limp rash crash".split(), range(1, 9), strict=True)) | {"maria": 0}
VOCABULARY = Vocabulary(WORDS)


def plain_edits(one: str, other: str) -> int:
    """Edits between two words, by the textbook's table."""
    rows = [[max(i, j) if not i or not j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (one[i - 1] != other[j - 1]))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@given(st.text("lips", max_size=6), st.text("lips", max_size=6))
def test_edits_are_those_of_the_textbook(one: str, other: str) -> None:
    assert edits_between(one, other) == plain_edits(one, other)


@pytest.mark.parametrize("word", ["lip", "lpi", "lipp", "rsah", "alergy", "xyz", "ilp", "arash"])
@pytest.mark.parametrize("most", [1, 2])
def test_near_words_are_all_with_this_first_letter_and_those_one_edit_away_at_the_start(word: str, most: int) -> None:
    same_start = {(other, plain_edits(word, other)) for other, count in WORDS.items() if count and other[0] == word[0]}
    starts = {
        other for other, count in WORDS.items() if count and other[0] != word[0] and plain_edits(word, other) == 1
    }
    at_start = {other for other in starts if other[-len(word) + 2 :] == word[2:]}
    expected = {(other, edits) for other, edits in same_start if edits <= most} | {(other, 1) for other in at_start}
    assert set(VOCABULARY.near(word, most)) == expected


@pytest.mark.parametrize(
    ("word", "known"),
    [("lip", True), ("maria", True), ("rashs", False), ("rashes", True), ("limps", True), ("crashed", False)],
)
def test_a_word_is_known_by_itself_or_as_a_plural(word: str, known: bool) -> None:
    assert VOCABULARY.knows(word) is known


def test_it_is_the_same_after_the_disk(tmp_path: Path) -> None:
    Vocabulary.save(tmp_path / "words.tsv", WORDS)
    loaded = Vocabulary.load(tmp_path / "words.tsv")
    assert {word: loaded.frequency(word) for word in WORDS} == WORDS
    assert (len(loaded), loaded.frequency("none")) == (len(WORDS), 0)


@pytest.mark.parametrize("text", [None, "lip", "lip\tmany", "lip\t1\t2"])
def test_a_file_that_is_missing_or_no_vocabulary_is_refused_by_name(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "words.tsv").write_text(text)
    with pytest.raises(IndexRefused, match=r"words\.tsv cannot be read as a vocabulary \(.*\); build the index again"):
        Vocabulary.load(tmp_path / "words.tsv")
