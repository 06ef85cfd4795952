"""The measures, each worked out by hand, and the files of a pack."""

from __future__ import annotations

from math import log2
from pathlib import Path

import pytest

from indexer.measures import Pack, auroc, by_query, measure, read_pack, trap_rate
from search.errors import SearchError


def pack(qrels: dict[str, dict[str, int]], negatives: dict[str, list[str]] | None = None) -> Pack:
    """A pack that asks every question it has judgements for."""
    return Pack("toy", dict.fromkeys(qrels, "text"), qrels, negatives or {})


def run(**lists: str) -> dict[str, list[tuple[str, float]]]:
    """Lists of records, best first, with falling scores."""
    return {
        query: [(record, -float(n)) for n, record in enumerate(records.split())] for query, records in lists.items()
    }


def test_one_relevant_record_in_the_second_place() -> None:
    assert measure(pack({"q": {"a": 1}}), run(q="x a y")) == {
        "ndcg@10": round((1 / log2(3)) / (1 / log2(2)), 4),
        "ndcg_condensed@10": 1.0,
        "mrr@10": 0.5,
        "hit@1": 0.0,
        "hit@10": 1.0,
        "recall@100": 1.0,
        "queries": 1,
    }


def test_the_best_list_has_every_measure_at_1() -> None:
    found = measure(pack({"q": {"a": 3, "b": 2, "c": 0}}), run(q="a b c x"))
    assert set(found.values()) == {1}


def test_grades_count_exponentially() -> None:
    found = measure(pack({"q": {"a": 3, "b": 1, "c": 2, "d": 0}}), run(q="d x b a c"))
    ideal = 7 / log2(2) + 3 / log2(3) + 1 / log2(4)
    assert found["ndcg@10"] == round((1 / log2(4) + 7 / log2(5) + 3 / log2(6)) / ideal, 4)
    assert found["ndcg_condensed@10"] == round((1 / log2(3) + 7 / log2(4) + 3 / log2(5)) / ideal, 4)
    assert found["mrr@10"] == 1 / 4  # with several grades, 1 is not yet relevant: a is the first
    assert (found["hit@1"], found["hit@10"], found["recall@100"]) == (0, 1, 1)


def test_the_highest_grade_and_a_grade_below_zero() -> None:
    found = measure(pack({"q": {"a": 4, "b": -1}}), run(q="b a"))
    assert found["ndcg@10"] == round((15 / log2(3)) / (15 / log2(2)), 4)


def test_where_all_grades_are_1_they_are_relevant() -> None:
    assert pack({"q": {"a": 1, "b": 0}}).relevant_from == 1
    assert pack({"q": {"a": 1}, "p": {"b": 2}}).relevant_from == 2
    assert pack({}).relevant_from == 1


def test_what_is_past_the_cut_does_not_count() -> None:
    eleventh = " ".join(f"x{number}" for number in range(10)) + " a"
    found = measure(pack({"q": {"a": 1}}), run(q=eleventh))
    assert (found["ndcg@10"], found["mrr@10"], found["hit@10"], found["recall@100"]) == (0, 0, 0, 1)
    assert found["ndcg_condensed@10"] == 1
    hundred_and_first = " ".join(f"x{number}" for number in range(100)) + " a b"
    found = measure(pack({"q": {"a": 1, "x99": 1}}), run(q=hundred_and_first))
    assert found["recall@100"] == 0.5


def test_the_condensed_list_is_cut_after_it_is_condensed() -> None:
    grades = {f"n{number}": 0 for number in range(10)} | {"a": 1}
    found = measure(pack({"q": grades}), run(q=" ".join(grades)))
    assert found["ndcg_condensed@10"] == 0


def test_the_order_of_a_list_counts_and_not_its_scores() -> None:
    tied = {"q": [("x", 0.5), ("a", 0.5), ("b", 0.9)]}
    assert measure(pack({"q": {"a": 1}}), tied)["mrr@10"] == 0.5
    assert measure(pack({"q": {"b": 1}}), tied)["mrr@10"] == round(1 / 3, 4)


def test_means_count_a_query_without_results() -> None:
    found = measure(pack({"q": {"a": 1}, "p": {"b": 1}, "o": {"c": 1, "d": 1}}), run(q="a", o="x c"))
    ideal = 1 / log2(2) + 1 / log2(3)
    assert found["queries"] == 3
    assert found["ndcg@10"] == round((1 + 0 + (1 / log2(3)) / ideal) / 3, 4)
    assert found["mrr@10"] == round((1 + 0 + 1 / 2) / 3, 4)
    assert found["recall@100"] == round((1 + 0 + 1 / 2) / 3, 4)


def test_no_results_at_all_are_0() -> None:
    found = measure(pack({"q": {"a": 1}}), {})
    assert found == {**dict.fromkeys(found, 0.0), "queries": 1}


def test_queries_without_anything_relevant_and_queries_not_asked_are_left_out() -> None:
    judged = {"q": {"a": 2}, "p": {"b": 1}, "o": {"c": 0}, "gone": {"d": 2}}
    asked = Pack("toy", dict.fromkeys("qpo", "text"), judged, {})
    found = measure(asked, run(q="x a", p="b", o="c", gone="d"))
    assert found.pop("auroc") == 0.5
    assert found == measure(pack({"q": {"a": 2}}), run(q="x a"))
    assert measure(pack({"o": {"c": 0}}), run(o="c"))["queries"] == 0


