"""Counts over records, worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus import jsonl
from corpus.records import Answer, Record
from corpus.stats import Lengths, Stats, as_json, as_text, lengths, stats

TOY = Stats(
    records=3,
    answers=3,
    unanswered=1,
    asker_share=1 / 3,
    specialties={"(none stated)": 1, "Dermatology": 1, "Family Medicine": 1},
    sources={"toy": 2, "(none stated)": 1},
    years={"(none stated)": 1, "2020": 1, "2021": 1},
    lengths={
        "title": Lengths(3, 4.0, 5, 5),  # 3, 4 and 5 words
        "question": Lengths(1, 6.0, 6, 6),
        "answer": Lengths(3, 3.0, 5, 5),  # 5, 3 and 2 words
        "more_info": Lengths(0, 0.0, 0, 0),
    },
)


def toy_stats(toy: Path) -> Stats:
    return stats(item for item in jsonl.read_all([toy / "records.jsonl"]) if isinstance(item, Record))


def test_the_toy_records(toy: Path) -> None:
    assert toy_stats(toy) == TOY


def test_a_record_that_was_asked_on_no_day_counts_by_its_newest_reply() -> None:
    answers = (Answer("a", replied="2019-05-01"), Answer("b", replied="2020-05-01"))
    assert stats([Record("a", "T", answers=answers)]).years == {"2020": 1}


def test_an_answer_without_words_is_none() -> None:
    found = stats([Record("a", "T", answers=(Answer(" "),))])
    assert (found.answers, found.unanswered) == (0, 1)


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ([], Lengths(0, 0.0, 0, 0)),
        ([7], Lengths(1, 7.0, 7, 7)),
        ([4, 1], Lengths(2, (1 + 4) / 2, 4, 4)),
        (range(1, 101), Lengths(100, (50 + 51) / 2, 95, 100)),
        (range(1, 21), Lengths(20, (10 + 11) / 2, 19, 20)),
    ],
)
def test_lengths(counts: list[int], found: Lengths) -> None:
    assert lengths(list(counts)) == found


def test_as_json(toy: Path) -> None:
    value = json.loads(json.dumps(as_json(toy_stats(toy))))
    assert value["specialties"] == {"(none stated)": 1, "Dermatology": 1, "Family Medicine": 1}
    assert value["lengths"]["title"] == {"texts": 3, "median": 4.0, "p95": 5, "max": 5}


def test_as_text(toy: Path) -> None:
    assert as_text(toy_stats(toy)).split("\n") == [
        "records                     3",
        "answers                     3",
        "without an answer           1",
        "with an asker           33.3%",
        "",
        "words                   texts   median      p95     most",
        "title                       3        4        5        5",
        "question                    1        6        6        6",
        "answer                      3        3        5        5",
        "more_info                   0        0        0        0",
        "",
        "by specialty",
        "        1  (none stated)",
        "        1  Dermatology",
        "        1  Family Medicine",
        "",
        "by source",
        "        2  toy",
        "        1  (none stated)",
        "",
        "by year",
        "        1  (none stated)",
        "        1  2020",
        "        1  2021",
    ]


def test_a_long_list_shows_the_most_frequent_and_sums_up_the_rest() -> None:
    records = [Record(f"{name}:{use}", "T", specialty=f"S{name:02}") for name in range(30) for use in range(31 - name)]
    lines = as_text(stats(records)).split("\n")
    start = lines.index("by specialty")
    assert lines[start + 1] == "       31  S00"
    assert lines[start + 20] == "       12  S19"
    assert lines[start + 21] == f"{sum(range(2, 12)):>9}  in 10 more"  # S20 to S29 have 11 down to 2


def test_columns_of_large_numbers_stay_apart() -> None:
    found = as_text(stats([Record("a", "word " * 1_234_567)])).split("\n")
    assert found[6] == "title                       1 1,234,567 1,234,567 1,234,567"
