"""What a search takes and what comes back: plain frozen values that the pages, the JSON and the shell all render."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from corpus.records import Record
from search.errors import BadQuestion
from search.filters import Filters

MAX_QUESTION_CHARS = 20_000
MAX_K = 100
MAX_OFFSET = 1_000
HALF_CHARACTER = re.compile("[\ud800-\udfff]")  # half of a surrogate pair: can be neither looked up nor written


class Match(StrEnum):
    """How near a result is to the question, in the words that users see."""

    SAME = "same question"
    RELATED = "related"
    TOPIC = "same topic"


class Sort(StrEnum):
    """In which order results come: the nearest first, or of those that are close the newest first."""

    FIT = "fit"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Switches:
    """What may be made of a question before it is searched: its spelling corrected, medical terms added."""

    corrections: bool = True
    expansions: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was asked: text, the page of results wanted, filters and switches. Raises BadQuestion.

    `fold` asks for pages that ask the same as one result, the best of them; `explain` for why each is a result; of
    the words and phrases in `as_typed`, in small letters, nothing is made: no correction and no added term.
    """

    text: str
    k: int = 10
    offset: int = 0
    filters: Filters = Filters()
    switches: Switches = Switches()
    fold: bool = False
    sort: Sort = Sort.FIT
    explain: bool = False
    as_typed: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise BadQuestion("q", "the question is empty")
        texts = {"q": frozenset({self.text}), "as_typed": self.as_typed, **self.filters.named()}
        for parameter, values in texts.items():
            if any(map(HALF_CHARACTER.search, values)):
                raise BadQuestion(parameter, f"{parameter} holds half of a surrogate pair, which is not a character")
        if len(self.text) > MAX_QUESTION_CHARS:
            raise BadQuestion(
                "q", f"the question has {len(self.text):,} characters; the limit is {MAX_QUESTION_CHARS:,}"
            )
        if not 1 <= self.k <= MAX_K:
            raise BadQuestion("k", f"k must be from 1 to {MAX_K}, found {self.k}")
        if not 0 <= self.offset <= MAX_OFFSET:
            raise BadQuestion("offset", f"offset must be from 0 to {MAX_OFFSET:,}, found {self.offset}")


@dataclass(frozen=True, slots=True)
class Snippet:
    """An extract, word for word: characters `start` to `end` of one part of the record, on `highlights` of `text`.

    `part` is `title`, `question`, `answer` or `more_info`; `answer` counts the answers from 0. A highlight is a range
    (start, end) in `text` where a word of the question stands; where it was asked for, `near` are ranges of words that
    mean nearly what one of the question means, and `same` ranges of sentences close to what the question says.
    """

    text: str = ""
    highlights: tuple[tuple[int, int], ...] = ()
    part: str = ""
    answer: int = 0
    start: int = 0
    end: int = 0
    near: tuple[tuple[int, int], ...] = ()
    same: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """Why a page is a result. `views`: each of its parts with its cosine to the question, nearest first.

    `words` are those of the question that stand on the page, `missing` those that do not; `near` are words of the
    extracts that mean nearly what one of the question means, each with that one.
    """

    views: tuple[tuple[str, float], ...] = ()
    words: tuple[str, ...] = ()
    near: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """Who answered and when, without the text: as much of each as the record states."""

    responder: str
    specialty: str
    replied: str


@dataclass(frozen=True, slots=True)
class Member:
    """A record of a family, as far as it takes to name it, and who answered it."""

    id: str
    title: str
    source: str
    asked: str
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """Records that ask the same question, two and more, ordered by id; known by the id of the first."""

    id: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Inferred:
    """A specialty that a record does not state, guessed from what it says; `confidence` (0 to 1) is how surely."""

    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: a record, its score (0 to 1, higher is nearer), how probable it is (0 to 1) that it asks and answers
    the same, its match word, the sentences that fit best.

    `family` is that of the record, whole, whatever the filters; `inferred` is never set beside a stated specialty.
    `views` has the cosine of each part of the page that there is; `why` says more, where it was asked for.
    """

    record: Record
    score: float
    probability: float
    match: Match
    question_snippet: Snippet
    answer_snippet: Snippet
    family: Family | None = None
    inferred: Inferred | None = None
    views: tuple[tuple[str, float], ...] = ()
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A specialty and its share (0 to 1) of the first results, each weighed by the square of its probability.

    `inferred`: it is the share of records that do not state this specialty but probably belong to it.
    """

    name: str
    share: float
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Understood:
    """What was made of the question: its text, the text that was searched, and what was changed on the way."""

    text: str
    used: str
    corrections: tuple[dict[str, Any], ...] = ()
    expansions: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """Which index answered: its version id, when it was built (ISO, UTC) and how many records it holds."""

    id: str
    built: str
    records: int


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a question: hits, best first, ties broken by id, with what belongs beside them.

    `total` counts the pages that were ranked (the families, where they are folded), so that a reader knows whether
    there are more than those shown;
    `no_close_match` says that not one of them is near enough to be called related; `degraded`, a sentence each, what
    could not be done as it should, so that pages may be missing; `unmatched_filters`, each with its kind, the chosen
    specialties and sources that no record of the index has.
    """

    query: Understood
    hits: tuple[Hit, ...]
    total: int
    specialties: tuple[Share, ...]
    no_close_match: bool
    took_ms: float
    index: IndexInfo
    urgent: dict[str, Any] | None = None
    degraded: tuple[str, ...] = ()
    unmatched_filters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the neighbours, with the specialty it mostly belongs to and how many of them carry it."""

    topic: str
    specialty: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts over the whole index, most first: what a user may filter by."""

    specialties: tuple[tuple[str, int], ...] = ()
    sources: tuple[tuple[str, int], ...] = ()
    ages: tuple[tuple[str, int], ...] = ()
    sexes: tuple[tuple[str, int], ...] = ()
