"""The lexical half against its formula written out, and filters against a plain loop."""

from __future__ import annotations

import math
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.records import Answer, Record
from search.errors import IndexRefused
from search.filters import Filters
from search.lexical import MAX_TERMS, Lexical, record_text, stem, stems
from tests.search.toy_pages import FILTERS, many, passes
from tests.toy_encoder import WORDS

K1, B = 1.2, 0.75
TOLD_APART = 39  # tokens; tantivy keeps the length of a longer text only roughly

TITLES = (
    "lip rash fever",
    "lip lip rash",
    "fever",
    "cough cough cough cough rash lip",
    "stroke coffee coffee fever fever fever lip rash cough water",
)


def shares(texts: list[list[str]], terms: list[str]) -> list[float]:
    """How much of the terms stands in each text: BM25's share of each term, weighed by the square of its idf."""
    mean = sum(map(len, texts)) / len(texts)
    scores, whole = [0.0] * len(texts), 0.0
    for term in set(terms):
        holding = sum(term in text for text in texts)
        idf = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
        whole += idf**2
        for number, text in enumerate(texts):
            frequency = Counter(text)[term]
            scores[number] += idf**2 * frequency / (frequency + K1 * (1 - B + B * len(text) / mean))
    return [score / whole if whole else 0.0 for score in scores]


def index_of(records: Sequence[Record], folder: Path) -> Lexical:
    Lexical.build(records, folder / "lexical")
    return Lexical.load(folder / "lexical")


@pytest.fixture
def lexical(tmp_path: Path) -> Lexical:
    """An index over TITLES."""
    return index_of([Record(id=str(number), title=title) for number, title in enumerate(TITLES)], tmp_path)


@pytest.fixture(scope="module")
def filtered(tmp_path_factory: pytest.TempPathFactory) -> Lexical:
    """An index over records of every kind."""
    return index_of(many(150), tmp_path_factory.mktemp("filtered"))


def test_a_score_worked_out_by_hand(lexical: Lexical) -> None:
    [(row, score)] = lexical.search(["stroke"], 10)
    assert row == 4
    assert score == pytest.approx(1 / (1 + 1.2 * (0.25 + 0.75 * 10 / (23 / 5))))
    rare, common = math.log(1 + (5 - 1 + 0.5) / (1 + 0.5)), math.log(1 + (5 - 4 + 0.5) / (4 + 0.5))
    found = dict(lexical.search(["stroke", "lip"], 10))
    lip = 2 / (2 + 1.2 * (0.25 + 0.75 * 3 / (23 / 5)))  # twice in the second text, whose length is 3
    assert found[1] == pytest.approx(common**2 * lip / (common**2 + rare**2))
    nowhere = math.log(1 + (5 - 0 + 0.5) / (0 + 0.5))  # lacking in every record
    [(row, less)] = lexical.search(["stroke", "nowhere"], 10)
    assert (row, less) == (4, pytest.approx(score * rare**2 / (rare**2 + nowhere**2)))


WORD_LISTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=TOLD_APART)


@settings(max_examples=15)
@given(st.lists(WORD_LISTS, min_size=1, max_size=12), st.lists(st.sampled_from(WORDS), min_size=1, max_size=5))
def test_scores_are_the_shares_met(texts: list[list[str]], words: list[str]) -> None:
    records = [Record(id=str(number), question=" ".join(text)) for number, text in enumerate(texts)]
    terms = stems(" ".join(words))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # tantivy may still hold its lock file
        lexical = index_of(records, Path(folder))
        found = lexical.search(terms, len(texts))
        listed = lexical.scores(terms, range(len(texts)))
    expected = shares([stems(" ".join(text)) for text in texts], terms)
    assert listed == pytest.approx(dict(enumerate(expected)), rel=1e-5)
    assert dict(found) == {row: score for row, score in listed.items() if score > 0}
    assert found == sorted(found, key=lambda item: -item[1])


def test_the_best_come_first_and_equal_ones_in_row_order(tmp_path: Path) -> None:
    lexical = index_of([Record(id=str(number), title="rash") for number in range(6)], tmp_path)
    assert [row for row, _ in lexical.search(["rash"], 4)] == [0, 1, 2, 3]


def test_scores_are_those_of_the_search_for_the_rows_asked(lexical: Lexical) -> None:
    terms = ["lip", "cough"]
    found = dict(lexical.search(terms, 5))
    assert found.keys() == {0, 1, 3, 4}
    assert lexical.scores(terms, [4, 2, 0]) == {4: found[4], 2: 0.0, 0: found[0]}
    assert lexical.scores(terms, []) == {}
    assert lexical.scores([], [1]) == {1: 0.0}


@given(FILTERS, st.integers(1, 160))
def test_filters_are_exact(filtered: Lexical, filters: Filters, k: int) -> None:
    terms = stems(" ".join(WORDS))
    unfiltered = filtered.search(terms, 150)
    records = many(150)
    expected = [(row, score) for row, score in unfiltered if passes(records[row], filters)]
    found = filtered.search(terms, k, filters)
    assert found == expected[:k]


def test_no_terms_find_nothing(lexical: Lexical) -> None:
    assert lexical.search([], 10) == []
    assert lexical.search(["lip"], 0) == []
    assert lexical.search(["nowhere"], 10) == []


def test_no_more_terms_than_the_limit_are_looked_up(lexical: Lexical) -> None:
    filler = [f"x{number}" for number in range(MAX_TERMS - 1)]
    assert [row for row, _ in lexical.search([*filler, "stroke"], 5)] == [4]
    assert [row for row, _ in lexical.search([*filler, "fever", "stroke"], 5)] == [
        row for row, _ in lexical.search(["fever"], 5)
    ]


def test_document_frequency(lexical: Lexical) -> None:
    assert len(lexical) == 5
    assert {word: lexical.document_frequency(word) for word in ("lip", "stroke", "nowhere")} == {
        "lip": 4,
        "stroke": 1,
        "nowhere": 0,
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The hands are swollen", ["hand", "swollen"]),
        ("Twitching, twitched; twitches!", ["twitch", "twitch", "twitch"]),
        ("Naïve CAFÉ", ["naiv", "cafe"]),
        ("38.5°C x-ray", ["38", "5", "c", "x", "ray"]),
        ("皮膚 and 🍮", ["皮膚"]),
        ("x" * 79 + " " + "y" * 80, ["x" * 79]),
        ("of the", []),
    ],
)
def test_stems(text: str, found: list[str]) -> None:
    assert stems(text) == found


def test_stem_of_one_word() -> None:
    assert [stem(word) for word in ("Twitching", "the", "", "x-ray")] == ["twitch", "", "", "x"]


def test_all_that_a_page_says_is_searched(tmp_path: Path) -> None:
    record = Record(
        id="x",
        title="one",
        question="two",
        answers=(Answer("three"), Answer("four")),
        more_info="five",
        topics=("six",),
    )
    assert record_text(record) == "one\ntwo\nthree\nfour\nfive"
    lexical = index_of([record], tmp_path)
    words = ("one", "two", "three", "four", "five", "six")
    assert [lexical.document_frequency(stem(word)) for word in words] == [1, 1, 1, 1, 1, 0]


def test_a_folder_that_is_no_index_is_refused_by_name(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(IndexRefused, match=f"{path.name} cannot be read as a tantivy index"):
            Lexical.load(path)
