"""Every parameter: what it takes, what it becomes, and that an error names it."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from search.errors import BadQuestion
from search.filters import Filters
from search.hits import Question, Switches
from web import params


def asked(query: list[tuple[str, str]]) -> Question:
    return params.question(params.of_query(MultiDict([("q", "lip"), *query])))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ([], Question("lip", 10, 0, Filters())),
        ([("k", "3"), ("offset", "20")], Question("lip", 3, 20)),
        ([("k", " 100 ")], Question("lip", 100)),
        ([("fold", "1")], Question("lip", fold=True)),
        ([("fold", "0")], Question("lip")),
        ([("fold", "true"), ("explain", "True")], Question("lip", fold=True, explain=True)),
        ([("expansions", "false")], Question("lip", switches=Switches(expansions=False))),
        ([("specialty", "Neurology")], Question("lip", filters=Filters(specialties=frozenset({"Neurology"})))),
        (
            [("specialty", "Neurology"), ("specialty", " Dentistry ")],
            Question("lip", filters=Filters(specialties=frozenset({"Neurology", "Dentistry"}))),
        ),
        ([("source", "NIH"), ("source", "")], Question("lip", filters=Filters(sources=frozenset({"NIH"})))),
        ([("sex", "F")], Question("lip", filters=Filters(sexes=frozenset({"female"})))),
        ([("age", "43")], Question("lip", filters=Filters(ages=frozenset({"40-49"})))),
        ([("age", "40-49")], Question("lip", filters=Filters(ages=frozenset({"40-49"})))),
        ([("age", "0-9")], Question("lip", filters=Filters(ages=frozenset({"00-09"})))),
        ([("age", "130")], Question("lip", filters=Filters(ages=frozenset({"80+"})))),
        ([("age", "80+")], Question("lip", filters=Filters(ages=frozenset({"80+"})))),
        ([("age", "80 ")], Question("lip", filters=Filters(ages=frozenset({"80+"})))),  # a + that was not escaped
        (
            [("after", "2012-01-15"), ("before", "2012-01-15")],
            Question("lip", filters=Filters(after="2012-01-15", before="2012-01-15")),
        ),
        (
            [("after", "2012"), ("before", "2013")],
            Question("lip", filters=Filters(after="2012-01-01", before="2013-12-31")),
        ),
        ([("specialty", ""), ("sex", " "), ("k", ""), ("after", "")], Question("lip")),
    ],
)
def test_a_query_string_becomes_a_question(query: list[tuple[str, str]], expected: Question) -> None:
    assert asked(query) == expected


@pytest.mark.parametrize(("name", "value"), [("specialty", "a"), ("source", "a"), ("sex", "f"), ("age", "43")])
def test_a_filter_takes_a_thousand_values(name: str, value: str) -> None:
    assert asked([(name, value)] * 1_000) == asked([(name, value)])
    with pytest.raises(BadQuestion, match=f"{name} takes up to 1,000 values, found 1,001") as refused:
        asked([(name, value)] * 1_001)
    assert refused.value.parameter == name


@pytest.mark.parametrize(
    ("query", "parameter", "message"),
    [
        ([("k", "ten")], "k", 'k must be a whole number, found "ten"'),
        ([("k", "2.5")], "k", 'k must be a whole number, found "2.5"'),
        ([("k", "x" * 58)], "k", f'k must be a whole number, found "{"x" * 58}"'),
        ([("k", "x" * 59)], "k", f'k must be a whole number, found "{"x" * 56}...'),
        ([("k", "0")], "k", "k must be from 1 to 100, found 0"),
        ([("k", "101")], "k", "k must be from 1 to 100, found 101"),
        ([("k", "1"), ("k", "2")], "k", "k was given 2 times; give it once"),
        ([("q", "again")], "q", "q was given 2 times; give it once"),
        ([("offset", "-1")], "offset", "offset must be from 0 to 1,000, found -1"),
        ([("offset", "1001")], "offset", "offset must be from 0 to 1,000, found 1001"),
        ([("offset", "9" * 30)], "offset", f'offset must be a whole number, found "{"9" * 30}"'),
        ([("fold", "2")], "fold", 'fold must be 0 or 1, found "2"'),
        ([("fold", "yes")], "fold", 'fold must be 0 or 1, found "yes"'),
        ([("sex", "both")], "sex", 'sex must be female, male or other, found "both"'),
        ([("age", "old")], "age", 'age must be a number such as 43 or a band such as 40-49 or 80+, found "old"'),
        ([("age", "-5")], "age", 'age must be a number such as 43 or a band such as 40-49 or 80+, found "-5"'),
        ([("age", "40-45")], "age", 'age must be a number such as 43 or a band such as 40-49 or 80+, found "40-45"'),
        ([("age", "131")], "age", 'age must be a number such as 43 or a band such as 40-49 or 80+, found "131"'),
        ([("after", "June")], "after", 'after must be a date such as 2012-01-15 or a year, found "June"'),
        (
            [("before", "2012-13-01")],
            "before",
            'before must be a date such as 2012-01-15 or a year, found "2012-13-01"',
        ),
        (
            [("after", "2013"), ("before", "2012")],
            "after",
            "after (2013-01-01) is later than before (2012-12-31), so nothing can pass",
        ),
        (
            [("speciality", "Neurology")],
            "speciality",
            'unknown: "speciality"; those known are q, k, offset, fold, sort, explain, specialty, sex, age, source, '
            "after, before, corrections, expansions, as_typed",
        ),
    ],
)
def test_what_is_wrong_is_named(query: list[tuple[str, str]], parameter: str, message: str) -> None:
    with pytest.raises(BadQuestion) as caught:
        asked(query)
    assert (caught.value.parameter, str(caught.value)) == (parameter, message)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"q": "lip"}, Question("lip")),
        ({"q": "lip", "k": 3, "offset": 1}, Question("lip", 3, 1)),
        ({"q": "lip", "k": 3.0, "offset": 1.0}, Question("lip", 3, 1)),
        (
            {"q": "lip", "fold": True, "explain": 1, "corrections": False, "expansions": 0},
            Question("lip", fold=True, explain=True, switches=Switches(corrections=False, expansions=False)),
        ),
        (
            {"q": "lip", "specialty": "Neurology"},
            Question("lip", filters=Filters(specialties=frozenset({"Neurology"}))),
        ),
        ({"q": "lip", "source": ["NIH", "X"]}, Question("lip", filters=Filters(sources=frozenset({"NIH", "X"})))),
        ({"q": "lip", "specialty": []}, Question("lip", filters=Filters(specialties=frozenset()))),
        ({"q": "lip", "specialty": None, "sex": "", "after": None}, Question("lip")),
        ({"q": "a\r\nb"}, Question("a\nb")),
        ({"q": "lip", "age": 43}, Question("lip", filters=Filters(ages=frozenset({"40-49"})))),
        ({"q": "lip", "age": [43, "80+"]}, Question("lip", filters=Filters(ages=frozenset({"40-49", "80+"})))),
        (
            {"q": "lip", "after": 2010, "before": 2011},
            Question("lip", filters=Filters(after="2010-01-01", before="2011-12-31")),
        ),
    ],
)
def test_a_json_body_becomes_a_question(body: object, expected: Question) -> None:
    assert params.question(params.of_json(body)) == expected


@pytest.mark.parametrize(
    ("body", "parameter", "message"),
    [
        ([], "body", 'the body must be a JSON object such as {"q": "..."}'),
        ({}, "q", "the question is empty"),
        ({"q": " \n"}, "q", "the question is empty"),
        ({"q": "x" * 20_001}, "q", "the question has 20,001 characters; the limit is 20,000"),
        ({"q": ["lip"]}, "q", 'q must be a string, found ["lip"]'),
        ({"q": "\ud800"}, "q", "q holds half of a surrogate pair, which is not a character"),
        ({"q": "lip", "k": "3"}, "k", 'k must be a whole number, found "3"'),
        ({"q": "lip", "k": ""}, "k", 'k must be a whole number, found ""'),
        ({"q": "lip", "k": True}, "k", "k must be a whole number, found true"),
        ({"q": "lip", "k": 1.5}, "k", "k must be a whole number, found 1.5"),
        ({"q": "lip", "k": 10**400}, "k", f'k must be a whole number, found "1{"0" * 55}...'),
        ({"q": "lip", "specialty": [1]}, "specialty", "specialty must be a string or a list of strings, found [1]"),
        (
            {"q": "lip", "source": ["\udc00"]},
            "source",
            "source holds half of a surrogate pair, which is not a character",
        ),
        ({"q": "lip", "after": ["2012"]}, "after", 'after must be a string, found ["2012"]'),
        (
            {"q": "lip", "limit": 3, "page": 2},
            "limit",
            'unknown: "limit", "page"; those known are q, k, offset, fold, sort, explain, specialty, sex, age, source, '
            "after, before, corrections, expansions, as_typed",
        ),
    ],
)
def test_what_is_wrong_in_a_body_is_named(body: Any, parameter: str, message: str) -> None:
    with pytest.raises(BadQuestion) as caught:
        params.question(params.of_json(body))
    assert (caught.value.parameter, str(caught.value)) == (parameter, message)


def test_a_form_leaves_out_what_it_does_not_know_and_what_is_to_be_dropped() -> None:
    form = MultiDict(
        [
            ("q", "lip"),
            ("utm_source", "x"),
            ("sex", ""),
            ("specialty", "Neurology"),
            ("specialty", "Ear: nose"),
            ("age", "40-49"),
            ("drop", "specialty:Ear: nose"),
            ("drop", "age:40-49"),
        ]
    )
    assert params.of_form(form) == {"q": ["lip"], "specialty": ["Neurology"]}
