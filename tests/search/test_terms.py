"""What a record shares with a question is worked out from its stems as the lexical half does it."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Answer, Record
from search.errors import IndexRefused
from search.lexical import Lexical, record_text, stems
from search.terms import FILES, RecordTerms, Same, Terms, kept_lengths, met, number_of, numbers_of

chance = random.Random(7)
WORDS = [f"{first}{last}" for first in ("rash", "fever", "cough", "lip", "eye") for last in ("", "o", "ix", "um", "al")]


def a_text(words: int) -> str:
    """So many words, some of them far more often than others."""
    return " ".join(WORDS[min(int(chance.expovariate(0.2)), len(WORDS) - 1)] for _ in range(words))


def of_ten(text: str) -> Terms:
    """The stems of a text that is filled up to ten words."""
    own = stems(text)
    return Terms.of([*own, *["filler"] * (10 - len(own))])


RECORDS = [
    Record(id=f"r{number:03}", title=a_text(4), answers=(Answer(a_text(chance.choice((3, 30, 90, 700, 9000)))),))
    for number in range(80)
]
TERMS = [Terms.of(stems(record_text(record))) for record in RECORDS]


@pytest.mark.parametrize("words", [1, 3, 20, 400])
def test_words_score_as_in_the_lexical_half(words: int, tmp_path: Path) -> None:
    Lexical.build(RECORDS, tmp_path / "lexical")
    RecordTerms.save(TERMS, tmp_path / "terms")
    lexical, terms = Lexical.load(tmp_path / "lexical"), RecordTerms.load(tmp_path / "terms")
    rows = np.array([*range(0, 80, 3)])
    for _ in range(5):
        asked = [*stems(a_text(words)), "neverheard"]
        expected = lexical.scores(asked, rows.tolist())
        found = terms.scores(asked, rows, lexical.document_frequency)
        assert found == pytest.approx([expected[row] for row in rows.tolist()], abs=1e-5)  # tantivy adds in 32 bits
    assert terms.scores(["neverheard"], rows, lexical.document_frequency).tolist() == [0.0] * len(rows)
    assert terms.scores([], rows, lexical.document_frequency).tolist() == [0.0] * len(rows)


def test_a_page_that_has_an_abbreviation_or_what_it_stands_for_lacks_nothing(tmp_path: Path) -> None:
    pages = ["copd", "lung disease", "lung", "cough", "copd lung disease"]
    RecordTerms.save([of_ten(page) for page in pages], tmp_path / "terms")
    terms, rows = RecordTerms.load(tmp_path / "terms"), np.arange(len(pages))
    asked, holding = stems("copd lung disease"), {"copd": 2, "lung": 3, "diseas": 2}.get
    short, long, part, other, both = terms.scores(
        asked, rows, lambda term: holding(term) or 0, [Same(["copd"], ["lung", "diseas"])]
    ).tolist()
    assert short == pytest.approx(long) == pytest.approx(both)
    assert other == 0 < part < long
    apart = terms.scores(asked, rows, lambda term: holding(term) or 0).tolist()
    assert apart[0] < 0.6 * apart[4]


def test_an_abbreviation_that_no_page_has_weighs_as_much_as_the_rarest_word_that_it_stands_for(tmp_path: Path) -> None:
    pages = ["lung disease", "disease", "cough"]
    RecordTerms.save([of_ten(page) for page in pages], tmp_path / "terms")
    terms, rows = RecordTerms.load(tmp_path / "terms"), np.arange(len(pages))
    holding = {"lung": 1, "diseas": 2, "cough": 1}.get
    asked = ["copd", "cough", "lung", "diseas"]
    found = terms.scores(asked, rows, lambda term: holding(term) or 0, [Same(["copd"], ["lung", "diseas"])]).tolist()
    assert found[0] == pytest.approx(found[2])  # lung is as rare as cough
    assert found[1] < found[0]


def test_what_no_record_holds_is_not_the_same_as_anything(tmp_path: Path) -> None:
    RecordTerms.save([Terms.of(["cough", "filler"])], tmp_path / "terms")
    terms, rows = RecordTerms.load(tmp_path / "terms"), np.arange(1)
    held = {"cough": 1}.get
    alone = terms.scores(["cough"], rows, lambda term: held(term) or 0).tolist()
    assert terms.scores(
        ["cough", "lung"], rows, lambda term: held(term) or 0, [Same(["cough"], ["lung"])]
    ).tolist() == alone  # fmt: skip


def test_the_stems_of_each_record_come_back(tmp_path: Path) -> None:
    RecordTerms.save(TERMS, tmp_path / "terms")
    loaded = RecordTerms.load(tmp_path / "terms")
    assert len(loaded) == len(RECORDS)
    for row, terms in enumerate(TERMS):
        assert loaded.at(row).to_bytes() == terms.to_bytes()


@given(st.lists(st.sampled_from(WORDS), max_size=50))
def test_terms_are_read_as_they_were_written(words: list[str]) -> None:
    found = Terms.from_bytes(Terms.of(words).to_bytes())
    assert found.length == len(words)
    assert found.numbers.tolist() == sorted(found.numbers.tolist())
    assert dict(zip(found.numbers.tolist(), found.times.tolist(), strict=True)) == {
        number_of(word): words.count(word) for word in words
    }


@pytest.mark.parametrize("data", [b"", b"123", b"12345", b"1" * 9])
def test_bytes_that_are_no_terms_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="bytes are not a length and pairs"):
        Terms.from_bytes(data)


def test_a_stem_counts_as_often_as_two_bytes_can_say() -> None:
    assert Terms.of(["rash"] * 70_000).times.tolist() == [65_535]


@given(st.integers(0, 3_000_000))
def test_lengths_keep_their_first_bits(length: int) -> None:
    [kept] = kept_lengths(np.array([length], np.uint32)).tolist()
    over, rest = length - 24, length - kept
    assert kept == length if over < 16 else 0 <= rest < 2 ** (over.bit_length() - 4)
    assert over < 16 or (kept - 24) % 2 ** (over.bit_length() - 4) == 0


@given(st.lists(st.integers(0, 2**32 - 1), max_size=60), st.data())
def test_what_is_met_is_what_stands_in_both(numbers: list[int], data: st.DataObject) -> None:
    wanted = data.draw(st.sets(st.sampled_from(numbers) | st.integers(0, 2**32 - 1))) if numbers else {7}
    near = {number ^ (1 << 31) for number in wanted if data.draw(st.booleans())}  # the same in their low bits
    held = np.array([*numbers, *near], np.uint32)
    ascending = np.array(sorted(wanted), np.uint32)
    places, asked = met(held, ascending)
    assert places.tolist() == np.flatnonzero(np.isin(held, ascending)).tolist()
    assert held[places].tolist() == ascending[asked].tolist()


def test_numbers_are_ascending_and_stand_once() -> None:
    found = numbers_of(["rash", "lip", "rash"]).tolist()
    assert found == sorted({number_of("rash"), number_of("lip")})


@pytest.mark.parametrize("name", FILES)
def test_files_that_do_not_fit_are_refused(name: str, tmp_path: Path) -> None:
    RecordTerms.save(TERMS, tmp_path / "terms")
    path = tmp_path / "terms" / name
    values = np.load(path)
    np.save(path, values[:-1])
    with pytest.raises(IndexRefused, match="the stems do not fit together"):
        RecordTerms.load(tmp_path / "terms")
    np.save(path, values.astype(np.float64))
    with pytest.raises(IndexRefused, match="the stems of the records are of another type"):
        RecordTerms.load(tmp_path / "terms")
    path.write_bytes(b"not an array")
    with pytest.raises(IndexRefused, match="cannot be read as an array"):
        RecordTerms.load(tmp_path / "terms")
