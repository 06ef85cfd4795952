"""Response headers: nothing from elsewhere runs or loads, no address leaks, no shared cache keeps a question."""

from __future__ import annotations

import os
import re

from flask import Flask, Response, request

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "browsing-topics=(), camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
WITH_QUESTION = {"api.search", "api.search_post", "api.suggest", "api.suggest_post"}
FRAMED = "browse.widget"  # the one page that other sites may frame: those that the operator names


def register(app: Flask) -> None:
    """Every response of the application carries the headers."""

    @app.after_request
    def secure(response: Response) -> Response:
        response.headers.extend(HEADERS)
        if request.endpoint == FRAMED and (hosts := _framing_hosts()):
            policy = HEADERS["Content-Security-Policy"].replace("frame-ancestors 'none'", f"frame-ancestors {hosts}")
            response.headers["Content-Security-Policy"] = policy
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store" if _answers_program(response) else "private, no-cache"
        if _holds_question(response):
            response.headers["X-Robots-Tag"] = "noindex"
        return response


def _framing_hosts() -> str:
    """The sites in `MEDQA_EMBED`, such as `https://clinic.example`, that may frame the widget; empty: none.

    Whatever is not the plain address of a site is left out, so that the setting cannot change the policy otherwise.
    """
    named = os.environ.get("MEDQA_EMBED", "").split()
    return " ".join(host for host in named if re.fullmatch(r"https?://[\w.-]+(:\d+)?", host, re.ASCII))


def _answers_program(response: Response) -> bool:
    """Whether nothing needs to go back to this; a page of results must stay, or Back from a Q&A page meets an error."""
    return request.endpoint in WITH_QUESTION or response.status_code >= 400


def _holds_question(response: Response) -> bool:
    asked = request.endpoint in ("pages.ask", "pages.qa") and (request.method == "POST" or "q" in request.args)
    return asked or request.endpoint in WITH_QUESTION or response.status_code >= 400
