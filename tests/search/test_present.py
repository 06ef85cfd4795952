"""The JSON of what a search returns, where the data path does not go."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corpus.records import Answer, Record
from search.hits import Facets, Family, Hit, Match, Member, Snippet, Topic
from search.present import hit_json, related_json, shown_answer, specialties_json
from tests.toy_records import LIP, TITLE_ONLY


def hit(record: Record, shown: Snippet) -> Hit:
    return Hit(record, 0.123456, 0.05, Match.TOPIC, Snippet("x", part="title"), shown)


@pytest.mark.parametrize(
    ("shown", "responder"),
    [
        (Snippet("A stroke", part="answer", answer=1), "Neurologist"),
        (Snippet("Twitching", part="answer", answer=0), "Physician"),
        (Snippet("Fatigue", part="more_info"), "Physician"),
        (Snippet(), "Physician"),
    ],
)
def test_a_card_names_who_gave_the_answer_that_it_shows(shown: Snippet, responder: str) -> None:
    found = hit(LIP, shown)
    answer = shown_answer(found)
    assert answer is not None
    assert answer.responder == responder
    assert (hit_json(found)["responder"], hit_json(found)["replied"]) == (responder, answer.replied)


def test_what_a_record_lacks_is_empty() -> None:
    found = hit(TITLE_ONLY, Snippet())
    assert shown_answer(found) is None
    value = hit_json(found)
    assert {name: value[name] for name in ("responder", "asked", "replied", "url", "license")} == dict.fromkeys(
        ("responder", "asked", "replied", "url", "license"), ""
    )
    assert (value["score"], value["match"], value["answers"]) == (0.123456, "same topic", 0)
    assert hit_json(hit(Record("x", answers=(Answer("a"),)), Snippet()))["responder"] == ""


@pytest.mark.parametrize(
    ("count", "own", "listed"),
    [
        (50, 49, [*range(50)]),
        (51, 3, [*range(50)]),
        (51, 50, [*range(49), 50]),
        (4000, 3999, [*range(49), 3999]),
    ],
)
def test_a_large_family_lists_its_first_members_and_the_result_and_counts_all(
    count: int, own: int, listed: list[int]
) -> None:
    members = [Member(f"toy:{number:04}", "Gout?", "", "", ()) for number in range(count)]
    found = replace(hit(Record(members[own].id), Snippet()), family=Family(members[0].id, tuple(members)))
    family = hit_json(found)["family"]
    assert (family["id"], family["size"]) == ("toy:0000", count)
    assert [item["id"] for item in family["records"]] == [f"toy:{number:04}" for number in listed]


def test_related_and_specialties() -> None:
    assert related_json("x", (Topic("Stress", "Neurology", 2),)) == {
        "id": "x",
        "related": [{"topic": "Stress", "specialty": "Neurology", "count": 2}],
    }
    assert specialties_json(Facets(specialties=(("Neurology", 2), ("Dentistry", 1)))) == {
        "specialties": [{"name": "Neurology", "count": 2}, {"name": "Dentistry", "count": 1}]
    }
