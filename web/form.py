"""The filters of the page's form: what can be chosen, and what is chosen now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from search.errors import BadQuestion
from search.filters import NAMED, Filters
from search.hits import Facets, Question, Sort, Switches
from web import params
from web.engine import Engine
from web.languages import gettext as _
from web.words import age_words, sex_words

AT_ONCE = 7  # choices of a long list that are shown before "more"
ONCE = ("after", "before")
SOME = {name: NAMED[name] for name in params.SETS}  # form name -> field of Filters


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, how it reads, how many pages would be left by it, and whether it is chosen."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One filter: the choices shown at once, and those behind a "more"."""

    name: str
    legend: str
    first: tuple[Choice, ...]
    rest: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Active:
    """A filter value that is chosen, as it reads; `loosened` counts the pages found without its filter, if known."""

    name: str
    value: str
    label: str
    loosened: int | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What came with a question that was not answered, as far as it is right: filters, what else the form carries on,
    and both days as they were typed where one of them is wrong."""

    active: list[Active]
    kept: list[Active]
    days: Mapping[str, str]


def groups(facets: Facets, filters: Filters, likely: Sequence[str] = ()) -> list[Group]:
    """The filters that this index has anything to choose for, each value with its count in the facets.

    The specialties in `likely` come before the others.
    """
    specialties = _choices("specialty", facets.specialties, filters.specialties)
    every = [
        _long("specialty", _("Specialty"), tuple(sorted(specialties, key=lambda item: _place(item.value, likely)))),
        Group("sex", _("Sex of the person who asked"), _choices("sex", facets.sexes, filters.sexes)),
        Group("age", _("Age of the person who asked"), _choices("age", sorted(facets.ages), filters.ages)),
        _long("source", _("Source"), _choices("source", facets.sources, filters.sources)),
    ]
    return [group for group in every if group.first]


def active(filters: Filters) -> list[Active]:
    """The chosen values, in the order of the form."""
    chosen = [
        Active(name, value, _active_words(name, _label(name, value)))
        for name, field in SOME.items()
        for value in sorted(getattr(filters, field) or ())
    ]
    days = [(name, getattr(filters, name)) for name in ONCE]
    return chosen + [Active(name, day, _active_words(name, day_text(day, name))) for name, day in days if day]


def off(switches: Switches) -> list[str]:
    """The names of the switches that are off."""
    return [field.name for field in fields(switches) if not getattr(switches, field.name)]


def kept(question: Question) -> list[Active]:
    """What the form carries on beside the text and the filters: switches that are off, the order, words as typed."""
    found = [Active(name, "0", "") for name in off(question.switches)]
    found += [Active("as_typed", word, word) for word in sorted(question.as_typed)]
    return found + ([Active("sort", question.sort.value, "")] if question.sort is not Sort.FIT else [])


def chosen(values: params.Values) -> Chosen:
    """What these values choose, without those that are wrong."""
    question = _readable(values)
    days = {name: values.get(name, [""])[0] for name in ONCE}
    wrong = any(days[name] and not getattr(question.filters, name) for name in ONCE)
    right = [item for item in active(question.filters) if not wrong or item.name not in ONCE]
    return Chosen(right, kept(question), days if wrong else {})


def _readable(values: params.Values) -> Question:
    try:
        return params.question({**values, "q": ["?"]})
    except BadQuestion as error:
        return _readable({name: texts for name, texts in values.items() if name != error.parameter})


def loosened(engine: Engine, question: Question) -> list[Active]:
    """The chosen values, each with how many pages the same question finds without its filter."""
    counts: dict[str, int] = {}
    for name in {item.name for item in active(question.filters)}:
        without = replace(question.filters, **{SOME.get(name, name): None})
        counts[name] = engine.search(replace(question, k=1, offset=0, filters=without)).total
    return [replace(item, loosened=counts[item.name]) for item in active(question.filters)]


def _long(name: str, legend: str, choices: tuple[Choice, ...]) -> Group:
    chosen_first = tuple(sorted(choices, key=lambda choice: not choice.chosen))
    shown = max(AT_ONCE, sum(choice.chosen for choice in choices))
    return Group(name, legend, chosen_first[:shown], chosen_first[shown:])


def _place(value: str, likely: Sequence[str]) -> int:
    return likely.index(value) if value in likely else len(likely)


def _choices(name: str, counted: Iterable[tuple[str, int]], chosen: frozenset[str] | None) -> tuple[Choice, ...]:
    wanted = {value.casefold(): value for value in chosen or ()}
    rows = [(value, count, wanted.pop(value.casefold(), None) is not None) for value, count in counted]
    rows += [(value, 0, True) for value in sorted(wanted.values())]  # chosen, but in no record
    return tuple(Choice(value, _label(name, value), count, picked) for value, count, picked in rows)


def _label(name: str, value: str) -> str:
    return {"age": age_words, "sex": sex_words}.get(name, str)(value)


def _active_words(name: str, value: str) -> str:
    texts = {
        "specialty": _("Specialty: %(value)s"),
        "sex": _("Sex: %(value)s"),
        "age": _("Age: %(value)s"),
        "source": _("Source: %(value)s"),
        "after": _("From %(value)s"),
        "before": _("Until %(value)s"),
    }
    return texts[name] % {"value": value}


def day_text(day: str, name: str) -> str:
    """The bound of a date filter as a person gives it: the year alone where it takes in the whole year."""
    whole_year = day.endswith("-01-01" if name == "after" else "-12-31")
    return day[:4] if whole_year else day
