"""Puts the site together: one Flask application out of its parts."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from jinja2 import StrictUndefined

from search import present
from web import (
    API_VERSION,
    MAX_BODY,
    SITE_NAME,
    api,
    browsing,
    errors,
    form,
    languages,
    logs,
    metrics,
    operations,
    operator,
    pages,
    schemas,
    security,
    serving,
    words,
)
from web.body import WholeBody
from web.serving import Serving
from web.settings import Settings

YEAR_S = 365 * 24 * 3600  # a static file's address holds its hash, so a copy never goes stale


def build(opened: Serving, settings: Settings) -> Flask:
    """The application over what `opened` serves."""
    app = Flask("web")
    app.request_class = WholeBody
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, SEND_FILE_MAX_AGE_DEFAULT=YEAR_S)
    app.extensions["settings"] = settings
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the fields keep the order of the contract
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.finalize = _without_nul
    app.jinja_env.globals.update(site_name=SITE_NAME, api_version=API_VERSION)
    app.jinja_env.filters.update(words.FILTERS, shown_answer=present.shown_answer, day_text=form.day_text)
    app.jinja_env.filters.update(schema_name=schemas.name_in, schema_words=schemas.in_words)
    app.jinja_env.globals.update(map_made=lambda: opened.has_map)
    for part in (serving, metrics):
        part.register(app, opened)
    languages.register(app)
    for blueprint in (pages.blueprint, browsing.blueprint, api.blueprint, operations.blueprint, operator.blueprint):
        app.register_blueprint(blueprint)
    errors.register(app)
    logs.register(app)
    security.register(app, settings)
    _version_static_files(app)
    return app


def _without_nul(value: Any) -> Any:
    """What a template shows; HTML cannot hold NUL, which a record may."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def _version_static_files(app: Flask) -> None:
    folder = Path(str(app.static_folder))
    files = [path for path in folder.rglob("*") if path.is_file()]
    hashes = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in files}

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["v"] = hashes[values["filename"]]

    @app.after_request
    def keep_what_was_meant(response: Response) -> Response:
        known = hashes.get((request.view_args or {}).get("filename", ""), "")
        if request.endpoint == "static" and request.args.get("v") != known:
            response.headers["Cache-Control"] = "no-cache"  # asked for by a page of the program before, or after
        return response
