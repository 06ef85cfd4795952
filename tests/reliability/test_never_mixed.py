"""Whatever is done to an index, in whatever order: each hit's text, dates and doctors are those of its record."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from corpus.passages import Part, part_text
from corpus.records import Answer, Record
from indexer.build import Changes, build, update
from indexer.erase import erase
from indexer.publish import rollback
from indexer.verify import verify
from search.engine import Engine
from search.hits import MAX_K, Question
from search.layout import Layout
from search.opening import open_index
from search.present import results_json
from tests.toy_encoder import WORDS, ToyEncoder

NUMBERS = st.integers(0, 7)
SETS = st.sets(NUMBERS, min_size=1, max_size=5)
DAYS = ("2001-01-01", "2010-05-06", "2020-12-31")

Held = dict[str, Record]


def record_of(number: int, edition: int) -> Record:
    """A record all of whose texts, doctors and dates name it and its edition; some have two answers, some none."""
    word, sign = WORDS[number], f"mark{number}x{edition}x"
    answers = tuple(
        Answer(f"{word} answer {place} {sign}", f"Dr. {place} {sign}", f"Field {sign}", DAYS[(edition + place) % 3])
        for place in range(number % 3)
    )
    return Record(
        f"toy:{number}",
        title=f"{word} {sign}",
        question=f"I have {word}. {sign} is my case." if number % 2 else "",
        asked=DAYS[edition % 3],
        answers=answers,
        specialty=answers[0].specialty if answers else "",
        topics=(f"topic {sign}",),
    )


class Index(RuleBasedStateMachine):
    """An index beside what it should hold: the live version, and the one before it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="medqa-mixed-"))
        self.layout = Layout(self.folder / "index")
        self.edition = 0
        self.live: Held = {}
        self.before: Held | None = None
        self.signs_gone: set[str] = set()

    @initialize(numbers=SETS)
    def first_build(self, numbers: set[int]) -> None:
        self.build(numbers)
        self.before = None

    @rule(numbers=SETS)
    def build(self, numbers: set[int]) -> None:
        made = self.made(numbers)
        build(made.values(), self.layout, ToyEncoder())
        self.before, self.live = self.live, made

    @rule(numbers=SETS)
    def update(self, numbers: set[int]) -> None:
        made = self.made(numbers)
        update(Changes(put=list(made.values())), self.layout, ToyEncoder())
        self.before, self.live = self.live, self.live | made

    @precondition(lambda self: len(self.live) > 1)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        gone = data.draw(st.sampled_from(sorted(self.live)))
        update(Changes(removed=frozenset({gone})), self.layout, ToyEncoder())
        self.before, self.live = self.live, {name: self.live[name] for name in self.live if name != gone}

    @precondition(lambda self: self.before is not None)
    @rule()
    def roll_back(self) -> None:
        rollback(self.layout)
        self.live, self.before = self.before or {}, None

    @precondition(lambda self: len(self.live) > 1)
    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        gone = data.draw(st.sampled_from(sorted(self.live)))
        signs = {sign_of(held[gone]) for held in (self.live, self.before or {}) if gone in held}
        erase(frozenset({gone}), self.layout, ToyEncoder())
        self.live, self.before = {name: self.live[name] for name in self.live if name != gone}, None
        self.signs_gone |= signs

    @invariant()
    def what_is_found_is_what_was_put_in(self) -> None:
        if not self.live:
            return
        verify(self.layout.version(self.layout.published() or ""), ToyEncoder())  # both halves hold the same
        engine = open_index(self.layout.root, ToyEncoder())
        assert engine.ids() == self.live.keys()
        for record in self.live.values():
            assert engine.record(record.id) == record
            self.check(engine, record)
        engine.close()

    @invariant()
    def what_was_erased_is_nowhere(self) -> None:
        if self.signs_gone:
            content = b"".join(path.read_bytes() for path in self.layout.root.rglob("*") if path.is_file())
            assert [sign for sign in self.signs_gone if sign.encode() in content] == []

    def check(self, engine: Engine, record: Record) -> None:
        """Every result for the record's own title is told of itself alone, and it is among them."""
        results = engine.search(Question(record.title, k=MAX_K))
        assert {hit.record.id for hit in results.hits} == self.live.keys()
        for hit, shown in zip(results.hits, results_json(results)["results"], strict=True):
            own = self.live[hit.record.id]
            assert hit.record == own
            assert says_only(shown, own), (shown, own)
            for snippet in (hit.question_snippet, hit.answer_snippet):
                if snippet.part:
                    text = part_text(own, Part(snippet.part), snippet.answer)
                    assert text[snippet.start : snippet.end] == snippet.text

    def made(self, numbers: set[int]) -> Held:
        self.edition += 1
        return {f"toy:{number}": record_of(number, self.edition) for number in numbers}

    def teardown(self) -> None:
        shutil.rmtree(self.folder)


def sign_of(record: Record) -> str:
    """What stands in this record, in this edition, and in no other."""
    return record.title.split()[1]


def says_only(shown: dict[str, Any], own: Record) -> bool:
    """Whether a result's dates, doctor and specialty are those of one answer of the record."""
    doctors = {(answer.responder, answer.replied) for answer in own.answers} or {("", "")}
    stated = (shown["title"], shown["asked"], shown["specialty"]) == (own.title, own.asked, own.specialty)
    return stated and (shown["responder"], shown["replied"]) in doctors


TestIndex = Index.TestCase
TestIndex.settings = settings(max_examples=6, stateful_step_count=6, deadline=None, database=None)
