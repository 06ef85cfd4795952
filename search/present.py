"""From what a search returns to the JSON of the contract, and to the hits that a reader is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from corpus.records import Answer
from search.filters import NAMED
from search.hits import Facets, Family, Hit, IndexInfo, Member, Results, Share, Snippet, Topic, Why
from search.map import MapPoints

MOST_MEMBERS = 50  # of a family in JSON: each of its records among the results has them
NEAREST = 3  # results shown when none is close,
ALONE = frozenset(("suicide", "suicide-other", "harm-other", "danger"))  # and none to whom one of these is said


def shown(results: Results) -> Sequence[Hit]:
    """The results for a reader: where none is close the nearest few, to one in danger or despair none."""
    if not results.no_close_match:
        return results.hits
    notice = results.urgent
    return () if notice and ALONE & {notice["kind"], *notice["also"]} else results.hits[:NEAREST]


def results_json(results: Results) -> dict[str, Any]:
    """JSON of a search, or of the records like one."""
    return {
        "query": asdict(results.query),
        "results": [hit_json(hit) for hit in results.hits],
        "total": results.total,
        "specialties": [share_json(share) for share in results.specialties],
        "urgent": results.urgent,
        "no_close_match": results.no_close_match,
        "degraded": list(results.degraded),
        "unmatched_filters": [{"filter": name, "value": value} for name, value in results.unmatched_filters],
        "took_ms": round(results.took_ms, 2),
        "index": info_json(results.index),
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """JSON of one result; a value that the record lacks is an empty string."""
    record, answer = hit.record, shown_answer(hit) or Answer("")
    return {
        "id": record.id,
        "title": record.title,
        "score": hit.score,  # as it was ranked by: rounded further, scores would look equal whose order is not by id
        "probability": round(hit.probability, 4),
        "match": hit.match.value,
        "question_snippet": snippet_json(hit.question_snippet),
        "answer_snippet": snippet_json(hit.answer_snippet),
        "specialty": record.specialty,
        "specialty_inferred": asdict(hit.inferred) if hit.inferred else None,
        "responder": answer.responder,
        "asked": record.asked,
        "replied": answer.replied,
        "answers": len(record.answers),
        "source": record.source,
        "url": record.url,
        "license": record.license,
        "family": family_json(hit.family, record.id) if hit.family else None,
        "why": why_json(hit.why) if hit.why else None,
    }


def why_json(why: Why) -> dict[str, Any]:
    """JSON of why a page is a result."""
    return {
        "views": [{"view": name, "cosine": cosine} for name, cosine in why.views],
        "words": list(why.words),
        "near": [{"word": word, "asked": asked} for word, asked in why.near],
        "missing": list(why.missing),
    }


def share_json(share: Share) -> dict[str, Any]:
    """JSON of a specialty's share of the first results."""
    return {"name": share.name, "share": round(share.share, 4), "inferred": share.inferred}


def family_json(family: Family, record_id: str) -> dict[str, Any]:
    """JSON of the records that ask the same, each with who answered it: the first MOST_MEMBERS of them, that of this id
    the last of these where it comes later; `size` counts all."""
    first, later = family.members[:MOST_MEMBERS], family.members[MOST_MEMBERS:]
    own = [member for member in later if member.id == record_id]
    records = [_member_json(member) for member in (*first[: len(first) - len(own)], *own)]
    return {"id": family.id, "size": len(family.members), "records": records}


def _member_json(member: Member) -> dict[str, Any]:
    fields = {name: getattr(member, name) for name in ("id", "title", "source", "asked")}
    return fields | {"answers": [asdict(reply) for reply in member.replies]}


def snippet_json(snippet: Snippet) -> dict[str, Any]:
    """JSON of an extract with its place in the record; ranges count Unicode characters."""
    return {
        "text": snippet.text,
        "highlights": [list(span) for span in snippet.highlights],
        "near": [list(span) for span in snippet.near],
        "same": [list(span) for span in snippet.same],
        "part": snippet.part,
        "answer": snippet.answer,
        "start": snippet.start,
        "end": snippet.end,
    }


def info_json(info: IndexInfo) -> dict[str, Any]:
    """JSON that says which index answered."""
    return asdict(info)


def related_json(record_id: str, topics: tuple[Topic, ...]) -> dict[str, Any]:
    """JSON of the topics of a record's neighbors."""
    return {"id": record_id, "related": [asdict(topic) for topic in topics]}


def counts_json(facets: Facets) -> dict[str, Any]:
    """JSON of what each value of each filter would leave."""
    return {
        name: [{"name": value, "count": count} for value, count in getattr(facets, name)] for name in NAMED.values()
    }


def map_json(points: MapPoints | None) -> dict[str, Any]:
    """JSON of the map: columns in one order; places in thousandths. All empty where no map was made."""
    if points is None:
        return {"made": False, "specialties": [], "ids": [], "x": [], "y": [], "specialty": []}
    x, y = (points.places * 1000).round().astype(int).T.tolist()
    return {
        "made": True,
        "specialties": list(points.specialties),
        "ids": list(points.ids),
        "x": x,
        "y": y,
        "specialty": list(points.numbers),
    }


def specialties_json(facets: Facets) -> dict[str, Any]:
    """JSON of the specialties of the whole index, most records first."""
    return {"specialties": [{"name": name, "count": count} for name, count in facets.specialties]}


def shown_answer(hit: Hit) -> Answer | None:
    """The answer that the result's extract is from; the first one if it is from elsewhere, None if nobody answered."""
    answers, snippet = hit.record.answers, hit.answer_snippet
    if not answers:
        return None
    return answers[snippet.answer if snippet.part == "answer" else 0]
