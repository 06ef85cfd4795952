"""The emergency notice: what raises it, what does not, what it says, and that no text makes it slow."""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.errors import SearchError
from search.safety import Urgent, urgent
from search.safety.look import matcher
from search.safety.match import Hit
from search.safety.numbers import contacts
from search.safety.patterns import Compiler, PatternError
from search.safety.report import HALVES, Phrase, alarms, main, read, recall
from search.safety.rules import Rule, load
from search.safety.text import plain, tokens

HERE = Path(__file__).parent
PHRASES, ORDINARY = HERE / "safety_phrases.tsv", HERE / "safety_ordinary.tsv"
PACKS = Path(__file__).parents[2].parent / "shared" / "data"
LONGEST = 20_000  # characters of the longest question


def kinds(text: str) -> tuple[str, ...]:
    """The kinds that a text describes, the most pressing first."""
    notice = urgent(text)
    return (notice.kind, *notice.also) if notice else ()


def marked(text: str) -> list[str]:
    """The extracts of a text that led to its notice."""
    notice = urgent(text)
    return [text[start:end] for start, end in notice.matched] if notice else []


# ------------------------------------------------------------------ the tables of phrases


def test_the_tables_are_large_and_their_halves_hold_every_kind() -> None:
    phrases, ordinary = read(PHRASES), read(ORDINARY)
    assert len(phrases) >= 320
    assert len(ordinary) >= 250
    assert len({phrase.text for phrase in phrases}) == len(phrases)
    assert len({phrase.text for phrase in ordinary}) == len(ordinary)
    for half in HALVES:
        assert {phrase.kind for phrase in phrases if phrase.half == half} == {rule.kind for rule in load().rules}
        assert {phrase.kind for phrase in ordinary if phrase.half == half} == {
            "ordinary", "negated", "past", "general", "hypothetical",
        }  # fmt: skip


@pytest.mark.parametrize("half", HALVES)
def test_recall_is_at_least_95_percent(half: str) -> None:
    assert recall(read(PHRASES), half).value >= 0.95


@pytest.mark.parametrize("half", HALVES)
def test_false_alarms_are_at_most_5_percent(half: str) -> None:
    assert alarms(read(ORDINARY), half).value <= 0.05


def real(pack: str) -> Iterator[str]:
    """The questions of a pack."""
    if pack == "consumer":
        with gzip.open(PACKS / pack / "records.jsonl.gz", "rt", encoding="utf-8") as file:
            yield from (record["title"] + "\n" + record["question"] for record in map(json.loads, file))
    else:
        lines = (PACKS / pack / "queries.jsonl").read_text(encoding="utf-8").splitlines()
        yield from (json.loads(line)["text"] for line in lines)


@pytest.mark.parametrize("pack", ["mqp", "rqe", "long-messages", "consumer"])
def test_few_real_questions_raise_a_notice(pack: str) -> None:
    if not (PACKS / pack).is_dir():
        pytest.skip(f"the pack {pack} is not in {PACKS}")
    raised = [urgent(text) is not None for text in real(pack)]
    print(f"{pack}: {sum(raised)} of {len(raised)} = {sum(raised) / len(raised):.4f}")
    assert sum(raised) / len(raised) <= 0.05


# ------------------------------------------------------------------ each rule, with the words that meet it

