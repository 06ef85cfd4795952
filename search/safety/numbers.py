"""Whom to call, by country, from emergency_numbers.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from search.errors import SearchError

NUMBERS = Path(__file__).with_name("emergency_numbers.toml")


@cache
def contacts(country: str) -> Mapping[str, tuple[str, str]]:
    """(label, number or words) for each kind of contact in a country; empty: plain words for anywhere.

    The police are those whom the emergency number reaches, unless the country has another number for them.
    Raises SearchError for a country without a table: a wrong setting must not pass for none.
    """
    table = tomllib.loads(NUMBERS.read_text(encoding="utf-8"))
    default, labels = table.pop("default"), table.pop("label")
    codes = {code: entry for name, entry in table.items() for code in (name, *entry.get("also", ()))}
    code = country.strip().upper()
    if code and code not in codes:
        known = ", ".join(sorted(codes))
        raise SearchError(f"MEDQA_COUNTRY: no emergency numbers for {country!r}; expected one of {known}, or none")
    entry = default | codes.get(code, {})
    found = {kind: contact(label, entry[kind]) for kind, label in labels.items() if kind in entry}
    return {"police": found["emergency"]} | found


def contact(label: str, entry: str | Mapping[str, str]) -> tuple[str, str]:
    """(label, number) of one entry: a number under the usual label, or both."""
    return (label, entry) if isinstance(entry, str) else (entry["label"], entry["number"])
