"""One toy record through the whole road, with the exact value after each step."""

from __future__ import annotations

import re
from math import exp, log, sqrt
from pathlib import Path
from pkgutil import resolve_name

import numpy as np
import pytest

from corpus.jsonl import read_all
from corpus.passages import Part, Passage, cut
from corpus.records import Answer, Asker, Record
from indexer.build import build
from search.dense import View, load_views
from search.facets import Counts
from search.fusion import BESIDE_MESSAGE, QUESTION_WEIGHTS
from search.hits import Hit, Match, Question, Snippet
from search.layout import Layout, Manifest
from search.lexical import Lexical
from search.match import match_of
from search.opening import open_index
from search.present import results_json
from search.rows import PassageTable, Place
from search.store import Store
from tests.toy_encoder import CARD, WORDS, ToyEncoder

LINE = (
    '{"id": "toy:lip", "title": "Lip twitching", "question": "My lip twitches.", "asker": {"age": 43, "sex": "F"}, '
    '"asked": "2012-01-15", "answers": [{"text": "Drink less coffee. It is harmless.", "responder": "Neurologist", '
    '"specialty": "Neurology", "replied": "2012-01-16"}], "source": "toy", "votes": 3}\n'
)
RECORD = Record(
    id="toy:lip",
    title="Lip twitching",
    question="My lip twitches.",
    asker=Asker("40-49", "female"),
    asked="2012-01-15",
    answers=(Answer("Drink less coffee. It is harmless.", "Neurologist", "Neurology", "2012-01-16"),),
    specialty="Neurology",
    source="toy",
    extra={"votes": 3},
)
PASSAGES = [
    Passage(Part.TITLE, 0, 0, 13, "Lip twitching"),
    Passage(Part.QUESTION, 0, 0, 16, "My lip twitches.", "Lip twitching"),
    Passage(Part.ANSWER, 0, 0, 34, "Drink less coffee. It is harmless.", "Lip twitching"),
]
QUESTION = "Is lip twitching due to coffee?"

TITLE_COSINE = (1 + 1) / (sqrt(2) * sqrt(3))  # (lip, twitching) and (lip, twitching, coffee)
MESSAGE_COSINE = (2 + 1) / (sqrt(5) * sqrt(3))  # (lip, lip, twitching) and (lip, twitching, coffee)
ANSWER_COSINE = (1 + 1 + 1) / (sqrt(3) * sqrt(3))
# One record of one holds lip and twitch twice, coffee once, and lacks "due"; each counts by the square of its idf.
HELD, LACKING = log(1 + (1 - 1 + 0.5) / (1 + 0.5)) ** 2, log(1 + (1 - 0 + 0.5) / (0 + 0.5)) ** 2
WORDS_MET = HELD * (2 / (2 + 1.2) + 2 / (2 + 1.2) + 1 / (1 + 1.2)) / (3 * HELD + LACKING)
HEADING = 1.0  # lip, twitch: both are asked for
OF_TITLE = QUESTION_WEIGHTS.title * BESIDE_MESSAGE
WEIGHED = OF_TITLE * TITLE_COSINE + (QUESTION_WEIGHTS.title + QUESTION_WEIGHTS.body - OF_TITLE) * ANSWER_COSINE
SCORE = (WEIGHED + QUESTION_WEIGHTS.words * WORDS_MET + QUESTION_WEIGHTS.heading * HEADING) / (
    QUESTION_WEIGHTS.title + QUESTION_WEIGHTS.body + QUESTION_WEIGHTS.words + QUESTION_WEIGHTS.heading
)
PROBABILITY = 1 / (1 + exp(-(-8.4 + 12.125 * SCORE)))  # the curve of the toy scores


def test_every_step_of_the_document_is_there() -> None:
    text = (Path(__file__).parents[1] / "docs" / "data-path.md").read_text()
    names = re.findall(r"`((?:corpus|indexer|search)\.[A-Za-z_.]+)", text)
    assert len(names) > 40
    for name in names:
        assert resolve_name(name) is not None


def axes(**words: float) -> list[float]:
    """A vector of the toy encoder, by its words."""
    return [words.get(word, 0.0) for word in (*WORDS, "none")]


