"""The emergency notice: what raises it, what does not, and what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from search.errors import SearchError
from search.safety import Urgent, urgent
from search.safety.numbers import contacts
from search.safety.patterns import PatternError
from search.safety.rules import RULES, Rule, load


def kinds(text: str) -> tuple[str, ...]:
    """The kinds that a text describes, the most pressing first."""
    notice = urgent(text)
    return (notice.kind, *notice.also) if notice else ()


def marked(text: str) -> list[str]:
    """The extracts of a text that led to its notice."""
    notice = urgent(text)
    return [text[start:end] for start, end in notice.matched] if notice else []


# ------------------------------------------------------------------ the tables of phrases


EXAMPLES = [
    ("unconscious", "My wife is unconscious on the floor", ["unconscious"]),
    ("choking", "my baby is choking on a grape", ["is choking"]),
    ("anaphylaxis", "His throat is closing after eating peanuts", ["throat is closing"]),
    ("breathing", "help, I can't breathe", ["can't breathe"]),
    ("heart", "He has chest pain and is sweating", ["chest pain", "sweating"]),
    ("heartbeat", "my pulse is 180 and I feel faint", ["pulse is 180", "feel faint"]),
    ("stroke", "Look: her face is drooping", ["face is drooping"]),
    ("seizure", "my daughter is having a seizure", ["having a seizure"]),
    ("pregnancy", "I'm 32 weeks pregnant and bleeding heavily", ["pregnant", "bleeding heavily"]),
    ("bleeding", "Blood is spurting from the cut", ["Blood is spurting"]),
    ("alcohol-withdrawal", "he stopped drinking on friday and is seeing bugs", ["stopped drinking", "seeing bugs"]),
    ("poisoning", "My two year old drank bleach", ["two year old drank bleach"]),
    ("venom", "an adder bit my hand", ["adder bit"]),
    ("medicine-reaction", "on haldol, rigid and a fever of 40", ["haldol", "rigid", "fever"]),
    ("carbon-monoxide", "the carbon monoxide alarm is going off", ["monoxide alarm is going"]),
    ("suicide", "I want to kill myself", ["kill myself"]),
    ("suicide-other", "my son says he will kill himself", ["kill himself"]),
    ("harm-other", "the voices tell me to hurt my mum", ["voices tell me", "hurt my"]),
    ("spine", "he fell from a ladder and cannot move his legs", ["fell", "cannot move his legs"]),
    ("head-injury", "he hit his head and keeps vomiting", ["hit his head", "vomiting"]),
    ("infant-fever", "my 3 week old has a fever", ["3 week old", "fever"]),
    ("dry-child", "my toddler is vomiting and won't drink anything", ["toddler", "vomiting", "won't drink"]),
    ("green-vomit", "my newborn threw up green stuff", ["newborn", "threw up green"]),
    ("sepsis", "I'm on chemo with a fever of 39", ["chemo", "fever"]),
    ("meningitis", "high fever and a stiff neck", ["fever", "stiff neck"]),
    ("sudden-headache", "worst headache of my life", ["worst headache"]),
    ("clot", "my calf is swollen, red and painful", ["calf is swollen", "red"]),
    ("limb", "a hair is wrapped around her toe", ["hair is wrapped around her toe"]),
    ("diabetes", "blood sugar of 30 and he is confused", ["sugar of 30", "confused"]),
    ("battery", "my toddler swallowed a button battery", ["swallowed a button battery"]),
    ("electric-shock", "shocked by the toaster, my heart feels odd", ["shocked by the toaster", "heart"]),
    ("burn", "boiling water spilled on her face", ["boiling water spilled", "face"]),
    ("broken-bone", "she broke her arm and the bone sticks out", ["broke", "bone sticks out"]),
    ("cauda-equina", "numb between my legs and I can't pee", ["numb between my legs", "can't pee"]),
    ("heat", "confused after hours in the sun", ["confused", "after hours in the sun"]),
    ("belly", "severe belly pain, I can't stand up", ["severe belly pain", "can't stand"]),
    ("torsion", "sudden pain in one testicle", ["sudden", "pain in one testicle"]),
    ("priapism", "my erection has lasted 6 hours", ["erection", "lasted 6 hours"]),
    ("vision", "sudden loss of vision in one eye", ["sudden loss of vision"]),
    ("rabies", "a stray dog bit me in India", ["stray dog bit"]),
    ("danger", "my boyfriend strangled me", ["strangled me"]),
]


def test_every_rule_has_an_example() -> None:
    assert [kind for kind, _, _ in EXAMPLES] == [rule.kind for rule in load().rules if rule.whens]


@pytest.mark.parametrize(("kind", "text", "extracts"), EXAMPLES)
def test_a_rule_names_its_kind_and_the_words_that_met_it(kind: str, text: str, extracts: list[str]) -> None:
    assert kinds(text)[:1] == (kind,)
    assert marked(text) == extracts


def test_ranges_are_places_in_the_text_as_it_was_written() -> None:
    text = "İ wrote twice…\n\n  My wife’s\tFACE is drooping!"
    assert urgent(text).matched == ((28, 44),)  # type: ignore[union-attr]
    assert text[28:44] == "FACE is drooping"


# ------------------------------------------------------------------ what takes the weight from a sign

QUIET = [
    "I have no chest pain",
    "Patient denies chest pain, sweating or arm pain",
    "a cough without trouble breathing or blue lips",
    "I don't have chest pain or any trouble breathing",
    "It is not a stroke",
    "I am not having a heart attack",
    "I'm not suicidal",
    "no fever, rash or stiff neck",
    "A heart attack was ruled out, I had crushing chest pain, ruled out",
    "my father had a stroke in 1998",
    "I had a heart attack five years ago",
    "Five years ago, I had crushing chest pain",
    "I had crushing chest pain, five years ago",
    "family history of heart attack",
    "I was suicidal as a teenager",
    "I have had chest pain and dizziness for three years",
    "what are the symptoms of a stroke?",
    "What is anaphylaxis",
    "Can anxiety cause chest pain and shortness of breath?",
    "could this turn into a stroke",
    "am I at risk of a heart attack",
    "should I chew aspirin if I ever have crushing chest pain",
    "my blood pressure is 150, what did I vomit? blood pressure pills",
    "I can't breathe through my nose",
]
LOUD = [
    ("no fever, chest pain since this morning and sweating", "heart"),
    ("not only chest pain, he is sweating too", "heart"),
    ("I did not sleep because of crushing chest pain", "heart"),
    ("it does not stop: pressure on my chest and sweating", "heart"),
    ("no idea why, but I can't breathe", "breathing"),
    ("I have no one to talk to and I want to die", "suicide"),
    ("I don't want to live", "suicide"),
    ("I have wanted to die for years", "suicide"),
    ("how can I kill myself", "suicide"),
    ("My father is having chest pain now", "heart"),
    ("I had chest pain this morning and now I can't breathe", "heart"),
    ("I had a heart attack five years ago and now I have crushing chest pain", "heart"),
    ("My mother, who had a stroke in 1998, is slurring and her arm is weak now", "stroke"),
    ("Two weeks ago he hit his head. Now he is confused and vomiting", "head-injury"),
    ("What are the symptoms of a stroke? My mom's face is drooping", "stroke"),
    ("could this be a stroke", "stroke"),
    ("what should I do if my son swallowed bleach", "poisoning"),
    ("fever in a 5 week old, is it dangerous?", "infant-fever"),
]


@pytest.mark.parametrize("text", QUIET)
def test_denied_past_general_and_supposed_signs_raise_no_notice(text: str) -> None:
    assert kinds(text) == ()


@pytest.mark.parametrize(("text", "kind"), LOUD)
def test_what_only_looks_like_that_raises_one(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("cant breath", "breathing"),
        ("chestpain and sweating", "heart"),
        ("im sucidal", "suicide"),
        ("he is having a siezure", "seizure"),
        ("she is UNCONCIOUS", "unconscious"),
        ("my son is unresponsiv", "unconscious"),
    ],
)
def test_misspelled_words_count(text: str, kind: str) -> None:
    assert kind in kinds(text)


# ------------------------------------------------------------------ the bare name of an emergency


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("heart attack", "heart"),
        ("Chest pain!!", "heart"),
        ("dad chest pain help", "heart"),
        ("stroke", "stroke"),
        ("choking", "choking"),
        ("not breathing", "unconscious"),
        ("blue lips", "breathing"),
        ("anaphylaxis now", "anaphylaxis"),
        ("seizure, what to do", "seizure"),
        ("severe bleeding", "bleeding"),
        ("tylenol overdose", "poisoning"),
        ("suicidal", "suicide"),
        ("electrocuted", "electric-shock"),
        ("raped", "danger"),
    ],
)
def test_the_bare_name_of_a_grave_emergency_raises_its_notice(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "heart attack symptoms",
        "heart attack symptoms in women",
        "signs of a heart attack",
        "meningitis symptoms",
        "signs of meningitis",
        "chest pain causes",
        "stroke in cats",
        "seizure types",
        "suicide statistics",
        "overdose of vitamin c in guinea pigs",
        "anaphylaxis guideline",
        "blue lips and other stories from the seaside by an author whose name i forgot",
    ],
)
def test_a_question_about_it_raises_none(text: str) -> None:
    assert kinds(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "dad stopped breathing in sleep for seconds then gasps",
        "can I poison myself with apple seeds",
        "overdosed on chocolate",
        "her tongue is blue from a lollipop",
        "my son choked on water, now he is fine",
    ],
)
def test_a_sign_may_rule_out_one_way_of_a_rule(text: str) -> None:
    assert kinds(text) == ()


# ------------------------------------------------------------------ what a notice says


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


def test_an_unknown_country_is_refused_whatever_the_message() -> None:
    with pytest.raises(SearchError, match="no emergency numbers for 'XX'; expected one of AT, AU, "):
        urgent("a cold sore", "XX")


@pytest.mark.parametrize("rule", load().rules, ids=lambda rule: rule.kind)
def test_the_wording_is_short_tells_what_to_do_and_promises_nothing(rule: Rule) -> None:
    wording = f"{rule.title} {rule.text}".lower()
    assert len(wording) <= 420
    assert "emergency" in wording
    assert not any(
        word in wording for word in ("you have a", "diagnos", "nothing to worry", "you are safe", "harmless")
    )
    assert set(rule.call) <= contacts("").keys()


def test_every_sign_and_every_list_is_used() -> None:
    rules = load()
    used = {sign for rule in rules.rules for when in rule.whens for sign in (*when.signs, *when.without)}
    used |= {sign for rule in rules.rules for sign in (*rule.unless, *rule.despite, *rule.behind.values())} - {"*"}
    found = {sign for filed in rules.matcher.patterns.values() for sign, _, _ in filed}
    assert found - rules.context == used


# ------------------------------------------------------------------ words and patterns
