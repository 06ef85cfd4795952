"""The languages of the interface: which one a request is answered in, and its texts. Records stay as they were written.

Texts are gettext catalogues, `translations/<language>.po`; English is the language of the sources themselves.
`?lang=` chooses, else the browser asks; nothing is remembered, so the links of a page carry the choice on.
"""

from __future__ import annotations

import gettext as catalogues
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, Response, g, has_request_context, request
from werkzeug.exceptions import HTTPException

FOLDER = Path(__file__).with_name("translations")
SOURCE = "en"
LANGUAGES = {SOURCE: "English", "zh-Hant": "繁體中文"}  # each by the name that its readers know it by
SPOKEN = {"en": "en", "zh": "zh-Hant"}  # what browsers ask for, by its first part, as it is answered
PARAMETER = "lang"
TRANSLATED = {"pages", "browse"}  # blueprints whose pages are in the language of the request


def register(app: Flask) -> None:
    """Templates of the application speak the language of the request, and its pages link to pages in the same."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)
    app.jinja_env.globals.update(language=current, languages=LANGUAGES, language_asked=asked, address_in=address_in)
    app.jinja_env.filters["translated"] = gettext

    @app.url_defaults
    def keep_language(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint.partition(".")[0] in TRANSLATED and has_request_context() and (wanted := asked()):
            values.setdefault(PARAMETER, wanted)

    @app.after_request
    def name_language(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers["Content-Language"] = current()
            response.vary.add("Accept-Language")
        return response


def asked() -> str:
    """The language that the request's address or form names; empty if it names none that is spoken here."""
    wanted = request.args.get(PARAMETER) or _posted() if has_request_context() else ""
    return wanted if wanted in LANGUAGES else ""


def _posted() -> str:
    """The language in the form that was sent; empty where it cannot be read, so that an error page can be shown."""
    try:
        return request.form.get(PARAMETER, "")
    except HTTPException:
        return ""


def address_in(language: str) -> str:
    """The address of this page in another language; that of the first page where this one cannot be asked again."""
    if request.method not in ("GET", "HEAD") or not request.endpoint:
        return f"/?{urlencode({PARAMETER: language})}"
    pairs = [(name, text) for name, text in request.args.items(multi=True) if name != PARAMETER]
    return f"{quote(request.path)}?{urlencode([*pairs, (PARAMETER, language)])}"


def current() -> str:
    """The language of this request; that of the sources where there is no request."""
    if not has_request_context():
        return SOURCE
    if "language" not in g:
        g.language = asked() or _preferred()
    language: str = g.language
    return language


def _preferred() -> str:
    """Of the languages that the browser asks for the one it likes best among those spoken here, else the source's."""
    wanted = (tag.partition("-")[0].casefold() for tag, quality in request.accept_languages if quality > 0)
    return next((SPOKEN[tag] for tag in wanted if tag in SPOKEN), SOURCE)


def gettext(text: str, **values: object) -> str:
    """The text in the language of the request, with the values put in its places: `%(name)s`."""
    found = _catalogue(current()).gettext(text) if text else ""
    return found % values if values else found


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """The one of two texts that fits the count, in the language of the request; `%(num)s` is the count, `16,407`."""
    found = _catalogue(current()).ngettext(one, many, count)
    return found % ({"num": f"{count:,}"} | values)


def locale() -> Locale:
    """The locale of the request's language: how its dates read."""
    return Locale.parse(current(), sep="-")


def day_words(day: date) -> str:
    """`15 January 2012`, or what that is in the language of the request."""
    return format_date(day, "d MMMM y" if current() == SOURCE else "long", locale())


@cache
def _catalogue(language: str) -> catalogues.NullTranslations:
    if language == SOURCE:
        return catalogues.NullTranslations()
    with open(FOLDER / f"{language}.po", "rb") as file:
        catalogue = read_po(file, locale=language.replace("-", "_"))
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return catalogues.GNUTranslations(compiled)
