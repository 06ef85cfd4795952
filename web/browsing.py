"""Pages without a question: topics, specialties, newest, the map; and what other sites and browsers embed."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from search.browse import Shelf, capital
from web import params
from web.engine import Engine
from web.serving import engine, once

PAGE = 20  # pages listed at once
TOPICS_AT_ONCE = 60  # topics on the overview; those behind a letter come in hundreds
LETTER_PAGE = 200
TOPICS_OF_SPECIALTY = 24

blueprint = Blueprint("browse", __name__)


@blueprint.get("/browse")
def overview() -> str:
    """Every specialty, the topics that most pages carry, and the letters behind which all topics are."""
    found = engine()
    return render_template(
        "browse.html",
        info=found.info,
        facets=found.facets,
        topics=found.browse.topics(limit=TOPICS_AT_ONCE),
        topic_count=found.browse.count_topics(),
        initials=found.browse.initials(),
        has_map=found.has_map,
    )


@blueprint.get("/topics")
def topics() -> str:
    """The topics that begin with `initial`, by the alphabet."""
    values = params.of_form(request.args)
    initial, offset = request.args.get("initial", "A")[:1], params.whole(values, "offset", 0)
    found = engine().browse
    initials = found.initials()
    return render_template(
        "topics.html",
        initial=initial,
        topics=found.topics(initial, LETTER_PAGE, max(0, offset)),
        initials=initials,
        offset=max(0, offset),
        step=LETTER_PAGE,
        total=dict(initials).get(capital(initial), 0),
    )


@blueprint.get("/topics/<path:name>")
def topic(name: str) -> str:
    """The pages that carry a topic, newest first."""
    return _shelf(Shelf.TOPIC, name)


@blueprint.get("/specialties/<path:name>")
def specialty(name: str) -> str:
    """The pages of a specialty, newest first, with its topics."""
    return _shelf(Shelf.SPECIALTY, name)


@blueprint.get("/newest")
def newest() -> str:
    """All pages, newest first."""
    return _shelf(Shelf.ALL)


@blueprint.get("/map")
def corpus_map() -> str:
    """The map of the corpus, with the specialties as a list for those who cannot see it."""
    found = engine()
    return render_template("map.html", info=found.info, facets=found.facets, has_map=found.has_map)


@blueprint.get("/widget")
def widget() -> str:
    """A box alone, to be framed in another site's page; where that is allowed is the operator's to say."""
    return render_template("widget.html")


@blueprint.get("/embed")
def embed() -> str:
    """How another site takes the box into its own pages."""
    return render_template("embed.html", address=request.host_url.rstrip("/"))


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """The description by which a browser adds the site to its search engines."""
    text = render_template("opensearch.xml", address=request.host_url.rstrip("/"))
    return Response(text, content_type="application/opensearchdescription+xml; charset=utf-8")


def dated(found: Engine) -> bool:
    """Whether any page has a date, so that there is an order by it; those with one come first."""
    newest = found.browse.pages(Shelf.ALL, "", 1, 0).records
    return any(record.asked or any(answer.replied for answer in record.answers) for record in newest)


def _shelf(shelf: Shelf, name: str = "") -> str:
    offset = max(0, params.whole(params.of_form(request.args), "offset", 0))
    found = engine()
    pages = found.browse.pages(shelf, name, PAGE, offset)
    return render_template(
        "shelf.html",
        shelf=shelf.value,
        pages=pages,
        dated=once("dated", dated),
        topics=found.browse.topics_of(name, TOPICS_OF_SPECIALTY) if shelf is Shelf.SPECIALTY else (),
        name=pages.name,
        offset=offset,
        step=PAGE,
    )
