"""The ranking against a slow twin that looks at every passage of every record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.passages import Part
from corpus.records import Answer, Record
from search import ranking
from search.contrasts import contrasts
from search.dense import build_views
from search.errors import IndexRefused
from search.filters import Filters
from search.fusion import TERM_WEIGHTS, Weights
from search.halves import LocalHalves
from search.headings import Headings
from search.home import Asked
from search.lexical import stems
from search.ranking import Ranked, Ranker, ordered
from search.rows import SHORT, SHORT_COST
from search.spans import Spans
from search.terms import RecordTerms
from tests.search.toy_pages import FILTERS, many, passes
from tests.search.twin import ENCODER, Twin, halves_over, passages_of
from tests.toy_encoder import WORDS

WEIGHTS = Weights(title=0.5, body=0.3, words=0.2, heading=0.1)


def ranker_over(records: Sequence[Record], folder: Path) -> Ranker:
    """A ranker over records that are in the order of their ids."""
    return Ranker(halves_over(records, folder))


def ranked(ranker: Ranker, asked: Asked, filters: Filters, k: int) -> list[Ranked]:
    """The candidates, best first, as the engine takes these two steps."""
    return ordered(ranker.candidates(asked, filters, k), asked.weights)


def ask(text: str, weights: Weights = WEIGHTS) -> Asked:
    return Asked(ENCODER.encode([text])[0], stems(text), weights, contrasts().marks(text))


def check(found: Sequence[Ranked], expected: Sequence[Ranked]) -> None:
    """Same records with the same scores, each showing a passage as good; best first, and ties in row order."""
    by_row = {item.row: item for item in expected}
    assert sorted(item.row for item in found) == sorted(by_row)
    assert [item.score for item in found] == pytest.approx([by_row[item.row].score for item in found], abs=2e-6)
    assert [(-item.score, item.row) for item in found] == sorted((-item.score, item.row) for item in found)
    assert [item.score for item in found] == pytest.approx([item.score for item in expected], abs=2e-6)


PAGES = many(60)
TEXTS = st.lists(st.sampled_from((*WORDS, "harmless", "nowhere", "the", "his", "not")), min_size=1, max_size=6).map(
    " ".join
)


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHalves]:
    """Both halves over PAGES."""
    made = halves_over(PAGES, tmp_path_factory.mktemp("ranker") / "parts")
    yield made
    made.close()


@pytest.fixture(scope="module")
def ranker(halves: LocalHalves) -> Iterator[Ranker]:
    """A ranker over PAGES that looks so deep that every page is a candidate, as it is for its twin."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "DEPTH", len(halves.table))
        yield Ranker(halves)


@pytest.fixture(scope="module")
def twin(halves: LocalHalves) -> Twin:
    """Its twin."""
    return Twin(PAGES, halves.lexical)


@settings(max_examples=60)
@given(TEXTS, FILTERS, st.sampled_from((WEIGHTS, TERM_WEIGHTS)))
def test_the_ranking_is_its_twins(ranker: Ranker, twin: Twin, text: str, filters: Filters, weights: Weights) -> None:
    asked = ask(text, weights)
    check(ranked(ranker, asked, filters, 10), twin.rank(asked, filters))


SELECTIVE = {
    "none": Filters(specialties=frozenset()),
    "no such": Filters(sources=frozenset({"no such source"})),
    "few": Filters(ages=frozenset({"80+"}), sexes=frozenset({"male"}), after="2021-01-01"),
    "some": Filters(specialties=frozenset({"neurology"})),
    "most": Filters(sources=frozenset({"Toy pages", "Other pages"})),
    "all": Filters(),
}


@pytest.mark.parametrize("name", SELECTIVE)
def test_filters_are_exact_however_much_they_let_through(ranker: Ranker, twin: Twin, name: str) -> None:
    filters, asked = SELECTIVE[name], ask("lip fever")
    found = ranked(ranker, asked, filters, 10)
    assert sorted(item.row for item in found) == [row for row, page in enumerate(PAGES) if passes(page, filters)]
    check(found, twin.rank(asked, filters))


def test_the_selective_filters_let_through_what_their_names_say() -> None:
    counts = {name: sum(passes(page, filters) for page in PAGES) for name, filters in SELECTIVE.items()}
    assert counts["none"] == counts["no such"] == 0
    assert 0 < counts["few"] <= 6 < counts["some"] < 36 < counts["most"] < counts["all"] == len(PAGES)


def test_a_filter_does_not_change_a_score(ranker: Ranker) -> None:
    asked = ask("rash cough harmless")
    free = {item.row: item for item in ranked(ranker, asked, Filters(), 10)}
    held = ranked(ranker, asked, SELECTIVE["some"], 10)
    assert held == [free[item.row] for item in held]


@pytest.mark.parametrize("text", ["lip", "fever rash", "stroke coffee water"])
def test_the_passage_shown_is_the_nearest_that_a_person_said(ranker: Ranker, twin: Twin, text: str) -> None:
    asked = ask(text)
    expected = {item.row: item.passage for item in twin.rank(asked, Filters())}
    assert {item.row: item.passage for item in ranked(ranker, asked, Filters(), 10)} == expected


def test_the_few_words_at_the_end_of_an_answer_are_not_shown_for_the_title_above_them(tmp_path: Path) -> None:
    said = "rash " * 9 + "fever on me."
    record = Record("a", title="rash", answers=(Answer(f"{said} Kind regards."),))
    asked = ask("rash")
    first, last = (passage for _, passage in passages_of([record])[1:])
    cosines = ENCODER.encode([first.embedded, last.embedded]) @ asked.vector
    assert (first.text, last.text) == (said, "Kind regards.")
    assert 0 < cosines[1] - cosines[0] < SHORT_COST * (len(said) - len(last.text)) / SHORT
    made = ranker_over([record], tmp_path / "parts")
    assert [item.passage for item in ranked(made, asked, Filters(), 10)] == [1]


