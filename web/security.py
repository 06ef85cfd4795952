"""Response headers: nothing from elsewhere runs or loads, no address leaks, no shared cache keeps a question."""

from __future__ import annotations

from flask import Flask, Response, request

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "browsing-topics=(), camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
WITH_QUESTION = {"api.search", "api.search_post", "api.suggest"}


def register(app: Flask) -> None:
    """Every response of the application carries the headers."""

    @app.after_request
    def secure(response: Response) -> Response:
        response.headers.extend(HEADERS)
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store" if _answers_program(response) else "private, no-cache"
        if _holds_question(response):
            response.headers["X-Robots-Tag"] = "noindex"
        return response


def _answers_program(response: Response) -> bool:
    """Whether nothing needs to go back to this; a page of results must stay, or Back from a Q&A page meets an error."""
    return request.endpoint in WITH_QUESTION or response.status_code >= 400


def _holds_question(response: Response) -> bool:
    asked = request.endpoint == "pages.ask" and (request.method == "POST" or "q" in request.args)
    return asked or request.endpoint in WITH_QUESTION or response.status_code >= 400
