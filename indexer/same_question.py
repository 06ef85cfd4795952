"""Whether two pages ask the same question: the same words but for small changes, none of which changes the meaning.

The rule errs on the side of two questions: a family that is too small shows a page twice, one that is too large hides
what somebody asked behind what somebody else did.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from corpus.records import Asker, Record
from search.lexical import stem

LONG = 12  # content words; a message as long as this tells enough to be known again, whatever title stands above it
ADDED_SHARE, ADDED_MOST = 0.08, 4  # content words that may have come or gone in a long message
SPELLED_MOST = 3  # words of a long message that may be spelt otherwise
SPELLED_LENGTH = 5  # letters; shorter words differ in one letter and mean another thing

COURTESY = re.compile(
    r"\b(?:please help(?: me)?|please (?:advise|reply|answer)|kindly (?:advise|help)"
    r"|thanks?(?: you)?(?: so much| very much)?(?: in advance)?|good (?:morning|evening|afternoon|day)"
    r"|hello|hi|hey|dear|doctors?|dr|sir|madam|regards|please)\b"
)
# Words that may come, go and change places with each other; not here are those that turn a meaning (to, from, if, or).
FREE = frozenset(
    """a an the is are was were am be been being do does did have has had i me my mine we our us you your it its this
    that these those there of and for in on at so as by im ive""".split()
)
# Words of which not one may come or go, however long the message: they turn what is asked into something else.
DENYING = """no not none never nor neither without cannot cant dont doesnt didnt isnt arent wasnt werent wont havent
    hasnt hadnt stopped"""
SEX = """he she him her his hers male female man men woman women boy girl son daughter husband wife mother father mom
    mum dad brother sister pregnant pregnancy breastfeeding menopause"""
SIDE = "left right both bilateral upper lower inner outer"
AGE = "baby babies infant newborn toddler child children kid teen teenager teenage adult elderly juvenile congenital"
NUMBER = "one two three four five six seven eight nine ten first second third once twice"
CHANGE = "before after with high low increase decrease start stop acute chronic benign malignant"
ASKED = """symptom sign cause why treatment treat cure manage diagnose diagnosis test prevent prevention prognosis
    outlook inherited genetic gene frequency complication risk dose dosage safe contagious research trial how when who
    where"""
GUARDED = {
    stem(word) or word: kind
    for kind, words in {
        "denying": DENYING,
        "sex": SEX,
        "side": SIDE,
        "age": AGE,
        "number": NUMBER,
        "change": CHANGE,
        "asked": ASKED,
    }.items()
    for word in words.split()
}
# A title of these words alone ("What to expect after the procedure?") does not say of what: its page does, elsewhere.
UNSPECIFIC = frozenset(
    stem(word) or word
    for word in f"""{ASKED} {CHANGE} {NUMBER} what which whom whose can could should would will may might must i to or
    if from any other else know need follow special precaution possible medical professional contact doctor care seek
    urgent call emergency expect procedure surgery operation medication medicine drug tablet pill use take prescribe
    dietary diet instruction result normal abnormal mean resume regular activity activities experience during perform
    prepare disease condition disorder name information store overdose forget side effect pain otc bathe swim work go
    back drive help get question problem about not do feel long last happen make better worse good bad people""".split()
)


class Kind(StrEnum):
    """What of a record asks: a title by itself, a title with a few words below it, or a message that tells enough."""

    TITLE = "title"
    SHORT = "short"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Asking:
    """What a record asks, ready to be held against others: content words in order, and who asked."""

    kind: Kind
    words: tuple[str, ...]
    title: tuple[str, ...]
    asker: Asker
    topics: frozenset[str]


def asking(record: Record) -> Asking | None:
    """What the record asks; None where it says too little to be known again."""
    title, message = content(record.title), content(record.question)
    kind = Kind.LONG if len(message) >= LONG else Kind.SHORT if message else Kind.TITLE
    words = message if kind is Kind.LONG else (*title, "/", *message) if message else title
    if all(word in UNSPECIFIC or word == "/" for word in words):
        return None
    topics = frozenset(topic.casefold() for topic in record.topics)
    return Asking(kind, words, title, record.asker or Asker(), topics)


def content(text: str) -> tuple[str, ...]:
    """Stems of the words of a text in order, without marks, accents, courtesies and words that carry nothing."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("'", "").replace("’", ""))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.findall(r"[^\W_]+", COURTESY.sub(" ", plain))
    return tuple(stem(word) or word for word in words if word not in FREE)


