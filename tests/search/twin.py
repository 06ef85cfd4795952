"""The ranking's slow twin, which looks at every passage of every record, and the halves of an index to rank over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.passages import Part, Passage, cut
from corpus.records import Record
from search.contrasts import contrasts
from search.dense import VIEW_OF, View, build_views
from search.facets import Counts
from search.filters import Filters
from search.fusion import BESIDE_MESSAGE
from search.halves import LocalHalves
from search.headings import Headings
from search.home import Asked
from search.lexical import Lexical, idf, record_text, stems
from search.match import ALONE, ANSWERED, ASKED, AT_LEAST, TITLE_SAME, curves_of
from search.ranking import Ranked
from search.rows import SHORT, SHORT_COST, PassageTable
from search.spans import Spans
from search.store import Store
from search.terms import RecordTerms, Terms
from tests.search.toy_pages import build_store, passes
from tests.toy_encoder import ToyEncoder

ENCODER = ToyEncoder()


def halves_over(records: Sequence[Record], folder: Path) -> LocalHalves:
    """Both halves of an index of these records."""
    folder.mkdir()
    passages = passages_of(records)
    table = PassageTable.build(passages)
    vectors = ENCODER.encode([passage.embedded for _, passage in passages])
    build_store(records, folder / "records.sqlite")
    Lexical.build(records, folder / "lexical")
    views = build_views(table.parts(), vectors)
    spans = Spans.of(table, len(records), {name: view.rows for name, view in views.items()})
    lexical = Lexical.load(folder / "lexical")
    RecordTerms.save([Terms.of(stems(record_text(record))) for record in records], folder / "terms")
    Headings.build(records, lexical, folder / "headings")
    columns = Counts.of_records(records)
    terms, headings = RecordTerms.load(folder / "terms"), Headings.load(folder / "headings")
    return LocalHalves(Store(folder / "records.sqlite"), table, views, spans, lexical, terms, headings, columns)


def passages_of(records: Sequence[Record]) -> list[tuple[int, Passage]]:
    return [(row, passage) for row, record in enumerate(records) for passage in cut(record, ENCODER, 14)]


class Twin:
    """The same ranking, one record and one passage at a time."""

    def __init__(self, records: Sequence[Record], lexical: Lexical) -> None:
        self.records, self.lexical = records, lexical
        self.of_record: defaultdict[int, list[tuple[int, Passage]]] = defaultdict(list)
        for number, (row, passage) in enumerate(passages_of(records)):
            self.of_record[row].append((number, passage))

    def rank(self, asked: Asked, filters: Filters) -> list[Ranked]:
        found = [self._ranked(row, asked) for row, record in enumerate(self.records) if passes(record, filters)]
        return sorted(found, key=lambda item: (-item.score, self.records[item.row].id))

    def _ranked(self, row: int, asked: Asked) -> Ranked:
        best: dict[View, float] = {}
        shown: list[tuple[bool, float, int]] = []
        for number, passage in self.of_record[row]:
            cosine = float(ENCODER.encode([passage.embedded])[0] @ asked.vector)
            view = VIEW_OF[passage.part]
            best[view] = max(cosine, best.get(view, -1.0))
            if view is View.ANSWER:
                short = SHORT_COST * max(0.0, 1 - len(passage.text) / SHORT)
                shown.append((passage.part is Part.MORE_INFO, short - cosine, number))
        words = self.lexical.scores(asked.terms, [row])[row]
        below = [best[view] for view in (View.QUESTION, View.ANSWER) if view in best]
        body = max(below) if below else best[View.TITLE]
        title = best.get(View.TITLE, body)
        w, record = asked.weights, self.records[row]
        of_title = w.title * BESIDE_MESSAGE if View.QUESTION in best else w.title
        total = of_title * title + (w.title + w.body - of_title) * body + w.words * words
        total += w.heading * (self._heading(record, asked.terms) if stems(record.title) else words)
        against = contrasts().costs(asked.marks, np.array([contrasts().marks_of(record)], np.uint32))[0]
        score = max(0.0, total / (w.title + w.body + w.words + w.heading) - w.against * float(against))
        form = ASKED if View.QUESTION in best else ANSWERED if View.ANSWER in best else ALONE
        probability = float(curves_of(w)[form].probabilities(np.array([score]))[0])
        if best.get(View.TITLE, 0) >= TITLE_SAME:
            probability = max(probability, AT_LEAST)
        return Ranked(row, score, probability, min(shown)[2] if shown else -1, form=form)

    def _heading(self, record: Record, terms: Sequence[str]) -> float:
        rarity = {stem: idf(self.lexical.document_frequency(stem), len(self.records)) for stem in stems(record.title)}
        return sum(rarity[stem] for stem in rarity.keys() & set(terms)) / sum(rarity.values())
