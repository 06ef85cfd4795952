"""The engine: one published version of an index, opened, and how a question becomes ranked results on it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from corpus.records import Record
from search.beside import Beside
from search.dense import Vectors
from search.errors import HomeLost, IndexRefused
from search.explain import explained
from search.facets import unmatched
from search.families import folded
from search.filters import Filters
from search.foreign import is_foreign
from search.fusion import MESSAGE_WEIGHTS, QUESTION_WEIGHTS, Weights
from search.hits import (
    MAX_K,
    Facets,
    Family,
    IndexInfo,
    Inferred,
    Match,
    Question,
    Results,
    Sort,
    Switches,
    Topic,
    Understood,
)
from search.home import Asked, Browse, Home
from search.lexical import stems
from search.map import MapPoints
from search.match import match_of, only_names
from search.question import Reader, Reading
from search.ranking import BESIDE, Ranked, Ranker, ordered
from search.safety import Urgent, alike, guesses, urgent
from search.safety.likeness import likeness_of
from search.shown import Telling, hit_of, specialty_of
from search.snippets import telling
from search.specialty import FIRST_HITS, shares, topics_around
from search.stages import stage
from search.suggest import MOST_WORDS

# Every ranking is made of so many records at least, so that pages of results join and a run holds what they show; one
# more than are shown, as a record is left out of what is asked in its name.
POOL = MAX_K + 1
RELATED_NEIGHBORS = 30  # at most so many records around a page make its Related FAQ,
RELATED_SHARE = 2 / 3  # of these the ones with at least this share of the nearest one's score

System = Callable[[Weights], Weights]  # what a system that ours is held against makes of our weights for a question


class Engine:
    """Answers questions from one version of an index. Immutable: safe to use from several threads at once."""

    def __init__(self, home: Home, reader: Reader, country: str = "") -> None:
        urgent("", country)  # reads the rules now, and refuses a country without numbers before an emergency needs them
        manifest = home.manifest
        expected, found = manifest.model, reader.card
        if (expected.fingerprint, expected.dimension) != (found.fingerprint, found.dimension):
            raise IndexRefused(
                f"the index was made by {expected.name} ({expected.fingerprint[:12]}, dimension {expected.dimension}), "
                f"this is {found.name} ({found.fingerprint[:12]}, dimension {found.dimension}); build the index again"
            )
        self.manifest = manifest
        self.info = IndexInfo(manifest.id, manifest.built, manifest.records)
        self.facets: Facets = home.facets()
        self._home, self._halves = home, home.halves
        self._ranker = Ranker(home.halves)
        self._beside = Beside(BESIDE, "urgent")
        self._reader = reader
        self._country = country
        self._likeness = likeness_of(manifest.model.fingerprint)

    def search(self, question: Question) -> Results:
        """The pages nearest to a question."""
        start = time.perf_counter()
        with stage("read"):  # while it is encoded, its words are looked up, and it is read for an emergency
            read = self._reader.read(question.text, question.switches, question.as_typed)
            words = self._ranker.begin(read.searched.terms, question.filters, POOL)
            noticed = self._beside.begin(self._noticed, question.text, read)
            asked = self._reader.asked(read.searched)
        with stage("rank"):
            found = self._ranker.candidates(asked, question.filters, POOL, words)
            ranked = ordered(found, asked.weights, only_names(question.text))
            ranked = self._folded(ranked) if question.fold else ranked
        with stage("show"):
            notice, weights = noticed.result()
            notice = notice or self._alike(question.text, asked.vector)
            listed = self._newest(ranked) if question.sort is Sort.NEWEST else ranked
            shown = listed[question.offset : question.offset + question.k]
            results = self._results(read.understood, ranked, shown, weights)
            results = replace(
                results,
                total=len(listed),
                degraded=(*self._home.missing, *found.missing),
                unmatched_filters=unmatched(question.filters, self.facets),
            )
            results = explained(results, self._home.words) if question.explain else results
        return replace(results, urgent=notice.to_json() if notice else None, took_ms=_since(start))

    def run(self, text: str, k: int, without: str = "") -> list[tuple[str, float]]:
        """Record ids with scores, best first, at most k, for a question of a pack; the record `without` is left out.

        For a k up to MAX_K they are the results of `search`, where none is left out.
        """
        found = self.runs(text, k, {"": None}, without, Switches())[""]
        return [(record_id, item.score) for record_id, item in found]

    def runs(
        self, text: str, k: int, systems: Mapping[str, System | None], without: str, switches: Switches
    ) -> dict[str, list[tuple[str, Ranked]]]:
        """What is found by each of some systems over the same candidates: what it makes of our weights; None for
        these. A blank question finds nothing."""
        if not text.strip():
            return {name: [] for name in systems}
        asked = self._reader.asked(self._reader.read(text, switches).searched)
        candidates = self._ranker.candidates(asked, Filters(), max(k + 1, POOL))
        if candidates.missing:  # nobody would see it in a run
            raise HomeLost(candidates.missing[0])
        found = {}
        for name, system in systems.items():
            ranked = ordered(candidates, system(asked.weights) if system else asked.weights)[: k + 1]
            ids = self._home.ids([item.row for item in ranked])
            found[name] = [(ids[item.row], item) for item in ranked if ids[item.row] != without][:k]
        return found

    def ids(self) -> set[str]:
        """Every record id of the index."""
        return self._home.record_ids()

    def record(self, record_id: str) -> Record:
        """The record with this id. Raises NotFound."""
        return self._home.records([self._home.row(record_id)])[0]

    def similar(self, record_id: str, k: int = 10) -> Results:
        """The pages nearest to a page, itself left out. Raises NotFound."""
        start = time.perf_counter()
        page = self.record(record_id)
        near, missing = self._near(page)
        return self._similar(page, near, k, missing, start)

    def around(self, record_id: str, k: int, topics: int) -> tuple[Results, tuple[Topic, ...]]:
        """The pages nearest to a page, each family once and without its own; and the topics around it, of `related`.

        Raises NotFound.
        """
        start = time.perf_counter()
        page = self.record(record_id)
        near, missing = self._near(page)
        own, *firsts = self._home.firsts([self._home.row(record_id), *(item.row for item in near)])
        others = folded(near, firsts, without=own)
        return self._similar(page, others, k, missing, start), self._related(page, near, topics)

    def family(self, record_id: str) -> Family | None:
        """The records that ask what this one asks, itself among them; None if no other does. Raises NotFound."""
        row = self._home.row(record_id)
        return self._home.families([row]).get(row)

    def inferred(self, record_id: str) -> Inferred | None:
        """The specialty a record probably belongs to; None if it states one or none is clear. Raises NotFound."""
        row = self._home.row(record_id)
        return self._home.inferred([row]).get(row)

    def related(self, record_id: str, k: int = 10) -> tuple[Topic, ...]:
        """Topics of the pages around a page, its own left out, with their specialties. Raises NotFound."""
        page = self.record(record_id)
        return self._related(page, self._near(page)[0], k)

    def counts(self, filters: Filters) -> Facets:
        """For each value of each filter, how many records would pass if it were the only one chosen of its kind."""
        return self._home.counts(filters)

    @property
    def browse(self) -> Browse:
        """The records by topic and specialty."""
        return self._home.browse

    @property
    def has_map(self) -> bool:
        """Whether a map was made of this index."""
        return self._home.has_map

    def map(self) -> MapPoints | None:
        """Every record of the index with its place on the map; None where no map was made."""
        return self._home.map()

    def suggest(self, prefix: str, k: int = 8) -> tuple[str, ...]:
        """Titles in which every word typed so far begins a word, those that begin with the text first.

        Where there are none, those of the text with its misspelt words corrected.
        """
        if (found := self._home.suggest(prefix, k)) or len(prefix.split()) > MOST_WORDS:
            return found
        right = self._reader.spelt(prefix)
        return self._home.suggest(right, k) if right != prefix else ()

    def check(self) -> None:
        """Returns where a question could be answered now. Raises HomeLost."""
        self._home.check()

    @property
    def missing(self) -> tuple[str, ...]:
        """What this index cannot do as it should, a sentence each; mostly none."""
        return self._home.missing

    def close(self) -> None:
        self._beside.close()
        self._ranker.close()
        self._home.close()

    def _noticed(self, text: str, read: Reading) -> tuple[Urgent | None, Telling]:
        """The emergency that a question describes; and by which of its words results are chosen and marked."""
        notice = urgent(text, self._country, read.meant, guesses(text, self._reader.knows))
        return notice, self._telling(read.understood.used)

    def _alike(self, text: str, vector: Vectors) -> Urgent | None:
        """The notice for a question in English that no rule knows and that is like an emergency all the same."""
        kind = self._likeness.kind(text, vector) if self._likeness else None
        return alike(kind, self._country) if kind and not is_foreign(text) else None

    def _telling(self, text: str) -> Telling:
        return {term: self._rarity(term) for term in telling(text)}

    def _near(self, page: Record) -> tuple[list[Ranked], tuple[str, ...]]:
        """The MAX_K pages nearest to a page, itself left out, and what was lost on the way."""
        row = self._home.row(page.id)
        weights = MESSAGE_WEIGHTS if page.question.strip() else QUESTION_WEIGHTS
        asked = Asked(self._halves.vector_of(row), stems(_asking_text(page)), weights, self._halves.marks_of(row))
        found = self._ranker.candidates(asked, Filters(), POOL)
        return [item for item in ordered(found, weights) if item.row != row][:MAX_K], found.missing

    def _similar(self, page: Record, near: Sequence[Ranked], k: int, missing: tuple[str, ...], start: float) -> Results:
        text = _asking_text(page)
        results = self._results(Understood(text=text, used=text), near, near[:k], self._telling(text))
        return replace(results, degraded=(*self._home.missing, *missing), took_ms=_since(start))

    def _related(self, page: Record, near: Sequence[Ranked], k: int) -> tuple[Topic, ...]:
        some = [item for item in near[:RELATED_NEIGHBORS] if item.score >= RELATED_SHARE * near[0].score]
        return topics_around(page, self._home.records([item.row for item in some]), k)

    def _folded(self, ranked: Sequence[Ranked]) -> list[Ranked]:
        return folded(ranked, self._home.firsts([item.row for item in ranked]))

    def _newest(self, ranked: Sequence[Ranked]) -> list[Ranked]:
        """The results that are close, the newest first; where nothing is close, all as they were."""
        close = [item for item in ranked if match_of(item.probability) is not Match.TOPIC]
        dates = dict(zip(close, self._home.newest([item.row for item in close]), strict=True))
        return sorted(close, key=lambda item: -dates[item]) if close else list(ranked)

    def _results(
        self, understood: Understood, ranked: Sequence[Ranked], shown: Sequence[Ranked], weights: Telling
    ) -> Results:
        close = any(match_of(item.probability) is not Match.TOPIC for item in ranked)
        first = ranked[:FIRST_HITS] if close else ()
        rows = list(dict.fromkeys(item.row for item in (*first, *shown)))
        records = dict(zip(rows, self._home.records(rows), strict=True))
        inferred = self._home.inferred(rows)
        families = self._home.families([item.row for item in shown])
        answered = [item.passage for item in shown if item.passage >= 0]
        places = dict(zip(answered, self._home.places(answered), strict=True))
        return Results(
            query=understood,
            hits=tuple(
                hit_of(
                    item,
                    records[item.row],
                    places.get(item.passage),
                    weights,
                    families.get(item.row),
                    inferred.get(item.row),
                )
                for item in shown
            ),
            total=len(ranked),
            specialties=shares(
                (*specialty_of(records[item.row], inferred.get(item.row)), item.probability) for item in first
            ),
            no_close_match=not close,
            took_ms=0.0,  # until all is done
            index=self.info,
        )

    def _rarity(self, term: str) -> float:
        """Inverse document frequency of a stem: small for one in every record, higher for rarer ones."""
        return math.log1p(len(self._home) / (1 + self._halves.document_frequency(term)))


def _since(start: float) -> float:
    """Milliseconds since a time."""
    return round((time.perf_counter() - start) * 1000, 2)


def _asking_text(page: Record) -> str:
    """What a page asks: its title and message, or its first answer where it has neither."""
    return " ".join(part for part in (page.title, page.question) if part.strip()) or page.answers[0].text