def test_the_whole_road(tmp_path: Path) -> None:
    # source line -> Record
    source = tmp_path / "records.jsonl"
    source.write_text(LINE)
    records = list(read_all([source]))
    assert records == [RECORD]

    # Record -> Passages
    encoder = ToyEncoder()
    passages = cut(RECORD, encoder, CARD.max_tokens - 2)
    assert passages == PASSAGES
    texts = [passage.embedded for passage in passages]
    assert texts == [
        "Lip twitching",
        "Lip twitching\nMy lip twitches.",
        "Lip twitching\nDrink less coffee. It is harmless.",
    ]

    # Passages -> unit rows
    rows = encoder.encode(texts)
    expected = np.array(
        [
            axes(lip=1 / sqrt(2), twitching=1 / sqrt(2)),
            axes(lip=2 / sqrt(5), twitching=1 / sqrt(5)),
            axes(lip=1 / sqrt(3), twitching=1 / sqrt(3), coffee=1 / sqrt(3)),
        ]
    )
    assert rows == pytest.approx(expected)

    # unit rows -> views + lexical half + store -> published folder
    layout = Layout(tmp_path / "index")
    manifest = build([RECORD], layout, encoder).manifest
    assert layout.published() == manifest.id
    version = layout.version(manifest.id)
    assert Manifest.load(version) == manifest
    assert (manifest.records, manifest.passages) == (1, {"answer": 1, "question": 1, "title": 1})
    table, views = PassageTable.load(version.passages), load_views(version.dense)
    assert [table.place(row) for row in range(3)] == [
        Place(0, Part.TITLE, 0, 0, 13),
        Place(0, Part.QUESTION, 0, 0, 16),
        Place(0, Part.ANSWER, 0, 0, 34),
    ]
    assert {view: index.rows.tolist() for view, index in views.items()} == {
        View.TITLE: [0],
        View.QUESTION: [1],
        View.ANSWER: [2],
    }
    assert views[View.QUESTION].vectors(np.array([1])).tolist() == rows[1:2].tolist()
    store, lexical = Store(version.records), Lexical.load(version.lexical)
    assert list(store.all()) == [RECORD]
    assert store.titles().suggest("tw", 8) == ("Lip twitching",)
    assert Counts.load(version.columns).at(0) == ("Neurology", "toy", "40-49", "female", 20120116)

    # question -> rankings
    vector = encoder.encode([QUESTION])[0]
    assert vector.tolist() == pytest.approx(axes(lip=1 / sqrt(3), twitching=1 / sqrt(3), coffee=1 / sqrt(3)))
    cosines = {view: float(index.search(vector, 1)[1][0]) for view, index in views.items()}
    assert cosines == pytest.approx(
        {View.TITLE: TITLE_COSINE, View.QUESTION: MESSAGE_COSINE, View.ANSWER: ANSWER_COSINE}
    )
    assert lexical.search(["lip", "twitch", "due", "coffe"], 10) == [(0, pytest.approx(WORDS_MET))]
    store.close()

    # rankings -> one ranking -> Hit
    engine = open_index(layout.root, encoder)
    results = engine.search(Question(QUESTION))
    engine.close()
    assert results.hits == (
        Hit(
            record=RECORD,
            score=pytest.approx(SCORE, abs=1e-6),
            probability=pytest.approx(PROBABILITY, abs=1e-5),
            match=Match.SAME,
            question_snippet=Snippet("My lip twitches.", ((3, 6), (7, 15)), "question", 0, 0, 16),
            answer_snippet=Snippet("Drink less coffee. It is harmless.", ((11, 17),), "answer", 0, 0, 34),
            views=(
                ("title", pytest.approx(TITLE_COSINE, abs=1e-4)),
                ("question", pytest.approx(MESSAGE_COSINE, abs=1e-4)),
                ("answer", pytest.approx(ANSWER_COSINE, abs=1e-4)),
            ),
        ),
    )
    assert match_of(PROBABILITY) is Match.SAME

    # Hit -> JSON
    assert results_json(results) | {"took_ms": 0} == {
        "query": {"text": QUESTION, "used": QUESTION, "corrections": (), "expansions": ()},
        "results": [
            {
                "id": "toy:lip",
                "title": "Lip twitching",
                "score": pytest.approx(SCORE, abs=1e-6),
                "probability": pytest.approx(PROBABILITY, abs=5e-5),
                "match": "same question",
                "question_snippet": {
                    **{"text": "My lip twitches.", "highlights": [[3, 6], [7, 15]]},
                    **{"part": "question", "answer": 0, "start": 0, "end": 16, "near": [], "same": []},
                },
                "answer_snippet": {
                    **{"text": "Drink less coffee. It is harmless.", "highlights": [[11, 17]]},
                    **{"part": "answer", "answer": 0, "start": 0, "end": 34, "near": [], "same": []},
                },
                "specialty": "Neurology",
                "specialty_inferred": None,
                "responder": "Neurologist",
                "asked": "2012-01-15",
                "replied": "2012-01-16",
                "answers": 1,
                "source": "toy",
                "url": "",
                "license": "",
                "family": None,
                "why": None,
            }
        ],
        "total": 1,
        "specialties": [{"name": "Neurology", "share": 1.0, "inferred": False}],
        "urgent": None,
        "no_close_match": False,
        "degraded": [],
        "unmatched_filters": [],
        "took_ms": 0,
        "index": {"id": manifest.id, "built": manifest.built, "records": 1},
    }
