"""The operator's page: which index answers, what it holds, how good it was measured, how fast it is. Off by default.

It is there for whoever gives the token in `MEDQA_OPERATOR_TOKEN`; without that setting the address is not found.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, render_template

from web import metrics
from web.security import require_operator
from web.serving import engine

MEASURE = "ndcg@10"

blueprint = Blueprint("operator", __name__)


blueprint.before_request(require_operator)


@blueprint.get("/operator")
def page() -> str:
    """The page, for whoever has the token."""
    found = engine()
    return render_template(
        "operator.html",
        info=found.info,
        facets=found.facets,
        refusal=current_app.extensions["serving"].refusal,
        evaluation=evaluation(),
        measure=MEASURE,
        latencies=metrics.latencies(),
    )


def evaluation() -> list[tuple[str, float, int]]:
    """Each pack of the last evaluation with its measure (0 to 1) and number of queries; none where none is named.

    The file in `MEDQA_EVALUATION` is what `python -m indexer evaluate --json FILE` wrote. One that cannot be read is
    an error, not an empty chart: ValueError and OSError.
    """
    path = current_app.extensions["settings"].evaluation
    if not path:
        return []
    packs: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return [
        (name, float(values[MEASURE]), int(values["queries"]))
        for name, values in sorted(packs.items())
        if isinstance(values, dict) and MEASURE in values
    ]