EXAMPLES = [
    ("unconscious", "My wife is unconscious on the floor", ["unconscious"]),
    ("choking", "my baby is choking on a grape", ["is choking"]),
    ("anaphylaxis", "His throat is closing after eating peanuts", ["throat is closing"]),
    ("breathing", "help, I can't breathe", ["can't breathe"]),
    ("heart", "He has chest pain and is sweating", ["chest pain", "sweating"]),
    ("stroke", "Look: her face is drooping", ["face is drooping"]),
    ("seizure", "my daughter is having a seizure", ["having a seizure"]),
    ("pregnancy", "I'm 32 weeks pregnant and bleeding heavily", ["pregnant", "bleeding heavily"]),
    ("bleeding", "Blood is spurting from the cut", ["Blood is spurting"]),
    ("poisoning", "My two year old drank bleach", ["two year old drank bleach"]),
    ("carbon-monoxide", "the carbon monoxide alarm is going off", ["monoxide alarm is going"]),
    ("suicide", "I want to kill myself", ["kill myself"]),
    ("suicide-other", "my son says he will kill himself", ["kill himself"]),
    ("head-injury", "he hit his head and keeps vomiting", ["hit his head", "vomiting"]),
    ("infant-fever", "my 3 week old has a fever", ["3 week old", "fever"]),
    ("dry-child", "my toddler is vomiting and won't drink anything", ["toddler", "vomiting", "won't drink"]),
    ("sepsis", "I'm on chemo with a fever of 39", ["chemo", "fever"]),
    ("meningitis", "high fever and a stiff neck", ["fever", "stiff neck"]),
    ("sudden-headache", "worst headache of my life", ["worst headache"]),
    ("clot", "my calf is swollen, red and painful", ["calf is swollen", "red"]),
    ("diabetes", "blood sugar of 30 and he is confused", ["sugar of 30", "confused"]),
    ("battery", "my toddler swallowed a button battery", ["swallowed a button battery"]),
    ("burn", "boiling water spilled on her face", ["boiling water spilled", "face"]),
    ("cauda-equina", "numb between my legs and I can't pee", ["numb between my legs", "can't pee"]),
    ("torsion", "sudden pain in one testicle", ["sudden", "pain in one testicle"]),
    ("vision", "sudden loss of vision in one eye", ["sudden loss of vision"]),
    ("danger", "my boyfriend strangled me", ["strangled me"]),
]


def test_every_rule_has_an_example() -> None:
    assert [kind for kind, _, _ in EXAMPLES] == [rule.kind for rule in load().rules]


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
    used = {sign for rule in rules.rules for when in rule.whens for sign in when.signs}
    used |= {sign for rule in rules.rules for sign in (*rule.unless, *rule.despite)} - {"*"}
    found = {sign for filed in rules.matcher.patterns.values() for sign, _, _ in filed}
    assert found - rules.context == used


# ------------------------------------------------------------------ words and patterns

TOY = {"wall": ["not", "but"], "him": ["him", "my dad"], "pet": ["cat", "@him"]}


def toy_hits(pattern: str, text: str) -> list[str]:
    """Extracts of a text that a pattern matches."""
    compiler = Compiler(TOY)
    patterns = compiler.patterns(pattern)
    words = tokens(text, compiler.lexicon())
    hits = matcher({"sign": patterns}).look(words).hits({"sign"}).get("sign", [])
    return [text[words[hit.first].start : words[hit.last].end] for hit in hits]


@pytest.mark.parametrize(
    ("pattern", "text", "extracts"),
    [
        ("chest pain", "Chest pain; no chest. Pain", ["Chest pain"]),
        ("a|b c", "a c, b c, c", ["a c", "b c"]),
        ("passed_out|faint", "he passed out, passed by, faint", ["passed out", "faint"]),
        ("droop*", "drooping drop", ["drooping"]),
        ("seizure~", "siezure seizur seizures xeizure", ["siezure", "seizur", "seizures"]),
        ("#38-42.5 degrees", "37 degrees, 38,5 degrees, 42.6 degrees", ["38,5 degrees"]),
        ("wake @him", "can't wake my dad or wake him", ["wake my dad", "wake him"]),
        ("a @pet", "a cat, a my dad", ["a cat", "a my dad"]),
        ("wake up? him", "wake him, wake up him", ["wake him", "wake up him"]),
        ("a ..1 b", "a b, a x b, a x x b", ["a b", "a x b"]),
        ("a .. b", "a x x x b. a x x x x b", ["a x x x b"]),
        ("a ..2 b", "a not b, a but x b, a x b", ["a x b"]),
        ("a ..2 not", "a x not", ["a x not"]),
        ("a ..3 b", "a b b", ["a b"]),
    ],
)
def test_the_pattern_language(pattern: str, text: str, extracts: list[str]) -> None:
    assert toy_hits(pattern, text) == extracts


@pytest.mark.parametrize("pattern", ["", "a? b", "a b?", "a ..2", "@nobody", "no*", "a-b", "(a|b)+"])
def test_a_pattern_that_cannot_be_read_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        Compiler(TOY).patterns(pattern)


def test_words_sentences_and_clauses() -> None:
    words = tokens("I can't, he's 38.5! Dr. No's ill but fine", Compiler(TOY).lexicon())
    assert [(word.word, word.sentence, word.clause) for word in words] == [
        ("i", 0, 0), ("cant", 0, 0), ("he", 0, 1), ("38.5", 0, 1),
        ("dr", 1, 2), ("no", 1, 2), ("ill", 1, 2), ("but", 1, 4), ("fine", 1, 4),
    ]  # fmt: skip