def test_an_explanation_is_shown_only_where_nobody_answered(tmp_path: Path) -> None:
    records = [
        Record("a", title="rash", answers=(Answer("fever"),), more_info="rash"),
        Record("b", title="rash", more_info="rash"),
        Record("c", title="rash"),
    ]
    made = ranker_over(records, tmp_path / "parts")
    shown = {item.row: item.passage for item in ranked(made, ask("rash"), Filters(), 10)}
    assert shown == {0: 1, 1: 4, 2: -1}  # passages: a title, answer, more; b title, more; c title


def test_equal_scores_are_in_the_order_of_the_ids(tmp_path: Path) -> None:
    made = ranker_over([Record(f"id{number}", title="rash") for number in range(8)], tmp_path / "parts")
    found = ranked(made, ask("rash"), Filters(), 8)
    assert [item.row for item in found] == [0, 1, 2, 3, 4, 5, 6, 7]
    assert len({item.score for item in found}) == 1


def test_candidates_are_the_nearest_of_each_view_and_the_best_of_the_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "DEPTH", 1)
    records = [
        Record("a", title="rash", question="cough cough"),
        Record("b", title="cough", question="rash"),
        Record("c", title="cough", question="cough", answers=(Answer("stroke, rash and rash"),)),
        Record("d", title="stroke stroke", question="harmless stroke"),
        Record("e", title="stroke", question="stroke"),
    ]
    made = halves_over(records, tmp_path / "parts")
    asked = Asked(ENCODER.encode(["rash"])[0], stems("harmless"), WEIGHTS)
    found = ranked(Ranker(made), asked, Filters(), 0)
    assert sorted(item.row for item in found) == [0, 1, 2, 3]
    everything = {item.row: item.score for item in Twin(records, made.lexical).rank(asked, Filters())}
    assert {item.row: item.score for item in found} == pytest.approx(
        {row: everything[row] for row in range(4)}, abs=2e-6
    )


def test_one_long_page_does_not_take_the_places_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "DEPTH", 4)
    long = Record("a", answers=(Answer("A fever of a few days. " * 60),))
    records = [long, *(Record(f"b{number}", answers=(Answer("a cough"),)) for number in range(3))]
    made = ranker_over(records, tmp_path / "parts")
    assert [item.row for item in ranked(made, ask("fever"), Filters(), 4)] == [0, 1, 2, 3]
    assert [item.row for item in ranked(made, ask("fever"), Filters(), 1)] == [0]


def test_the_vector_of_a_page_is_the_mean_of_title_and_message(tmp_path: Path) -> None:
    records = [
        Record("a", title="rash", question="lip", answers=(Answer("fever"),)),
        Record("b", answers=(Answer("fever"), Answer("cough")), more_info="rash"),
    ]
    made = halves_over(records, tmp_path / "parts")
    title, message = ENCODER.encode(["rash", "rash\nlip"])  # (rash) and (lip + rash) / sqrt 2
    mean = (title + message) / 2
    assert made.vector_of(0).tolist() == pytest.approx((mean / np.linalg.norm(mean)).tolist())
    third = 1 / np.sqrt(3)
    assert dict(zip(WORDS, made.vector_of(1).tolist(), strict=False)) == pytest.approx(
        dict.fromkeys(WORDS, 0) | {"fever": third, "cough": third, "rash": third}
    )


def test_halves_that_differ_are_refused(tmp_path: Path) -> None:
    one = halves_over([Record("a", title="rash")], tmp_path / "one")
    two = halves_over([Record("a", title="rash"), Record("b", title="rash")], tmp_path / "two")
    headings = [Headings.load(tmp_path / name / "headings") for name in ("one", "two")]
    terms = [RecordTerms.load(tmp_path / name / "terms") for name in ("one", "two")]
    views = [build_views([Part.TITLE] * count, ENCODER.encode(["rash"] * count)) for count in (1, 2)]
    spans = [
        Spans.of(halves.table, len(halves.store), {name: view.rows for name, view in own.items()})
        for halves, own in zip((one, two), views, strict=True)
    ]

    def fit(**others: Any) -> LocalHalves:
        own = {
            "store": one.store,
            "table": one.table,
            "views": views[0],
            "spans": spans[0],
            "lexical": one.lexical,
            "terms": terms[0],
            "headings": headings[0],
            "counts": one.counts,
        }
        return LocalHalves(**(own | others))

    assert fit().document_frequency("rash") == 1
    with pytest.raises(IndexRefused, match="1 records in the store, 2 in the lexical, 1 with stems"):
        fit(lexical=two.lexical)
    with pytest.raises(IndexRefused, match="2 with stems, 1 headings"):
        fit(terms=terms[1])
    with pytest.raises(IndexRefused, match="1 with stems, 2 headings"):
        fit(headings=headings[1])
    with pytest.raises(IndexRefused, match="1 headings, 2 in the columns"):
        fit(counts=two.counts)
    with pytest.raises(IndexRefused, match="1 in the columns, 2 in the spans"):
        fit(spans=spans[1])
    with pytest.raises(IndexRefused, match="2 passages in the table, 1 in the dense"):
        fit(table=two.table)
    with pytest.raises(IndexRefused, match=r"the spans are of .* passages, not of those in the views"):
        fit(spans=Spans(np.zeros((3, 2), np.int32)))