@pytest.mark.parametrize(
    ("found", "rate"),
    [
        ("a trap", 0.0),
        ("trap a", 1.0),
        ("a", 0.0),
        ("trap", 1.0),
        ("x y", 1.0),
        ("", 1.0),
    ],
)
def test_a_trap_counts_unless_it_is_below_what_is_right(found: str, rate: float) -> None:
    traps = pack({"q": {"a": 1}}, {"q": ["trap"]})
    assert trap_rate(traps, run(q=found)) == rate
    assert measure(traps, run(q=found))["trap_rate"] == rate


def test_the_trap_rate_is_a_share_of_all_traps() -> None:
    traps = pack({"q": {"a": 1}, "p": {"b": 1}}, {"q": ["t1", "t2"], "p": ["t3"]})
    assert trap_rate(traps, run(q="t1 a t2", p="b t3")) == 1 / 3
    unanswered = pack(traps.qrels | {"o": {"c": 0}}, traps.negatives | {"o": ["t4"]})
    assert trap_rate(unanswered, run(q="t1 a t2", p="b t3", o="t4")) == 1 / 3
    assert "trap_rate" not in measure(pack({"q": {"a": 1}}), run(q="a"))


def write(folder: Path, qrels: bytes, negatives: bytes | None = None) -> Path:
    (folder / "queries.jsonl").write_text('{"id": "q", "text": "Lip?"}\n')
    (folder / "qrels.txt").write_bytes(qrels)
    if negatives is not None:
        (folder / "negatives.txt").write_bytes(negatives)
    return folder


def test_a_pack_is_read_from_its_files(tmp_path: Path) -> None:
    folder = write(tmp_path, b"q 0 a 1\n\nq\t0\tb\t-1\nq 0 a 2\n", b"q t1\nq t2\n")
    assert read_pack(folder) == Pack(tmp_path.name, {"q": "Lip?"}, {"q": {"a": 2, "b": 0}}, {"q": ["t1", "t2"]})
    (tmp_path / "negatives.txt").unlink()
    assert read_pack(folder).negatives == {}


def test_the_record_that_a_question_is_named_like_is_not_right_for_it(tmp_path: Path) -> None:
    assert read_pack(write(tmp_path, b"q 0 q 2\nq 0 a 1\n")).qrels == {"q": {"a": 1}}


def test_tables_of_a_pack_may_begin_with_a_mark_of_their_encoding(tmp_path: Path) -> None:
    plain = read_pack(write(tmp_path, b"q 0 a 1\n", b"q b\n"))
    assert read_pack(write(tmp_path, b"\xef\xbb\xbfq 0 a 1\r\n", b"\xef\xbb\xbfq b")) == plain


@pytest.mark.parametrize(
    ("qrels", "negatives", "message"),
    [
        (b"q 0 a 1\nq 0 a\n", None, "qrels.txt:2: expected 4 columns, found 3"),
        (b"q 0 a 5\n", None, "qrels.txt:1: a grade is a whole number up to 4, found 5"),
        (b"q 0 a 1.5\n", None, r"qrels.txt:1: a grade is a whole number up to 4, found 1\.5"),
        (b"q 0 a --1\n", None, "qrels.txt:1: a grade is a whole number up to 4, found --1"),
        ("q 0 a ²\n".encode(), None, "qrels.txt:1: a grade is a whole number up to 4, found ²"),
        (b"q 0 a 1\nq 0 \xff 1\n", None, "qrels.txt:2: not UTF-8"),
        (b"q 0 a 1\n", b"q\n", "negatives.txt:1: expected 2 columns, found 1"),
    ],
)
def test_a_line_that_is_wrong_is_named(tmp_path: Path, qrels: bytes, negatives: bytes | None, message: str) -> None:
    with pytest.raises(SearchError, match=message):
        read_pack(write(tmp_path, qrels, negatives))


def test_how_well_the_first_score_tells_questions_that_nothing_answers() -> None:
    """Three that fit, two that do not: of the six pairs four are in order, one is a tie, one is not."""
    judged = Pack(
        "toy", dict.fromkeys("abcxy", "text"), {"a": {"r": 1}, "b": {"r": 1}, "c": {"r": 1}, "x": {"r": 0}}, {}
    )
    scores = {"a": 0.9, "b": 0.5, "x": 0.6, "y": 0.5}
    lists = {query: [("r", score)] for query, score in scores.items()} | {"c": [("r", 0.7)]}
    assert auroc(judged, lists) == (2 + 0.5 + 2) / 6
    assert measure(judged, lists)["auroc"] == 0.75
    assert measure(judged, lists)["queries"] == 3
    assert auroc(judged, {}) == 0.5


def test_without_questions_that_nothing_answers_there_is_nothing_to_tell() -> None:
    assert "auroc" not in measure(pack({"q": {"a": 1}}), run(q="a"))
    assert auroc(pack({"q": {"a": 1}}), run(q="a")) == 0.5


def test_the_measures_of_each_query() -> None:
    found = by_query(pack({"p": {"a": 1}, "q": {"b": 1}, "r": {"c": 1}}), run(p="a", q="a b"))
    assert found["mrr@10"] == {"p": 1.0, "q": 0.5, "r": 0.0}
    assert found["ndcg@10"] == {"p": 1.0, "q": pytest.approx(1 / log2(3)), "r": 0.0}
