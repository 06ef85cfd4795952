"""The operator's page: which index answers, what it holds, how good it was measured, how fast it is. Off by default.

It is there where `MEDQA_OPERATOR_TOKEN` is set, for whoever gives that token: as the password of HTTP Basic
authentication in a browser, or as `Authorization: Bearer`. Without the setting the address is not found.
"""

from __future__ import annotations

import hmac
import json
import os
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request

from web import metrics
from web.serving import engine

TOKEN, EVALUATION = "MEDQA_OPERATOR_TOKEN", "MEDQA_EVALUATION"
SHORTEST_TOKEN = 16  # characters; what is shorter can be guessed
MEASURE = "ndcg@10"
REALM = 'Basic realm="operator", charset="UTF-8"'

blueprint = Blueprint("operator", __name__)


@blueprint.get("/operator")
def page() -> Response:
    """The page, for whoever has the token; 404 where none is set, 401 without it."""
    token = os.environ.get(TOKEN, "")
    if len(token) < SHORTEST_TOKEN:
        abort(404)
    if not _allowed(token):
        refused = make_response("The operator's token is needed here.\n", 401, {"WWW-Authenticate": REALM})
        refused.mimetype = "text/plain"
        return refused
    found = engine()
    shown = render_template(
        "operator.html",
        info=found.info,
        facets=found.facets,
        refusal=current_app.extensions["serving"].refusal,
        evaluation=evaluation(),
        measure=MEASURE,
        latencies=metrics.latencies(),
    )
    return make_response(shown)


def _allowed(token: str) -> bool:
    given = request.authorization
    secret = (given.password or given.token or "") if given else ""
    return hmac.compare_digest(secret.encode(errors="replace"), token.encode(errors="replace"))


def evaluation() -> list[tuple[str, float, int]]:
    """Each pack of the last evaluation with its measure (0 to 1) and number of queries; none where none is named.

    The file in `MEDQA_EVALUATION` is what `python -m indexer evaluate --json FILE` wrote. One that cannot be read is
    an error, not an empty chart: ValueError and OSError.
    """
    path = os.environ.get(EVALUATION, "")
    if not path:
        return []
    packs: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return [
        (name, float(values[MEASURE]), int(values["queries"]))
        for name, values in sorted(packs.items())
        if isinstance(values, dict) and MEASURE in values
    ]
