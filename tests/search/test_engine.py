"""The engine over the toy index."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.passages import Part, part_text
from corpus.records import to_json
from indexer.build import build
from search import ranking
from search.engine import Engine
from search.errors import NotFound
from search.filters import Filters
from search.fusion import Weights
from search.hits import Facets, IndexInfo, Inferred, Match, Question, Results, Topic
from search.home import Candidates
from search.inferred import Specialties
from search.layout import Layout, Manifest
from search.meaning import WordVectors
from search.opening import open_index, published
from search.specialty import EACH
from tests.search.toy_pages import many
from tests.toy_encoder import WORDS, ToyEncoder
from tests.toy_records import BY_ROW, EYELID, LIP, RECORDS

QUESTIONS = (
    "Is lip twitching a stroke?",
    "fever",
    "I have a cough",
    "Why does coffee do this?",
    "nothing of it",
    "皮膚科医 rash",
)


def ids(results: Results) -> list[str]:
    return [hit.record.id.removeprefix("toy:") for hit in results.hits]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Is lip twitching a stroke?", ["lip", "numb", "eyelid", "cough", "fever", "rash", "tip"]),
        ("Which fever?", ["fever", "cough", "rash", "eyelid", "lip", "numb", "tip"]),
        ("Which rash?", ["rash", "cough", "eyelid", "fever", "lip", "numb", "tip"]),
    ],
)
def test_the_nearest_pages_come_first_and_equal_ones_by_id(engine: Engine, text: str, found: list[str]) -> None:
    results = engine.search(Question(text))
    assert ids(results) == found
    order = [(-hit.score, hit.record.id) for hit in results.hits]
    assert order == sorted(order)
    assert results.total == 7


def test_a_hit_holds_the_record_as_it_was_read(engine: Engine) -> None:
    [hit] = engine.search(Question("Is lip twitching a stroke?", k=1)).hits
    assert hit.record == LIP
    assert to_json(hit.record)["votes"] == 3
    assert hit.match is Match.SAME


def test_what_was_asked_and_which_index_answered(engine: Engine, built: Path) -> None:
    results = engine.search(Question("  Is lip twitching a stroke? "))
    manifest = engine.manifest
    assert (results.query.text, results.query.used) == ("  Is lip twitching a stroke? ",) * 2
    assert results.index == IndexInfo(published(built) or "", manifest.built, 7)


def test_the_time_that_is_said_is_all_that_it_took(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(results: Results, words: WordVectors) -> Results:
        time.sleep(0.05)
        return results

    monkeypatch.setattr("search.engine.explained", slow)
    start = time.perf_counter()
    took = engine.search(Question("Is lip twitching a stroke?", explain=True)).took_ms
    assert 50 <= took <= (time.perf_counter() - start) * 1000
    assert 0 < engine.similar(LIP.id).took_ms < (time.perf_counter() - start) * 1000


@pytest.mark.parametrize("text", QUESTIONS)
def test_pages_of_results_join_without_gap_or_double(engine: Engine, text: str) -> None:
    whole = engine.search(Question(text, k=100)).hits
    assert sorted(hit.record.id for hit in whole) == sorted(record.id for record in RECORDS)
    for k in range(1, 9):
        pages = [engine.search(Question(text, k=k, offset=offset)).hits for offset in range(0, 8, k)]
        assert [hit for page in pages for hit in page] == list(whole)


def test_a_run_holds_what_the_results_show(tmp_path: Path) -> None:
    build(many(200), Layout(tmp_path / "index"), ToyEncoder())
    engine = open_index(tmp_path / "index", ToyEncoder())
    for text in (*WORDS, *QUESTIONS):
        shown = [(hit.record.id, hit.score) for hit in engine.search(Question(text, k=100)).hits]
        for k in (1, 10, 99, 100):
            assert engine.run(text, k) == shown[:k]
    engine.close()


def test_what_stands_beside_the_hits_is_the_same_on_every_page(engine: Engine) -> None:
    first = engine.search(Question("Is lip twitching a stroke?", k=2))
    for offset in (2, 6, 500):
        page = engine.search(Question("Is lip twitching a stroke?", k=2, offset=offset))
        assert (page.total, page.specialties, page.no_close_match) == (7, first.specialties, False)
    assert page.hits == ()


@pytest.mark.parametrize(
    "filters", [Filters(specialties=frozenset()), Filters(sources=frozenset({"?"})), Filters(after="2100-01-01")]
)
def test_a_filter_that_lets_nothing_through_gives_no_results(engine: Engine, filters: Filters) -> None:
    results = engine.search(Question("Is lip twitching a stroke?", filters=filters))
    assert (results.hits, results.total, results.specialties, results.no_close_match) == ((), 0, (), True)


def test_a_filter_gives_all_that_it_lets_through_and_nothing_else(engine: Engine) -> None:
    filters = Filters(specialties=frozenset({"NEUROLOGY", "pediatrics"}))
    assert ids(engine.search(Question("I have a fever", filters=filters))) == ["cough", "eyelid", "lip"]


def test_what_is_chosen_and_no_page_has_is_said(engine: Engine) -> None:
    filters = Filters(specialties=frozenset({"NEUROLOGY", "Nurology"}), sources=frozenset({"toy pages", "Toys"}))
    found = engine.search(Question("fever", filters=filters))
    assert found.unmatched_filters == (("specialty", "Nurology"), ("source", "Toys"))
    assert ids(found) != []
    assert engine.search(Question("fever")).unmatched_filters == ()


def test_specialties_are_shares_of_the_first_hits(engine: Engine) -> None:
    results = engine.search(Question("Is lip twitching a stroke?"))
    weights: dict[str, float] = {}
    for hit in results.hits:
        if name := hit.record.specialty.casefold():
            weights[name] = weights.get(name, 0.0) + hit.probability**2 + EACH
    total = sum(weights.values())
    expected = {name: pytest.approx(weight / total) for name, weight in weights.items()}
    assert {share.name.casefold(): share.share for share in results.specialties} == expected


def test_no_close_match_is_said_and_hides_nothing(engine: Engine) -> None:
    results = engine.search(Question("Is it a stroke?", filters=Filters(sources=frozenset({"Other pages"}))))
    assert [(hit.record.id, hit.match) for hit in results.hits] == [("toy:fever", Match.TOPIC)]
    assert results.no_close_match
    assert results.specialties == ()
    assert not engine.search(Question("Is it a stroke?")).no_close_match


def test_one_page_that_is_related_is_a_close_match_however_far_down(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = engine.search(Question("Is it a stroke?")).hits[-1].probability
    monkeypatch.setattr("search.engine.FIRST_HITS", 1)
    monkeypatch.setattr("search.engine.match_of", lambda probable: Match.RELATED if probable == last else Match.TOPIC)
    assert not engine.search(Question("Is it a stroke?")).no_close_match


@pytest.mark.parametrize("text", QUESTIONS)
def test_snippets_are_the_records_own_words_in_their_place(engine: Engine, text: str) -> None:
    for hit in engine.search(Question(text)).hits:
        for snippet in (hit.question_snippet, hit.answer_snippet):
            if snippet.part:
                said = part_text(hit.record, Part(snippet.part), snippet.answer)
                assert said[snippet.start : snippet.end] == snippet.text
        assert hit.question_snippet.part == ("question" if hit.record.question else "title")
        answered = bool(hit.record.answers or hit.record.more_info)
        assert bool(hit.answer_snippet.text) == answered


def test_the_answer_that_fits_best_is_shown(engine: Engine) -> None:
    [hit] = engine.search(Question("half of the face weak after a stroke", k=1)).hits
    assert (hit.answer_snippet.part, hit.answer_snippet.answer) == ("answer", 1)
    assert hit.answer_snippet.text == "A stroke makes half of the face weak."
    assert [hit.answer_snippet.text[a:b] for a, b in hit.answer_snippet.highlights] == [
        "stroke",
        "half",
        "face",
        "weak",
    ]


def test_similar_pages_are_without_the_page_itself(engine: Engine) -> None:
    assert ids(engine.similar("toy:eyelid"))[0] == "lip"
    for record in RECORDS:
        found, few = engine.similar(record.id, 100), engine.similar(record.id, 2)
        others = sorted(other.id for other in RECORDS if other is not record)
        assert sorted(hit.record.id for hit in found.hits) == others
        # what is said of all that were ranked does not depend on how many are shown
        assert replace(few, took_ms=0) == replace(found, hits=found.hits[:2], took_ms=0)
        assert few.total == len(others)
    assert engine.similar("toy:eyelid").query.text == f"{EYELID.title} {EYELID.question}"


def test_related_topics_are_those_of_the_near_neighbors_without_the_pages_own(engine: Engine) -> None:
    assert engine.related("toy:eyelid") == (Topic("Lip twitching", "Neurology", 1),)  # the others are too far away


def test_what_is_around_a_page_is_ranked_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ranked: list[object] = []

    def noted(found: Candidates, weights: Weights) -> list[ranking.Ranked]:
        ranked.append(found)
        return ranking.ordered(found, weights)

    monkeypatch.setattr("search.engine.ordered", noted)
    similar, related = engine.around("toy:eyelid", 3, 10)
    assert len(ranked) == 1
    assert similar.hits == engine.similar("toy:eyelid", 3).hits
    assert related == engine.related("toy:eyelid")


def test_an_emergency_comes_with_a_notice_and_all_results(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDQA_COUNTRY", "US")
    opened = open_index(built, ToyEncoder())
    found = opened.search(Question("my lip went numb, his face droops and he cannot speak since ten minutes"))
    assert found.urgent is not None
    assert (found.urgent["kind"], found.urgent["actions"][0]) == ("stroke", {"label": "Emergency", "number": "911"})
    assert len(found.hits) == len(RECORDS)
    assert opened.search(Question("Is lip twitching a stroke?")).urgent is None
    opened.close()


def test_pages_join_however_few_candidates_each_view_gives(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "DEPTH", 1)
    whole = engine.search(Question("Is lip twitching a stroke?", k=7)).hits
    pages = [engine.search(Question("Is lip twitching a stroke?", k=2, offset=offset)).hits for offset in (0, 2, 4, 6)]
    assert [hit for page in pages for hit in page][:7] == list(whole)


@pytest.mark.parametrize("ask", [Engine.record, Engine.similar, Engine.related])
def test_an_id_that_no_record_has(engine: Engine, ask: object) -> None:
    with pytest.raises(NotFound, match="no record has the id toy:gone"):
        ask(engine, "toy:gone")  # type: ignore[operator]


def test_a_run_is_the_search_by_id_with_scores(engine: Engine) -> None:
    hits = engine.search(Question("Is lip twitching a stroke?")).hits
    expected = [(hit.record.id, hit.score) for hit in hits]
    assert engine.run("Is lip twitching a stroke?", 7) == expected
    assert engine.run("Is lip twitching a stroke?", 3) == expected[:3]
    assert engine.run("Is lip twitching a stroke?", 3, without="toy:lip") == expected[1:4]
    assert engine.run("Is lip twitching a stroke?", 3, without="toy:tip") == expected[:3]


def test_what_the_index_holds(engine: Engine) -> None:
    assert engine.ids() == {record.id for record in RECORDS}
    assert [engine.record(record.id) for record in BY_ROW] == list(BY_ROW)
    assert engine.suggest("lip") == ("Numb lip", "Is lip twitching a stroke?")
    assert isinstance(engine.facets, Facets)
    assert engine.facets.sexes == (("female", 2), ("male", 2))


def test_a_lay_term_finds_the_medical_one_and_says_so(engine: Engine) -> None:
    results = engine.search(Question("hot flush"))
    assert set(ids(results)[:2]) == {"cough", "fever"}  # the two that speak of fever
    assert (results.query.text, results.query.used) == ("hot flush", "hot flush; Fever")
    source = "Human Phenotype Ontology 2025-01-16, HP:0000001"
    assert results.query.expansions == ({"from": "Hot flush", "to": "Fever", "source": source},)
    assert engine.search(Question("Which fever?")).query.expansions == ()


def test_threads_get_the_answers_that_one_alone_gets(engine: Engine) -> None:
    alone = [engine.search(Question(text)).hits for text in QUESTIONS]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: engine.search(Question(text)).hits, QUESTIONS * 10))
    assert found == alone * 10


def test_an_inferred_specialty_is_beside_the_stated_one_never_instead(index: Layout) -> None:
    version = index.version(index.published() or "")
    version.specialties.unlink()
    Specialties.build({6: Inferred("Sleep Medicine", 0.9)}, version.specialties)  # row of the page without a specialty
    replace(Manifest.load(version), files=version.hashes()).save(version)
    engine = open_index(index.root, ToyEncoder())
    hits = {hit.record.id: hit for hit in engine.search(Question("nothing of it")).hits}
    assert hits["toy:tip"].inferred == engine.inferred("toy:tip") == Inferred("Sleep Medicine", 0.9)
    assert hits["toy:tip"].record.specialty == ""
    assert [key for key, hit in hits.items() if hit.inferred] == ["toy:tip"]
    shares = engine.search(Question("sleep well and drink water")).specialties
    assert [share.name for share in shares if share.inferred] == ["Sleep Medicine"]
    assert engine.search(Question("sleep", filters=Filters(specialties=frozenset({"Sleep Medicine"})))).hits == ()
    engine.close()
