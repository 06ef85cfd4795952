"""`python -m web.catalogue`: collects the texts of the interface and brings the catalogues of translations up to date.

The texts are those of the templates, of this package's sources, and of the emergency notices. A text that is new stands
in each catalogue without a translation; one that is gone is taken out. `tests/web/test_languages.py` fails while any is
missing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from search import safety
from web import errors
from web.languages import FOLDER, LANGUAGES, SOURCE

HERE = Path(__file__).parent
METHODS = [("templates/**.html", "jinja2"), ("templates/**.xml", "jinja2"), ("*.py", "python")]
OPTIONS = {pattern: {"trimmed": "true", "silent": "false"} for pattern, kind in METHODS if kind == "jinja2"}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
TEMPLATE = FOLDER / "messages.pot"


def collected() -> Catalog:
    """Every text of the interface, in the order of the files."""
    catalogue = Catalog(project="medqa-search", charset="utf-8")
    found = extract_from_dir(str(HERE), METHODS, OPTIONS, keywords=KEYWORDS)
    for name, _, text, _, _ in sorted(found, key=lambda item: (item[0], item[1])):
        catalogue.add(text, locations=[(f"web/{name}", 0)])
    for name, text in elsewhere():
        catalogue.add(text, locations=[(name, 0)])
    return catalogue


def elsewhere() -> Iterator[tuple[str, str]]:
    """Texts that stand in tables instead of sources, each with where it is from."""
    details = (*errors.DETAILS.values(), errors.LOST, *errors.BUSY_DETAILS.values(), errors.CHECK_DAYS, errors.EMPTY)
    for text in (*errors.HEADLINES.values(), errors.CHECK_FILTERS, *details):
        yield "web/errors.py", text
    folder = Path(safety.__file__).parent
    for item in _table(folder / "rules.toml")["rule"].values():
        yield from (
            ("search/safety/rules.toml", text) for text in (item["title"], item["text"], item.get("beside", "")) if text
        )
    numbers = _table(folder / "emergency_numbers.toml")
    named = [entry["label"] for country in numbers.values() for entry in country.values() if isinstance(entry, dict)]
    for text in (*numbers["default"].values(), *numbers["label"].values(), *named):
        yield "search/safety/emergency_numbers.toml", text


def updated(language: str) -> bytes:
    """The catalogue of a language with the texts of now, as it is to be written."""
    path = FOLDER / f"{language}.po"
    known = Catalog(locale=language.replace("-", "_"))
    if path.exists():
        with open(path, "rb") as file:
            known = read_po(file, locale=language.replace("-", "_"))
    known.update(collected(), no_fuzzy_matching=True)
    known.obsolete.clear()
    return _written(known)


def _table(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _written(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    write_po(buffer, catalogue, width=120, omit_header=True, include_lineno=False)
    return buffer.getvalue()


if __name__ == "__main__":
    TEMPLATE.write_bytes(_written(collected()))
    for language in LANGUAGES:
        if language != SOURCE:
            (FOLDER / f"{language}.po").write_bytes(updated(language))
