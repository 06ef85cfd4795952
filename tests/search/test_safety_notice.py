"""What an emergency notice says, and in which order."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from search.errors import SearchError
from search.safety import Urgent, alike, urgent
from search.safety.numbers import contacts
from search.safety.patterns import PatternError
from search.safety.rules import RULES, Rule, load


def test_the_most_pressing_rule_speaks_and_the_others_are_named() -> None:
    notice = urgent("I took 30 tylenol because I want to die", "us")
    assert notice is not None
    assert (notice.kind, notice.also) == ("poisoning", ("suicide",))
    assert notice.actions == (
        ("Emergency", "911"),
        ("Poison Help", "1-800-222-1222"),
        ("988 Suicide & Crisis Lifeline (call or text)", "988"),
    )
    assert notice.text.startswith("Call 911 now if the person is drowsy")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("i took 30 paracetamol because i cant go on", ("poisoning", "suicide")),
        ("she took 20 tablets to end it", ("poisoning", "suicide")),
        ("i took ibuprofen because i cant go on holiday with a headache", ()),
    ],
)
def test_who_took_pills_for_good_is_told_of_both(text: str, kinds: tuple[str, ...]) -> None:
    notice = urgent(text)
    assert ((notice.kind, *notice.also) if notice else ()) == kinds


def test_help_against_despair_is_told_once_wherever_wanting_to_die_is_part_of_it() -> None:
    for text in ("I took 30 tylenol because I want to die", "my daughter took 40 tylenol, she said she wants to die"):
        notice = urgent(text)
        assert notice is not None
        assert (notice.kind, notice.text.count("nobody has to face this alone")) == ("poisoning", 1)
    assert alike("suicide").text.endswith("nobody has to face this alone.")
    for text in ("I want to die", "my daughter wants to die", "my daughter took 40 tylenol by mistake"):
        notice = urgent(text)
        assert notice is not None
        assert "nobody has to" not in notice.text


def test_a_rule_stands_behind_a_less_pressing_one_where_a_sign_says_so() -> None:
    wheals = urgent("my 2 year old ate cashew nuts and has hives all over, he cant breathe")
    assert wheals is not None
    assert (wheals.kind, wheals.also) == ("anaphylaxis", ("choking", "breathing"))
    stuck = urgent("my 2 year old put cashew nuts in his mouth and turned blue, he cant breathe")
    assert stuck is not None
    assert stuck.kind == "choking"
    alone = urgent("my toddler gets hives from eggs and is choking on a grape right now")
    assert alone is not None
    assert (alone.kind, alone.also) == ("choking", ())


def test_a_rule_cannot_stand_behind_one_that_is_not_there(tmp_path: Path) -> None:
    table = RULES.read_text(encoding="utf-8").replace('anaphylaxis = "', 'anaphilaxis = "')
    (tmp_path / "rules.toml").write_text(table, encoding="utf-8")
    with pytest.raises(PatternError, match="'choking': behind: no rule is called 'anaphilaxis'"):
        load(tmp_path / "rules.toml")


def test_a_notice_as_json() -> None:
    notice = Urgent("k", "Title", "Text", (("Emergency", "112"),), ((0, 4), (6, 9)), ("other",))
    assert json.loads(json.dumps(notice.to_json())) == notice.to_json() == {
        "kind": "k",
        "title": "Title",
        "text": "Text",
        "actions": [{"label": "Emergency", "number": "112"}],
        "matched": [[0, 4], [6, 9]],
        "also": ["other"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("country", "emergency", "crisis"),
    [
        ("", "your local emergency number", "a crisis or suicide prevention line in your country"),
        ("US", "911", "988"),
        ("ca", "911", "988"),
        ("GB", "999", "116 123"),
        ("UK", "999", "116 123"),
        ("IE", "112 or 999", "116 123"),
        ("EU", "112", "a crisis or suicide prevention line in your country"),
        ("SE", "112", "a crisis or suicide prevention line in your country"),
        ("TW", "119", "1925"),
        ("AU", "000", "13 11 14"),
        ("NZ", "111", "1737"),
    ],
)
def test_numbers_are_those_of_the_country(country: str, emergency: str, crisis: str) -> None:
    notice = urgent("I want to kill myself", country)
    assert notice is not None
    assert [number for _, number in notice.actions] == [crisis, emergency]
    assert f"call {emergency} or go" in notice.text


@pytest.mark.parametrize(
    ("country", "numbers"),
    [
        ("", ("your local emergency number", "a domestic violence helpline in your country")),
        ("US", ("911", "1-800-799-7233")),
        ("CA", ("911", "a domestic violence helpline in your country")),
        ("GB", ("999", "0808 2000 247")),
        ("IE", ("112 or 999", "1800 341 900")),
        ("AU", ("000", "1800 737 732")),
        ("NZ", ("111", "0800 733 843")),
        ("TW", ("110", "113", "119")),
        ("DE", ("112", "116 016")),
        ("ES", ("112", "016")),
        ("FR", ("112", "3919")),
        ("IT", ("112", "1522")),
        ("SE", ("112", "a domestic violence helpline in your country")),
    ],
)
def test_the_police_are_called_to_violence_by_their_own_number_where_they_have_one(
    country: str, numbers: tuple[str, ...]
) -> None:
    notice = urgent("my boyfriend strangled me", country)
    assert notice is not None
    assert tuple(number for _, number in notice.actions) == numbers
    assert f"call {numbers[0]} when it is safe" in notice.text


def test_an_unknown_country_is_refused_whatever_the_message() -> None:
    with pytest.raises(SearchError, match="no emergency numbers for 'XX'; expected one of AT, AU, "):
        urgent("a cold sore", "XX")


@pytest.mark.parametrize("rule", load().rules, ids=lambda rule: rule.kind)
def test_the_wording_is_short_tells_what_to_do_and_promises_nothing(rule: Rule) -> None:
    wording = f"{rule.title} {rule.text}".lower()
    assert len(wording) <= 420
    assert "emergency" in wording or "{police}" in wording
    assert not any(
        word in wording for word in ("you have a", "diagnos", "nothing to worry", "you are safe", "harmless")
    )
    assert set(rule.call) <= contacts("").keys()


def test_every_sign_and_every_list_is_used() -> None:
    rules = load()
    used = {sign for rule in rules.rules for when in rule.whens for sign in (*when.signs, *when.without)}
    used |= {sign for rule in rules.rules for sign in (*rule.unless, *rule.despite, *rule.behind.values())} - {"*"}
    found = {sign for filed in rules.matcher.patterns.values() for sign, _, _ in filed}
    assert found - tomllib.loads(RULES.read_text(encoding="utf-8"))["context"].keys() == used