def same_question(a: Asking, b: Asking) -> bool:
    """Whether the two ask the same."""
    return (
        a.kind is b.kind
        and not _contradict(_stated(a), _stated(b))
        and (a.kind is not Kind.TITLE or not a.topics or not b.topics or not a.topics.isdisjoint(b.topics))
        and _same_words(a.kind, a.words, b.words)
    )


class Shared:
    """What records that ask the same state together, each thing once, so that one more is held against all of them at
    once: the outcome is that of `same_question` with each."""

    def __init__(self, first: Asking) -> None:
        self._kind = first.kind
        self._said: dict[str, str] = {}
        self._words: set[tuple[str, ...]] = set()
        self._topics: set[frozenset[str]] = set()
        self._carrying: Counter[str] = Counter()  # how many of these sets hold a topic
        self.add(first)

    def add(self, item: Asking) -> None:
        """One more, that asks the same as all."""
        self._said |= {name: value for name, value in _stated(item).items() if value}
        self._words.add(item.words)
        if item.kind is Kind.TITLE and item.topics and item.topics not in self._topics:
            self._topics.add(item.topics)
            self._carrying.update(item.topics)

    def asked_by(self, item: Asking) -> bool:
        """Whether this one asks the same as each of them."""
        return (
            item.kind is self._kind
            and not _contradict(_stated(item), self._said)
            and self._meet(item.topics)
            and all(_same_words(item.kind, item.words, words) for words in self._words)
        )

    def _meet(self, topics: frozenset[str]) -> bool:
        if not topics or any(self._carrying[topic] == len(self._topics) for topic in topics):
            return True
        return not any(topics.isdisjoint(others) for others in self._topics)


def _stated(item: Asking) -> dict[str, str]:
    """What two that ask the same do not state otherwise; by its name, empty where it is not stated."""
    stated = {"asker's age": item.asker.age, "asker's sex": item.asker.sex}
    if item.kind is Kind.LONG:  # a title can turn one message into two questions
        stated |= {kind: " ".join(_of_kind(item.title, kind)) for kind in set(GUARDED.values())}
    return stated


def _contradict(a: Mapping[str, str], b: Mapping[str, str]) -> bool:
    return any(value and b.get(name) and value != b[name] for name, value in a.items())


def _same_words(kind: Kind, a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return a == b or (kind is Kind.LONG and _small_change(a, b))


def _of_kind(words: tuple[str, ...], kind: str) -> list[str]:
    return sorted({word for word in words if _guard(word) == kind})


def _guard(word: str) -> str:
    return "number" if any(letter.isdigit() for letter in word) else GUARDED.get(word, "")


def _small_change(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    added = spelled = 0
    for tag, a_from, a_to, b_from, b_to in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "replace":
            if a_to - a_from != b_to - b_from or not all(map(_spelled, a[a_from:a_to], b[b_from:b_to])):
                return False
            spelled += a_to - a_from
        elif tag != "equal":
            words = (*a[a_from:a_to], *b[b_from:b_to])
            if any(map(_guard, words)):
                return False
            added += len(words)
    most = min(ADDED_MOST, max(1, int(ADDED_SHARE * min(len(a), len(b)))))
    return added <= most and spelled <= SPELLED_MOST


def _spelled(a: str, b: str) -> bool:
    """Whether two words are one, misspelt: a letter is missing, or two changed places.

    A letter in the place of another is another word: dysphagia and dysphasia, abduction and adduction.
    """
    if min(len(a), len(b)) < SPELLED_LENGTH or _guard(a) or _guard(b):
        return False
    short, long = sorted((a, b), key=len)
    if len(long) == len(short) + 1:
        return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
    swapped = (a[:at] + a[at + 1] + a[at] + a[at + 2 :] for at in range(len(a) - 1))
    return len(a) == len(b) and b in swapped
