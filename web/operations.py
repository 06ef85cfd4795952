"""What the people who run the site ask of it: is it alive, is an index open, how is it doing."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify

from search import present
from web import metrics
from web.serving import engine

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 as long as the process answers."""
    return jsonify({"status": "alive"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 while an index is open and can be asked, with what stands in the way of a newer one as `detail`; else 503."""
    found = engine()
    found.check()
    detail = current_app.extensions["serving"].refusal
    return jsonify({"status": "ready", "index": present.info_json(found.info), "detail": detail})


@blueprint.get("/metrics")
def prometheus() -> Response:
    """The counters, in the Prometheus text format."""
    return Response(metrics.text(), content_type=metrics.CONTENT_TYPE)
