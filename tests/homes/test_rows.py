"""What is written into Milvus is read again as it was, and scored from it as the folder scores it."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.passages import Part
from corpus.records import Answer, Record
from search.contrasts import contrasts
from search.errors import IndexRefused
from search.filters import Filters
from search.headings import Headings
from search.lexical import Lexical, record_text, stems
from search.milvus import about
from search.milvus.filters import expression, quoted
from search.milvus.halves import _seen
from search.milvus.packing import (
    pack,
    pack_numbers,
    pack_terms,
    pieces_of,
    unpack,
    unpack_numbers,
    unpack_terms,
)
from search.milvus.schema import (
    KEYS,
    MOST_NAME,
    MOST_TEXT,
    Collections,
    filter_key,
    passage_key,
    record_key,
    stems_text,
    title_key,
    topic_key,
    versions_of,
)
from search.milvus.summary import Frequencies, Summary
from search.milvus.words import shares, word_scores
from search.terms import Terms, number_of

chance = random.Random(7)
SYLLABLES = [first + second for first in "bdgklmnprst" for second in "aeiou"]
MANY = ["".join(chance.choices(SYLLABLES, k=3)) for _ in range(400)]


def a_text(words: int) -> str:
    return " ".join(chance.choices(MANY, weights=[1 / (place + 1) for place in range(len(MANY))], k=words))


RECORDS = [
    Record(
        id=f"r:{number:03}",
        title=a_text(number % 9),
        question=a_text(3 * number),
        answers=(Answer(a_text(7 * number % 1500 + 1)),),
    )
    for number in range(150)
]


@pytest.fixture(scope="module")
def lexical(tmp_path_factory: pytest.TempPathFactory) -> Lexical:
    path = tmp_path_factory.mktemp("rows") / "lexical"
    Lexical.build(RECORDS, path)
    return Lexical.load(path)


@pytest.fixture(scope="module")
def summary() -> Summary:
    found = Summary()
    for record in RECORDS:
        found.add(record, Terms.of(stems(record_text(record))))
    return found


@pytest.fixture(scope="module")
def frequencies(summary: Summary) -> Frequencies:
    return Frequencies.from_bytes(summary.texts()[about.FREQUENCIES])


def test_every_stem_is_as_rare_as_in_the_folder(lexical: Lexical, frequencies: Frequencies) -> None:
    known = {stem for record in RECORDS for stem in stems(record_text(record))}
    assert {stem: frequencies.of_stem(stem) for stem in known} == {
        stem: lexical.document_frequency(stem) for stem in known
    }
    assert frequencies.of_stem("neverheard") == 0


@pytest.mark.parametrize("words", [1, 3, 20, 400])
def test_words_score_as_in_the_folder(lexical: Lexical, frequencies: Frequencies, words: int) -> None:
    for _ in range(5):
        asked = [*stems(a_text(words)), "neverheard"]
        expected = lexical.scores(asked, range(len(RECORDS)))
        found = word_scores(asked, [Terms.of(stems(record_text(record))) for record in RECORDS], frequencies)
        assert found == pytest.approx(
            [expected[row] for row in range(len(RECORDS))], abs=1e-5
        )  # tantivy adds up in 32 bits


def test_headings_are_covered_as_in_the_folder(lexical: Lexical, frequencies: Frequencies, tmp_path: Path) -> None:
    Headings.build(RECORDS, lexical, tmp_path / "headings")
    headings = Headings.load(tmp_path / "headings")
    asked = stems(a_text(12))
    found = shares(asked, [unpack_numbers(pack_numbers(stems(record.title))) for record in RECORDS], frequencies)
    expected = headings.coverage(asked, np.arange(len(RECORDS)))
    assert np.isnan(expected).any()
    assert found == pytest.approx(expected, abs=1e-6, nan_ok=True)
    assert [headings.marks(row) for row in range(len(RECORDS))] == [contrasts().marks_of(item) for item in RECORDS]


@given(st.binary(max_size=400), st.integers(1, 3))
def test_what_is_packed_is_unpacked(data: bytes, times: int) -> None:
    pieces = pack(data * times)
    assert pieces_of(pieces[0]) == len(pieces)
    assert unpack(pieces) == data * times


def test_what_is_long_goes_on_in_further_pieces_and_none_may_lack() -> None:
    data = chance.randbytes(200_000)
    pieces = pack(data)
    assert len(pieces) == 5
    assert max(map(len, pieces)) <= MOST_TEXT
    assert unpack(pieces) == data
    for wrong in (pieces[:-1], pieces[1:], [*pieces, pieces[-1]], [], [pieces[0], *reversed(pieces[1:])]):
        with pytest.raises(ValueError, match=r".+"):
            unpack(wrong)


@given(st.lists(st.sampled_from(MANY), max_size=50))
def test_terms_are_read_as_they_were_written(words: list[str]) -> None:
    found = unpack_terms(pack_terms(Terms.of(words)))
    assert found.length == len(words)
    assert dict(zip(found.numbers.tolist(), found.times.tolist(), strict=True)) == {
        number_of(word): words.count(word) for word in words
    }


def test_a_state_is_read_whole_or_refused() -> None:
    texts = {"one": b"1", "two": chance.randbytes(120_000)}
    rows, current = about.write_texts("v1", "20261125T220003919688Z", texts)
    stored = {row["key"]: row["data"] for row in rows}
    again = about.Current.read(current.row()["data"], "here")
    assert again == current

    def fetch(keys: object) -> dict[str, str]:
        return stored

    assert {name: about.read_text(again, name, fetch, "here") for name in texts} == texts
    with pytest.raises(IndexRefused, match="here has no three; build the index again"):
        about.read_text(again, "three", fetch, "here")
    stored["v1/one/0"] = pack(b"2")[0]
    with pytest.raises(IndexRefused, match="one of here was changed: expected 6b86b273ff34, found d4735e3a265e"):
        about.read_text(again, "one", fetch, "here")
    del stored["v1/two/1"]
    with pytest.raises(IndexRefused, match="two of here is not there whole"):
        about.read_text(again, "two", fetch, "here")
    with pytest.raises(IndexRefused, match="expected format 1 of an index in Milvus, found 9"):
        about.Current.read(about.Current("v1", "c", {}, format=9).row()["data"], "here")
    with pytest.raises(IndexRefused, match="does not say which version is live"):
        about.Current.read("rubbish", "here")


def test_keys_are_even_and_of_what_they_hold() -> None:
    keys = [record_key(f"r:{number}") for number in range(2_000)]
    assert len(set(keys)) == 2_000
    assert all(0 <= key < KEYS for key in keys)
    assert np.bincount(np.array(keys) >> 60) == pytest.approx([250] * 8, abs=75)
    one = passage_key("r:1", "ab", Part.ANSWER, 0, 10)
    others = [
        passage_key("r:1", "ac", Part.ANSWER, 0, 10),
        passage_key("r:1", "ab", Part.MORE_INFO, 0, 10),
        passage_key("r:1", "ab", Part.ANSWER, 1, 10),
        passage_key("r:1", "ab", Part.ANSWER, 0, 11),
    ]
    assert one not in others
    assert one == passage_key("r:1", "ab", Part.ANSWER, 0, 10)


def test_names_are_compared_as_the_folder_does() -> None:
    assert filter_key("Straße") == "strasse"
    assert topic_key("STRESS Ä") == "stress Ä"  # SQLite's NOCASE knows A to Z alone
    assert len(filter_key("x" * 600).encode()) <= MOST_NAME
    assert filter_key("x" * 600) != filter_key("x" * 601)
    assert title_key("Ä" * 300) == "ä" * 256
    assert len(stems_text(["皮膚"] * 20_000).encode()) <= MOST_TEXT


def test_versions_are_read_from_the_names_of_collections() -> None:
    one, other = Collections("medqa", "20261125T220003919688Z"), Collections("medqa", "20261126T000000000000Z")
    strange = Collections("medqa_old", "20261124T000000000000Z").all()
    assert versions_of("medqa", [*other.all(), one.records, *strange, "medqa"]) == [one.version, other.version]


def test_values_of_filters_cannot_be_read_as_expressions() -> None:
    assert quoted('a"b\\c\nd') == r'"a\"b\\c\nd"'
    assert expression(Filters()) == ""
    assert expression(Filters(specialties=frozenset())) == "newest == -1"
    assert (
        expression(Filters(specialties=frozenset({'X" or "" == "'}), after="2012-01-15"))
        == r'specialty in ["x\" or \"\" == \""] and newest >= 20120115 and newest <= 99991231'
    )


@pytest.mark.parametrize(("nearer", "shown"), [(0.05, 1), (0.15, 2)])
def test_a_passage_of_few_words_is_shown_only_where_it_is_clearly_nearer(nearer: float, shown: int) -> None:
    answer = list(Part).index(Part.ANSWER)
    long = {"passage": 1, "record": 7, "part": answer, "answer": 0, "start": 0, "end": 240, "score": 0.5}
    short = long | {"passage": 2, "start": 241, "end": 241, "score": 0.5 + nearer}
    assert _seen([long, short])[7].passage == shown
