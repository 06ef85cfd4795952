"""What of a ranked record is shown: its score in words, an extract of its question and one of its answer."""

from __future__ import annotations

from collections.abc import Mapping

from corpus.passages import Part, part_text
from corpus.records import Record
from search.dense import View
from search.hits import Family, Hit, Inferred, Snippet
from search.match import match_of
from search.ranking import Ranked
from search.rows import Place
from search.snippets import best_snippet

Telling = Mapping[str, float]  # stems by which a result is chosen and marked, each with its rarity
VIEWS = (View.TITLE, View.QUESTION, View.ANSWER)  # in the order of a ranked record's cosines


def hit_of(
    item: Ranked,
    record: Record,
    place: Place | None,
    weights: Telling,
    family: Family | None,
    inferred: Inferred | None,
) -> Hit:
    """A ranked record as a result; its answer's extract is from the passage in this place, none without one."""
    asked = Part.QUESTION if record.question.strip() else Part.TITLE
    answer = _snippet(record, place.part, place.answer, weights, (place.start, place.end)) if place else Snippet()
    cosines = zip(VIEWS, item.cosines, strict=True)
    return Hit(
        record=record,
        score=item.score,
        probability=item.probability,
        match=match_of(item.probability),
        question_snippet=_snippet(record, asked, 0, weights),
        answer_snippet=answer,
        views=tuple((view.value, round(cosine, 4)) for view, cosine in cosines if cosine is not None),
        family=family,
        inferred=inferred,
    )


def specialty_of(record: Record, inferred: Inferred | None) -> tuple[str, bool]:
    """The specialty that a record states, or else the one inferred for it; and whether it was inferred."""
    return (inferred.name, True) if inferred and not record.specialty else (record.specialty, False)


def _snippet(
    record: Record, part: Part, answer: int, weights: Telling, within: tuple[int, int] | None = None
) -> Snippet:
    below = record.title if part in (Part.ANSWER, Part.MORE_INFO) else None
    return best_snippet(part_text(record, part, answer), weights, within, part.value, answer, below)
