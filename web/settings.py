"""What the people who run the site may set, read from the environment once, when it starts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from limits import parse_many

from search.errors import SearchError

SHORTEST_TOKEN = 16  # characters; a shorter one can be guessed
PREFIX = "MEDQA_"
ELSEWHERE = ("INDEX", "COUNTRY", "MODELS", "CACHE", "MILVUS_TOKEN", "OPERATOR_TOKEN_FILE")  # read by other parts
SITE = re.compile(r"https?://[\w.-]+(:\d+)?", re.ASCII)
LOG_FORMS = ("text", "json")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a running site; each is named in the environment as here, in capitals, after `MEDQA_`."""

    operator_token: str = ""  # opens the operators' pages; empty: there are none
    rate_limit: str = ""  # requests of one client, such as "120 per minute"; empty: no limit
    trusted_proxies: int = 0  # proxies in front, each of which adds one address to X-Forwarded-For
    waiting: int = 32  # requests that may wait for a thread; one more is answered 503
    patience: int = 5  # seconds that a request waits for a thread before it is answered 503
    slow_after: int = 10  # seconds in which a request must have been sent, and its answer made
    hung_after: int = 30  # seconds after which a worker whose answer does not come is replaced
    embed: str = ""  # sites that may frame the widget: "https://clinic.example https://library.example"; empty: none
    evaluation: str = ""  # a file that `python -m indexer evaluate --json` wrote: the chart on the operators' page
    log: str = "text"  # "json": one object a line, and a line for each request

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """The settings that stand in the environment. Raises SearchError for one that cannot be."""
        values: dict[str, Any] = {}
        for field in fields(cls):
            name = PREFIX + field.name.upper()
            text = environment.get(name, "").strip()
            if text:
                values[field.name] = _whole(name, text) if field.type == "int" else text
        found = cls(**{**values, "operator_token": _token(environment)})
        found.check()
        return found

    def check(self) -> None:
        """Raises SearchError for values that cannot be."""
        if self.operator_token and len(self.operator_token) < SHORTEST_TOKEN:
            raise SearchError(f"MEDQA_OPERATOR_TOKEN must have at least {SHORTEST_TOKEN} characters")
        if self.log not in LOG_FORMS:
            raise SearchError(f"MEDQA_LOG must be text or json, found {self.log}")
        for host in self.embed.split():
            if not SITE.fullmatch(host):
                raise SearchError(f"MEDQA_EMBED must name sites such as https://clinic.example, found {host[:100]}")
        for name in ("patience", "slow_after", "hung_after"):
            if getattr(self, name) < 1:
                raise SearchError(f"{PREFIX}{name.upper()} must be at least 1 second")
        if self.hung_after <= self.patience + self.slow_after:
            raise SearchError("MEDQA_HUNG_AFTER must be more than MEDQA_PATIENCE and MEDQA_SLOW_AFTER together")
        try:
            parse_many(self.rate_limit) if self.rate_limit else None
        except ValueError:
            raise SearchError(f'MEDQA_RATE_LIMIT must be such as "120 per minute", found "{self.rate_limit}"') from None


def _whole(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise SearchError(f"{name} must be a whole number from 0, found {text[:40]}")
    return int(text)


def _token(environment: Mapping[str, str]) -> str:
    """The operators' token, or what stands in the file that is named instead of it."""
    named = environment.get(PREFIX + "OPERATOR_TOKEN_FILE", "").strip()
    if not named:
        return environment.get(PREFIX + "OPERATOR_TOKEN", "").strip()
    try:
        return Path(named).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SearchError(f"MEDQA_OPERATOR_TOKEN_FILE: {named} cannot be read ({error})") from None


def unknown(environment: Mapping[str, str]) -> list[str]:
    """Names that look like a setting and are none: misspelt ones, mostly."""
    known = {PREFIX + field.name.upper() for field in fields(Settings)} | {PREFIX + name for name in ELSEWHERE}
    return sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
