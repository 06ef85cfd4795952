"""What the site writes about itself: lines for people, or JSON objects for programs. Never what anybody asked."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, request

REQUESTS = "web.request"
FIELDS = ("endpoint", "method", "status", "ms", "bytes", "index")  # of a request; no address, no client, no header

log = logging.getLogger(REQUESTS)


class JsonLines(logging.Formatter):
    """One object a line, with the fields of a request where the line is about one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line. Of an exception its kind is told, and not its message, which may quote a question."""
        value = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        value |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            value["exception"] = record.exc_info[0].__name__
        return json.dumps(value, ensure_ascii=False)


def configure(form: str) -> None:
    """Everything that is logged goes to standard error, as text or as JSON; with the latter each request has a line."""
    handler = logging.StreamHandler()
    text = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonLines() if form == "json" else text)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("web").setLevel(logging.INFO)
    log.setLevel(logging.INFO if form == "json" else logging.WARNING)


def register(app: Flask) -> None:
    """Every request of the application is logged when it was answered."""

    @app.after_request
    def note(response: Response) -> Response:
        if log.isEnabledFor(logging.INFO):
            info = app.extensions["serving"].info
            fields = {
                "endpoint": request.endpoint or "unknown",
                "method": request.method if request.method.isalpha() and len(request.method) < 8 else "other",
                "status": response.status_code,
                "ms": round((time.perf_counter() - g.started) * 1000, 1),
                "bytes": response.content_length or 0,
                "index": info.id if info else "",
            }
            log.info("answered", extra=fields)
        return response
