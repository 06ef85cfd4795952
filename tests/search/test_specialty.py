"""Shares of specialties and topics around a page, by arithmetic."""

from __future__ import annotations

import pytest

from corpus.records import Record
from search.hits import Share, Topic
from search.specialty import shares, topics_around


def page(topics: tuple[str, ...], specialty: str = "Neurology") -> Record:
    return Record(id="x", title="x", topics=topics, specialty=specialty)


def test_shares_weigh_each_result_by_the_square_of_its_probability() -> None:
    found = shares([("Neurology", False, 0.9), ("Dentistry", False, 0.8), ("Neurology", False, 0.7)])
    assert [share.name for share in found] == ["Neurology", "Dentistry"]
    assert [share.share for share in found] == pytest.approx([1.31 / 1.955, 0.645 / 1.955])


def test_one_result_that_is_barely_near_does_not_outweigh_the_others() -> None:
    near, others = ("Neurology", False, 0.1), [("Dentistry", False, 0.01)] * 9
    assert shares([near, *others])[0].name == "Dentistry"
    assert shares([("Neurology", False, 0.9), *others])[0].share == pytest.approx(0.815 / (0.815 + 9 * 0.0051))


def test_results_without_a_specialty_count_for_nothing() -> None:
    assert shares([("", False, 0.9), ("Dentistry", False, 0.5)]) == (Share("Dentistry", 1.0),)
    assert shares([("", False, 0.9)]) == ()
    assert shares([]) == ()


def test_equal_shares_are_in_the_order_of_their_names() -> None:
    assert shares([("b", False, 0.5), ("a", False, 0.5)]) == (Share("a", 0.5), Share("b", 0.5))


def test_specialties_compare_without_case_and_are_spelt_as_first_met() -> None:
    assert shares([("neurology", False, 0.5), ("Neurology", False, 0.5)]) == (Share("neurology", 1.0),)


def test_what_is_stated_and_what_is_inferred_are_shares_of_their_own() -> None:
    found = shares([("Neurology", False, 0.6), ("neurology", True, 0.4), ("Dentistry", True, 0.5), ("", True, 0.9)])
    assert [(share.name, share.inferred) for share in found] == [
        ("Neurology", False),
        ("Dentistry", True),
        ("Neurology", True),
    ]
    assert [share.share for share in found] == pytest.approx([0.365 / 0.785, 0.255 / 0.785, 0.165 / 0.785])


def test_topics_of_the_neighbors_most_frequent_first() -> None:
    neighbors = [page(("Stress", "Sleep")), page(("Sleep", "Coffee")), page(("Coffee", "Sleep"))]
    assert topics_around(page(()), neighbors, 5) == (
        Topic("Sleep", "Neurology", 3),
        Topic("Coffee", "Neurology", 2),
        Topic("Stress", "Neurology", 1),
    )
    assert topics_around(page(()), neighbors, 1) == (Topic("Sleep", "Neurology", 3),)


def test_equal_topics_are_in_the_order_of_the_nearest_neighbor() -> None:
    neighbors = [page(("b", "a")), page(("c", "a", "b"))]
    assert [topic.topic for topic in topics_around(page(()), neighbors, 5)] == ["b", "a", "c"]


def test_the_pages_own_topics_are_left_out_whatever_their_case() -> None:
    assert topics_around(page(("STRESS",)), [page(("Stress", "Sleep"))], 5) == (Topic("Sleep", "Neurology", 1),)


def test_a_topic_is_spelt_as_the_nearest_neighbor_spells_it_and_counts_a_neighbor_once() -> None:
    neighbors = [page(("sleep", "SLEEP")), page(("Sleep",))]
    assert topics_around(page(()), neighbors, 5) == (Topic("sleep", "Neurology", 2),)


def test_a_topic_has_the_specialty_of_most_that_carry_it() -> None:
    neighbors = [page(("Sleep",), "Dentistry"), page(("Sleep",), "Psychiatry"), page(("Sleep",), "Psychiatry")]
    assert topics_around(page(()), neighbors, 5) == (Topic("Sleep", "Psychiatry", 3),)


def test_no_neighbors_no_topics() -> None:
    assert topics_around(page(("Stress",)), [], 5) == ()


def test_who_answers_is_not_told_by_results_that_are_hardly_probable() -> None:
    assert shares([("Neurology", False, 0.09), ("Cardiology", False, 0.05)]) == ()
    assert [share.name for share in shares([("Neurology", False, 0.1), ("Cardiology", False, 0.05)])] == [
        "Neurology",
        "Cardiology",
    ]
    assert shares([]) == ()