@given(st.text())
def test_every_word_is_where_it_says(text: str) -> None:
    words = tokens(text, load().lexicon)
    assert [plain(text[word.start : word.end]) for word in words] == [word.word for word in words]
    assert all(one.end <= other.start for one, other in pairwise(words))
    urgent(text)


def test_trying_patterns_around_their_keys_finds_what_trying_them_everywhere_finds() -> None:
    rules = load()
    every = {
        id(pattern): (sign, pattern)
        for filed in rules.matcher.patterns.values()
        for sign, pattern, _ in filed
        if pattern
    }
    for phrase in read(PHRASES)[::23]:
        words = tokens(phrase.text, rules.lexicon)
        look = rules.matcher.look(words)
        slow: set[tuple[str, Hit]] = set()
        for sign, pattern in every.values():
            ends = (
                (at, pattern.end(words, at)) for at, word in enumerate(words) if pattern.steps[0].head in word.classes
            )
            slow |= {(sign, Hit(at, end - 1)) for at, end in ends if end is not None}
        fast = {(sign, hit) for sign, hits in look.hits(look.tries.keys()).items() for hit in hits}
        single = {(sign, hit) for sign, hit in fast - slow if hit.first == hit.last}
        assert fast - single == slow


# ------------------------------------------------------------------ work


def work(text: str) -> int:
    """Calls and returns that it takes to look at a text."""
    events = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal events
        events += 1

    sys.setprofile(count)
    try:
        urgent(text)
    finally:
        sys.setprofile(None)
    return events


@pytest.mark.parametrize(
    "piece",
    [
        "chest pain ", "no chest pain, ", "i can't breathe and ", "my baby is 3 weeks old fever ", "want to die ",
        "he hit his head and vomited years ago ", "numb left arm face speech slurred sudden ", "if i ", "or nor not ",
        "a'", "'", "9,", "9", "!", "\n", "_", ". ", "é", "x",
    ],
)  # fmt: skip
def test_the_work_grows_with_the_text_and_no_faster(piece: str) -> None:
    urgent("")  # so that the rules are read
    half, whole = ((piece * LONGEST)[:length] for length in (LONGEST // 2, LONGEST))
    assert work(whole) <= 2.2 * work(half) + 100
    assert work(whole) <= 60 * LONGEST


# ------------------------------------------------------------------ the report


def test_the_report_prints_its_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "phrases").write_text(
        "heart\tcrushing chest pain\tdev\nheart\ta cold\tdev\nstroke\tface drooping\ttest\n"
    )
    (tmp_path / "ordinary").write_text("general\ta cold\tdev\ngeneral\tI can't breathe\ttest\n")
    assert main([str(tmp_path / "phrases"), str(tmp_path / "ordinary")]) == 0
    assert capsys.readouterr().out == (
        "dev  recall 1/2 = 0.500  false alarms 0/1 = 0.000\n"
        "test recall 1/1 = 1.000  false alarms 1/1 = 1.000\n"
        "heart             1/2 = 0.500\n"
        "stroke            1/1 = 1.000\n"
    )


def test_a_table_that_cannot_be_read_is_named_by_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "phrases").write_text("heart\tcrushing chest pain\tdev\nheart\ta cold\n")
    assert main([str(tmp_path / "phrases"), str(ORDINARY)]) == 1
    assert capsys.readouterr().err.startswith(f"{tmp_path / 'phrases'}:2: expected kind, phrase, dev or test, between")


def test_wrong_usage_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("usage: python -m search.safety PHRASES ORDINARY")


def test_a_phrase_is_read_as_it_stands() -> None:
    assert read(PHRASES)[0] == Phrase(
        "heart", "I have a crushing pain in the middle of my chest and it goes down my left arm", "test"
    )
    assert Counter(phrase.half for phrase in read(PHRASES)) == {"dev": 699, "test": 277}


# ------------------------------------------------------------------ the document


def test_the_document_has_every_rule_in_order_and_the_figures_of_today(capsys: pytest.CaptureFixture[str]) -> None:
    text = (HERE.parents[1] / "docs" / "safety.md").read_text(encoding="utf-8")
    rows = [f"| {rule.kind} | {rule.title} | {', '.join(rule.call)} |" for rule in load().rules]
    assert "\n".join(rows) in text
    assert main([str(PHRASES), str(ORDINARY)]) == 0
    assert capsys.readouterr().out in text
