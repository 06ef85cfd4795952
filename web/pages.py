"""The pages: read the parameters, ask the engine, render."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for

from corpus.records import Record
from search.differences import Difference, differences
from search.facts import Fact, facts
from search.filters import Filters
from search.hits import MAX_OFFSET, Hit, Question, Results, Sort
from search.present import shown
from web import form, linked, metrics, notice, openapi, params
from web.browsing import dated
from web.engine import Engine
from web.languages import asked as language_asked
from web.serving import engine, once

SIMILAR, RELATED = 5, 10
EXAMPLE_STARTS = ("why", "is", "how", "can", "what", "my", "do")  # how people begin a question
EXAMPLES, EXAMPLE_CHARS, EXAMPLE_WORDS = 5, 80, 4  # titles, the longest and the shortest of them
SOURCES = 30  # sources for which the about page looks up an example
LONGEST_LINK = 2_000  # characters; longer addresses are cut by some programs that pass them on

blueprint = Blueprint("pages", __name__)


@blueprint.route("/", methods=["GET", "POST"])
def ask() -> str:
    """The box; and once a question was asked, its results."""
    values = _values()
    if request.method != "POST" and "q" not in values:
        return _home(params.filters(values))
    return _results(params.question(values, fold=True, explain=True))


@blueprint.route("/qa/<record_id>", methods=["GET", "POST"])
def qa(record_id: str) -> str:
    """One Q&A page, with those like it; and where a question came along, how the case on it differs from that."""
    found = engine()
    record = found.record(record_id)
    values = _values()
    question = params.question(values) if "q" in values else None
    similar, related = found.around(record_id, SIMILAR, RELATED)
    host, path = request.host_url.rstrip("/"), url_for("pages.qa", record_id=record_id).split("?")[0]
    return render_template(
        "qa.html",
        record=record,
        question=question,
        differences=differences(facts(question.text), record) if question else (),
        family=found.family(record_id),
        inferred=found.inferred(record_id),
        similar=similar.hits,
        related=related,
        path=path,
        address=host + path,
        linked=linked.qa_page(record, host + path),
    )


@blueprint.get("/about")
def about() -> str:
    """What this is and is not, what happens to a question, and where the pages come from."""
    return render_template("about.html", info=engine().info, sources=once("sources", _sources))


@blueprint.get("/docs")
def docs() -> str:
    """The JSON interface explained, from its OpenAPI document."""
    return render_template("docs.html", document=openapi.document())


def _values() -> params.Values:
    return params.of_form(request.form if request.method == "POST" else request.args)


def _home(filters: Filters) -> str:
    found = engine()
    return render_template(
        "home.html",
        info=found.info,
        facets=found.facets,
        examples=once("examples", _examples),
        active=form.active(filters),
    )


def _results(question: Question) -> str:
    found = engine()
    results = found.search(question)
    metrics.count(results)
    active = form.active(question.filters)
    if active and not results.hits and not question.offset:
        active = form.loosened(found, question)
    facets = found.counts(question.filters) if question.filters else found.facets
    asked = facts(question.text)
    return render_template(
        "results.html",
        question=question,
        results=results,
        urgent=notice.in_language(results.urgent),
        hits=[(hit, _differing(asked, hit)) for hit in shown(results)],
        active=active,
        off=form.off(question.switches),
        kept=form.kept(question),
        groups=form.groups(facets, question.filters, [share.name for share in results.specialties]),
        filters=question.filters,
        newest=question.sort is Sort.NEWEST,
        dated=once("dated", dated),
        link=_link(question, active),
        previous=max(0, question.offset - question.k) if question.offset else None,
        following=_following(question, results),
    )


def _differing(asked: Sequence[Fact], hit: Hit) -> list[Difference]:
    return [item for item in differences(asked, hit.record) if not item.same]


def _link(question: Question, active: Sequence[form.Active]) -> str:
    """An address of the same search; empty where it would be too long to be passed on."""
    kept = [(item.name, item.value) for item in (*form.kept(question), *active)]
    pairs = [("q", question.text), *kept, *([("lang", language_asked())] if language_asked() else [])]
    address = f"{url_for('pages.ask').split('?')[0]}?{urlencode(pairs)}"
    return address if len(address) <= LONGEST_LINK else ""


def _following(question: Question, results: Results) -> int | None:
    """Offset of the next page of results; None if this is the last."""
    offset = question.offset + question.k
    return offset if offset < results.total and offset <= MAX_OFFSET and not results.no_close_match else None


def _examples(found: Engine) -> list[str]:
    """Titles that a person might ask, a few, begun in different ways."""
    return _pick(found.suggest(start, EXAMPLES) for start in EXAMPLE_STARTS)


def _pick(titles: Iterable[Sequence[str]]) -> list[str]:
    short = [[title for title in some if _speaks(title)] for some in titles]
    by_turns = [some[turn] for turn in range(EXAMPLES) for some in short if turn < len(some)]
    return list(dict.fromkeys(by_turns))[:EXAMPLES]


def _speaks(title: str) -> bool:
    """Whether a title is short, and has words enough to ask something: "What is ?" asks nothing."""
    return len(title) <= EXAMPLE_CHARS and len(re.findall(r"\w+", title)) >= EXAMPLE_WORDS


def _sources(found: Engine) -> list[tuple[str, int, Record | None]]:
    """Each source with its count and the one page of it that fits its name best, which shows the license."""
    some = found.facets.sources[:SOURCES]
    return [(name, count, _one_of(found, name)) for name, count in some]


def _one_of(found: Engine, source: str) -> Record | None:
    hits = found.search(Question(text=source, k=1, filters=Filters(sources=frozenset({source})))).hits
    return hits[0].record if hits else None
