"""The emergency notice in the language of the request. What raises it reads English messages all the same."""

from __future__ import annotations

import os
from typing import Any

from search.safety import contacts
from search.safety.rules import load
from web.languages import SOURCE, current
from web.languages import gettext as translated


def in_language(notice: dict[str, Any] | None) -> dict[str, Any] | None:
    """The notice with its words translated; as it is in the language of the rules, or where a word has no translation.

    Numbers stand in the text where the rule has `{emergency}` and `{police}`: those of the country in `MEDQA_COUNTRY`.
    """
    rules = load()
    if notice is None or current() == SOURCE or all(rule.kind != notice["kind"] for rule in rules.rules):
        return notice
    whom = contacts(os.environ.get("MEDQA_COUNTRY", ""))
    numbers = {kind: translated(whom[kind][1]) for kind in ("emergency", "police")}
    return notice | {
        "title": translated(notice["title"]),
        "text": " ".join(map(translated, rules.texts(notice["kind"], notice["also"]))).format(**numbers),
        "actions": [{name: translated(text) for name, text in action.items()} for action in notice["actions"]],
    }
