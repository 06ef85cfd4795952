"""The filters of the form, over the facets of the toy records."""

from __future__ import annotations

from search.filters import Filters
from search.hits import Facets, Question
from tests.web.toy import ToyEngine
from tests.web.toy_records import DEMONSTRATION
from web.form import Active, Choice, Group, active, day_text, groups, loosened


def test_what_can_be_chosen_carries_its_count() -> None:
    assert groups(ToyEngine().facets, Filters(ages=frozenset({"20-29"}))) == [
        Group(
            "specialty",
            "Specialty",
            (
                Choice("Neurology", "Neurology", 2, False),
                Choice("Dentistry", "Dentistry", 1, False),
                Choice("Emergency <Medicine>", "Emergency <Medicine>", 1, False),
            ),
        ),
        Group(
            "sex",
            "Sex of the person who asked",
            (Choice("female", "Female", 2, False), Choice("male", "Male", 1, False)),
        ),
        Group(
            "age",
            "Age of the person who asked",
            (Choice("20-29", "20–29 years", 1, True), Choice("40-49", "40–49 years", 1, False)),
        ),
        Group(
            "source",
            "Source",
            (
                Choice(DEMONSTRATION, DEMONSTRATION, 3, False),
                Choice("NIH", "NIH", 1, False),
                Choice("Soup & Sons", "Soup & Sons", 1, False),
            ),
        ),
    ]


def test_a_long_list_shows_seven_and_those_that_are_chosen_first() -> None:
    facets = Facets(specialties=tuple((name, 1) for name in "abcdefghi"))
    [group] = groups(facets, Filters(specialties=frozenset({"H"})))  # names compare without case
    assert [choice.value for choice in group.first] == ["h", "a", "b", "c", "d", "e", "f"]
    assert [choice.value for choice in group.rest] == ["g", "i"]


def test_specialties_that_answer_the_question_come_before_the_others() -> None:
    facets = Facets(specialties=tuple((name, 1) for name in "abcdefghi"))
    [group] = groups(facets, Filters(specialties=frozenset({"c"})), ["i", "h", "z"])
    assert "".join(choice.value for choice in group.first) == "cihabde"


def test_a_chosen_value_that_no_record_has_stays_visible() -> None:
    [group] = groups(Facets(), Filters(sources=frozenset({"Nowhere"})))
    assert group.first == (Choice("Nowhere", "Nowhere", 0, True),)


def test_what_is_on_reads_in_the_order_of_the_form() -> None:
    filters = Filters(
        specialties=frozenset({"Neurology", "Dentistry"}),
        sexes=frozenset({"female"}),
        ages=frozenset({"40-49"}),
        after="2010-01-01",
        before="2012-06-30",
    )
    assert active(filters) == [
        Active("specialty", "Dentistry", "Specialty: Dentistry"),
        Active("specialty", "Neurology", "Specialty: Neurology"),
        Active("sex", "female", "Sex: Female"),
        Active("age", "40-49", "Age: 40–49 years"),
        Active("after", "2010-01-01", "From 2010"),
        Active("before", "2012-06-30", "Until 2012-06-30"),
    ]


def test_each_filter_says_how_many_pages_there_are_without_it() -> None:
    filters = Filters(specialties=frozenset({"Dentistry"}), sexes=frozenset({"male"}))
    assert loosened(ToyEngine(), Question("lip", filters=filters)) == [
        Active("specialty", "Dentistry", "Specialty: Dentistry", loosened=1),  # one man asked
        Active("sex", "male", "Sex: Male", loosened=1),  # one page is of dentistry
    ]


def test_a_whole_year_reads_as_the_year() -> None:
    assert [day_text("2010-01-01", "after"), day_text("2010-12-31", "after")] == ["2010", "2010-12-31"]
    assert [day_text("2010-12-31", "before"), day_text("2010-01-01", "before")] == ["2010", "2010-01-01"]
