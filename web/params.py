"""From what a client sent to a checked `Question`: every error is a BadQuestion that names its parameter."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeGuard

from werkzeug.datastructures import MultiDict

from corpus.records import SEXES, age_band
from search.errors import BadQuestion
from search.filters import Filters
from search.hits import Question, Sort, Switches

SETS = ("specialty", "sex", "age", "source")  # may be given more than once, in the order of the form
FILTERS = (*SETS, "after", "before")
SWITCHES = ("corrections", "expansions")  # 0 switches off, 1 on
STATES = {"0": False, "1": True, "false": False, "true": True}
LISTS = (*SETS, "as_typed")
NAMES = ("q", "k", "offset", "fold", "sort", "explain", *FILTERS, *SWITCHES, "as_typed")
NUMBERS = ("age", "after", "before")  # JSON may give an age or a year as a number
WHOLE = ("k", "offset", "fold", "explain", *SWITCHES)  # numbers in JSON too
MOST_AS_TYPED = 50
MOST_CHOSEN = 1_000  # values of one filter: the page shows each with a way to take it back
OLDEST = 130  # years
BANDS = {band: band for band in map(age_band, range(OLDEST))} | {"0-9": age_band(0)}  # records may write both, too

Values = Mapping[str, Sequence[str]]  # a missing name is no filter, an empty list a filter that nothing passes


def of_query(args: MultiDict[str, str], names: Iterable[str] = NAMES) -> Values:
    """Values of a query string, blanks left out. Raises BadQuestion for a name not in `names`."""
    _check_names(args, tuple(names))
    return _without_blanks(args)


def of_form(form: MultiDict[str, str]) -> Values:
    """Values of a page's form, blanks and unknown names left out.

    Each `drop=name:value` that it asks for is left out, each `flip=name:value` takes the place of that switch's value,
    and each `keep=word` is added to what stays as it was typed.
    """
    dropped = {tuple(text.partition(":")[::2]) for text in form.getlist("drop")}
    values = _without_blanks(form)
    kept = {name: [text for text in values[name] if (name, text) not in dropped] for name in values if name in NAMES}
    flipped = {name: [value] for name, _, value in (text.partition(":") for text in form.getlist("flip"))}
    kept |= {name: texts for name, texts in flipped.items() if name in (*SWITCHES, "sort")}
    if typed := [*kept.get("as_typed", []), *values.get("keep", [])]:
        kept["as_typed"] = list(dict.fromkeys(typed))
    return {name: texts for name, texts in kept.items() if texts}


def of_json(body: object, names: Sequence[str] = NAMES) -> Values:
    """Values of a decoded JSON body. Raises BadQuestion, also for a name not in `names`."""
    if not isinstance(body, dict):
        raise BadQuestion("body", 'the body must be a JSON object such as {"q": "..."}')
    _check_names(body, tuple(names))
    given = {name: value for name, value in body.items() if value is not None}
    return {name: _texts(name, value) for name, value in given.items() if value != "" or name in WHOLE}


def question(values: Values, fold: bool = False, explain: bool = False) -> Question:
    """The question that was asked, with its page and filters; folded and explained so, unless it says itself.

    Raises BadQuestion.
    """
    return Question(
        text=single(values, "q").replace("\r\n", "\n"),
        k=whole(values, "k", 10),
        offset=whole(values, "offset", 0),
        filters=filters(values),
        fold=_switch(values, "fold", fold),
        switches=Switches(**{name: _switch(values, name) for name in SWITCHES}),
        sort=_sort(values),
        explain=_switch(values, "explain", explain),
        as_typed=_as_typed(values),
    )


def filters(values: Values) -> Filters:
    """The filters among the values. Raises BadQuestion."""
    after, before = _day(values, "after", "-01-01"), _day(values, "before", "-12-31")
    if after and before and after > before:
        raise BadQuestion("after", f"after ({after}) is later than before ({before}), so nothing can pass")
    for name in SETS:
        if (chosen := len(values.get(name, ()))) > MOST_CHOSEN:
            raise BadQuestion(name, f"{name} takes up to {MOST_CHOSEN:,} values, found {chosen:,}")
    return Filters(
        specialties=_names(values, "specialty"),
        sources=_names(values, "source"),
        ages=_set(values, "age", _age),
        sexes=_set(values, "sex", _sex),
        after=after,
        before=before,
    )


def whole(values: Values, name: str, default: int) -> int:
    """The whole number given under this name, or `default`. Raises BadQuestion."""
    text = single(values, name).strip()
    if not text:
        return default
    if not re.fullmatch(r"-?\d{1,9}", text, re.ASCII):
        raise BadQuestion(name, f"{name} must be a whole number, found {_short(text)}")
    return int(text)


def single(values: Values, name: str) -> str:
    """The one text given under this name, empty if none. Raises BadQuestion."""
    texts = values.get(name, [""])
    if len(texts) > 1:
        raise BadQuestion(name, f"{name} was given {len(texts)} times; give it once")
    return _unicode(name, texts[0])


def _check_names(given: Iterable[str], known: tuple[str, ...]) -> None:
    if unknown := [name for name in given if name not in known]:
        takes = f"those known are {', '.join(known)}" if known else "none is taken here"
        raise BadQuestion(unknown[0], f"unknown: {', '.join(_short(name) for name in unknown)}; {takes}")


def _without_blanks(args: MultiDict[str, str]) -> Values:
    values = {name: [text for text in args.getlist(name) if text.strip()] for name in args}
    return {name: texts for name, texts in values.items() if texts}


def _texts(name: str, value: Any) -> list[str]:
    if name in (*SWITCHES, "fold", "explain") and isinstance(value, bool):
        return [str(int(value))]
    if name in WHOLE and _is_whole(value):
        return [str(int(value))]
    items = value if isinstance(value, list) and name in LISTS else [value]
    if name in NUMBERS:
        items = [str(int(item)) if _is_whole(item) else item for item in items]
    if name in WHOLE or not all(isinstance(item, str) for item in items):
        kind = "a whole number" if name in WHOLE else "a string or a list of strings" if name in LISTS else "a string"
        raise BadQuestion(name, f"{name} must be {kind}, found {_short(value)}")
    if isinstance(value, list) and not all(item.strip() for item in items):
        raise BadQuestion(name, f"{name} holds an empty text; leave it out")
    return items


def _is_whole(value: object) -> TypeGuard[int | float]:
    """Whether a number of JSON has no fraction: 5.0 is 5 there."""
    return value.is_integer() if isinstance(value, float) else isinstance(value, int) and not isinstance(value, bool)


def _names(values: Values, name: str) -> frozenset[str] | None:
    return frozenset(_unicode(name, text.strip()) for text in values[name]) if name in values else None


def _set(values: Values, name: str, read: Callable[[str], str]) -> frozenset[str] | None:
    return frozenset(read(text.strip()) for text in values[name]) if name in values else None


def _age(text: str) -> str:
    if re.fullmatch(r"\d{1,3}", text, re.ASCII) and int(text) <= OLDEST:
        return age_band(int(text))
    if text in BANDS:
        return BANDS[text]
    raise BadQuestion("age", f"age must be a number such as 43 or a band such as 40-49 or 80+, found {_short(text)}")


def _sex(text: str) -> str:
    if text.lower() not in SEXES:
        raise BadQuestion("sex", f"sex must be female, male or other, found {_short(text)}")
    return SEXES[text.lower()]


def _switch(values: Values, name: str, default: bool = True) -> bool:
    text = single(values, name).strip() or str(int(default))
    if text.lower() not in STATES:
        raise BadQuestion(name, f"{name} must be 0 or 1, found {_short(text)}")
    return STATES[text.lower()]


def _sort(values: Values) -> Sort:
    text = single(values, "sort").strip() or Sort.FIT
    if text not in tuple(Sort):
        raise BadQuestion("sort", f"sort must be {' or '.join(Sort)}, found {_short(text)}")
    return Sort(text)


def _as_typed(values: Values) -> frozenset[str]:
    words = _names(values, "as_typed") or frozenset()
    if len(words) > MOST_AS_TYPED:
        raise BadQuestion("as_typed", f"as_typed takes up to {MOST_AS_TYPED} words, found {len(words)}")
    return frozenset(word.casefold() for word in words)


def _day(values: Values, name: str, rest_of_year: str) -> str | None:
    text = single(values, name).strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text + rest_of_year if re.fullmatch(r"\d{4}", text, re.ASCII) else text).isoformat()
    except ValueError:
        found = _short(text)
        raise BadQuestion(name, f"{name} must be a date such as 2012-01-15 or a year, found {found}") from None


def _unicode(name: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadQuestion(name, f"{name} holds half of a surrogate pair, which is not a character") from None
    return text


def _short(value: object) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
