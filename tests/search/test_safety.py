"""The emergency notice: what raises it, and what does not."""

from __future__ import annotations

import pytest

from search.safety import urgent
from search.safety.rules import load


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
    ("adrenal", "she has Addison's and keeps vomiting", ["Addison's", "vomiting"]),
    ("battery", "my toddler swallowed a button battery", ["swallowed a button battery"]),
    ("electric-shock", "shocked by the toaster, my heart feels odd", ["shocked by the toaster", "heart"]),
    ("burn", "boiling water spilled on her face", ["boiling water spilled", "face"]),
    ("broken-bone", "she broke her arm and the bone sticks out", ["broke", "bone sticks out"]),
    ("cauda-equina", "numb between my legs and I can't pee", ["numb between my legs", "can't pee"]),
    ("heat", "confused after hours in the sun", ["confused", "after hours in the sun"]),
    ("cold", "he lay in the snow and is confused", ["in the snow", "confused"]),
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


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ran in the heat, stopped sweating, burning hot and talking gibberish", "heat"),
        ("a plaster cast since yesterday and now my fingers are blue and numb", "limb"),
        ("a dog bit her face, a chunk of it is hanging off, blood everywhere", "bleeding"),
        ("my calf is swollen, hot and sore 3 weeks after having my son", "clot"),
    ],
)
def test_what_names_the_cause_comes_before_what_looks_like_a_stroke_or_a_fever(text: str, kind: str) -> None:
    assert kinds(text)[0] == kind


def test_who_does_not_want_to_wake_somebody_does_not_want_to_die() -> None:
    assert kinds("a crushing weight on my chest, I don't want to wake my wife for nothing") == ("heart",)
    assert kinds("I don't want to wake up tomorrow") == ("suicide",)


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
    "three weeks ago my father had a stroke",
    "Three weeks ago, I had crushing chest pain",
    "in 2015 my dad had crushing chest pain",
    "for ten years my chest pain comes with dizziness",
    "I had surgery three years ago, fever and chills",
    "she gave birth two years ago and has a headache and blurred vision",
    "I am scared of having a heart attack",
    "in the film the man has crushing chest pain and sweats",
    "my essay about suicidal thoughts is due",
    "can it cause suicidal thoughts",
    "suppose a snake bit me on a walk, what then",
    "the soft spot on her head bulges when she cries",
    "I have a plan for tonight, can I drink beer with my antibiotic",
    "how many melatonin can I take so I don't wake up at night",
    "my head is exploding with all this exam stress",
    "what temperature is a fever in a newborn",
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
    ("had a stent 2 weeks ago, chest pain and sweating", "heart"),
    ("knee replacement 2 weeks ago, calf swollen and red", "clot"),
    ("I had surgery 2 weeks ago fever and chills", "sepsis"),
    ("gave birth 3 weeks ago and have a headache and blurred vision", "pregnancy"),
    ("he had a heart attack in 2015 he is clutching his chest and sweating", "heart"),
    ("I have had diabetes for ten years my sugar is 600 and I am vomiting", "diabetes"),
    ("I have had asthma for years, my inhaler does not help", "breathing"),
    ("im scared of them he has chest pain and hes sweating", "heart"),
    ("what if its a stroke his face is droopy", "stroke"),
    ("I don't want to call if it's nothing chest pressure since an hour sweaty", "heart"),
    ("my period is so heavy I soak a pad every half hour", "bleeding"),
    ("I have my period and just vomited blood", "bleeding"),
    ("medicine not doing anything lips going blue wheezing", "breathing"),
    ("the side effects are making me suicidal", "suicide"),
    ("does it cause that? I feel suicidal", "suicide"),
    ("been reading about it because I feel suicidal", "suicide"),
    ("in the game my son collapsed and isn't breathing", "unconscious"),
    ("I read about strokes and my face is drooping", "stroke"),
    ("I suppose he is having a stroke", "stroke"),
    ("pulled hot tea over herself, she's 14 months, skin peeling", "burn"),
    ("my baby's soft spot is bulging", "meningitis"),
    ("I have a plan for tonight", "suicide"),
    ("how many sleeping pills so I don't wake", "suicide"),
    ("stood on something in the sea, unbearable pain in my foot", "venom"),
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
        "ate tuna high in mercury",
        "he licked a battery",
        "a tiny burn with a blister from the oven",
    ],
)
def test_a_sign_may_rule_out_one_way_of_a_rule(text: str) -> None:
    assert kinds(text) == ()
