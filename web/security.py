"""Who may do what: response headers, the operators' token, and how often one client may ask."""

from __future__ import annotations

import hashlib
import hmac
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, NotFound, PreconditionFailed, TooManyRequests, Unauthorized
from werkzeug.middleware.proxy_fix import ProxyFix

from web.errors import RETRY_AFTER_S, answer
from web.settings import Settings

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
OF_VERSION = {  # what each answer at these is made of, where no question came along: the version, and the address
    *("api.record", "api.related", "api.specialties", "api.counts", "api.corpus_map", "api.description"),
    *("pages.ask", "pages.qa", "pages.about", "pages.docs"),
    *("browse.overview", "browse.topics", "browse.topic", "browse.specialty", "browse.newest", "browse.corpus_map"),
}
FRAMED = "browse.widget"  # the one page that other sites may frame: those that the operator names
UNLIMITED = {"operations.healthz", "operations.readyz", "operations.prometheus", "static"}
GUESSES = "10 per minute"  # wrong tokens of one client
IPV6_NETWORK = 8  # bytes of an IPv6 address that name one client's network
NOT_THAT = "If-Match names another version of this than the one that is here."
REALM = "Pages of the operators"  # with spaces, so that it is sent in quotes, as it has to be


def register(app: Flask, settings: Settings) -> None:
    """Every response carries the headers; clients are told apart behind proxies, and limited where that is set."""
    if settings.trusted_proxies:
        trusted = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted)  # type: ignore[method-assign]
    app.extensions.update(operator_token=settings.operator_token, guesses=Guesses())
    if settings.rate_limit:
        app.after_request(_wait_where_refused)  # before the limiter's own: what is registered first runs last
        limiter = Limiter(
            client,
            application_limits=[settings.rate_limit],
            storage_uri="memory://",
            headers_enabled=True,
        )
        limiter.request_filter(lambda: request.endpoint in UNLIMITED)
        limiter.init_app(app)

    @app.after_request
    def secure(response: Response) -> Response:
        response.headers.extend(HEADERS)
        if request.endpoint == FRAMED and (hosts := settings.embed):
            policy = HEADERS["Content-Security-Policy"].replace("frame-ancestors 'none'", f"frame-ancestors {hosts}")
            response.headers["Content-Security-Policy"] = policy
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store" if _answers_program(response) else "private, no-cache"
        if _holds_question(response):
            response.headers["X-Robots-Tag"] = "noindex"
        elif request.endpoint in OF_VERSION:
            _answer_if_changed(response)
        return response


def _wait_where_refused(response: Response) -> Response:
    """Takes back what the limiter tells everybody: when to ask again, which only who is refused should heed."""
    if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    elif response.status_code != HTTPStatus.TOO_MANY_REQUESTS:
        response.headers.pop("Retry-After", None)
    return response


def client() -> str:
    """Who asks, for counting alone: an IPv4 address, or the network of an IPv6 one, as one client has many of those.

    Kept in memory for as long as its count runs, and nowhere else.
    """
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    return str(address) if address.version == 4 else address.packed[:IPV6_NETWORK].hex()


def require_operator() -> None:
    """Lets only operators pass: their token as bearer, or as password of the browser's own dialog (any user name).

    For `before_request` of a blueprint. Raises NotFound where no token is set, Unauthorized without the right one,
    TooManyRequests after some wrong ones, Forbidden for a change that another site's page asks for.
    """
    expected = current_app.extensions["operator_token"]
    if not expected:
        raise NotFound
    guesses: Guesses = current_app.extensions["guesses"]
    guesses.check(client())
    if not same_token(_token_given(), expected):
        guesses.add(client())
        raise Unauthorized(www_authenticate=WWWAuthenticate("basic", {"realm": REALM}))
    if request.method not in ("GET", "HEAD") and _from_elsewhere():
        raise Forbidden("Changes are made from the site's own pages alone.")


def same_token(given: str, expected: str) -> bool:
    """Whether two tokens are the same, found in a time that does not depend on where they differ."""
    digests = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in (given, expected)]
    return hmac.compare_digest(*digests)


def _token_given() -> str:
    sent = request.authorization
    if sent is None or sent.type not in ("bearer", "basic"):
        return ""
    return sent.token or sent.password or ""


def _from_elsewhere() -> bool:
    """A browser sends the token by itself, also for another site's form: it then says where the form was."""
    site = request.headers.get("Sec-Fetch-Site", "")
    origin = request.headers.get("Origin", "")
    return site not in ("", "same-origin", "none") or (bool(origin) and urlsplit(origin).netloc != request.host)


class Guesses:
    """How many wrong tokens each client gave lately."""

    def __init__(self) -> None:
        self._limit, self._limiter = parse(GUESSES), FixedWindowRateLimiter(MemoryStorage())

    def check(self, who: str) -> None:
        """Raises TooManyRequests when there were too many."""
        if not self._limiter.test(self._limit, who):
            raise TooManyRequests(retry_after=self._limit.get_expiry())

    def add(self, who: str) -> None:
        """One more."""
        self._limiter.hit(self._limit, who)


def _answers_program(response: Response) -> bool:
    """Whether nothing needs to go back to this; a page of results must stay, or Back from a Q&A page meets an error."""
    return request.endpoint in WITH_QUESTION or response.status_code >= 400


def _answer_if_changed(response: Response) -> None:
    """Names the answer by the hash of its body; whoever has it already is told so, and not sent it again."""
    response.add_etag()
    response.make_conditional(request)
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:  # the answer is still in it
        refused = answer(PreconditionFailed(NOT_THAT))
        response.set_data(refused.get_data())
        response.content_type = refused.content_type
    response.headers.pop("Date", None)  # the server has one


def _holds_question(response: Response) -> bool:
    asked = request.endpoint in ("pages.ask", "pages.qa") and (request.method == "POST" or "q" in request.args)
    return asked or request.endpoint in WITH_QUESTION or response.status_code >= 400
