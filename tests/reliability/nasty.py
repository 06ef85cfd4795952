"""Bad input of every kind that has broken a service somewhere, and requests made at random from it."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

TEXTS = (
    "",
    " ",
    "\0",
    "a\0b",
    "\r\n\r\nGET / HTTP/1.1",
    "\ud800",
    "\udfff\ud800",
    "\ufeff",
    "\u202egnihctiwt pil",
    "مرحبا كيف حالك",
    "שלום עולם",
    "👩🏽‍⚕️" * 50,
    "🫀" * 2000,
    "e\u0301" * 500,
    "Z̸̡̛̈́͝a̷l̶g̵o̷",
    "ﷺ" * 300,
    "' OR 1=1; DROP TABLE records; --",
    '" UNION SELECT * FROM records --',
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "${jndi:ldap://127.0.0.1/a}",
    "%00%0d%0a",
    "%s%n%x",
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "C:\\boot.ini",
    "file:///etc/passwd",
    "-1",
    "0",
    "1e999",
    "NaN",
    "Infinity",
    "9" * 400,
    "0x7f",
    "१२",
    "2012-13-45",
    "0000-00-00",
    "9999-12-31",
    "1000-0001-01",
    "my chest hurts for 30ʼ now, in my 30ʼs",
    "for 3 dayſ",
    "40-49",
    "80+",
    "999-1",
    "true",
    "null",
    "(((((((((((((((((((((((((((((((((((((((((((((((((((((((((a",
    "a AND (b OR NOT c) text:* ~2 ^9 [a TO b] \\",
    "a " * 10_000,
    "x" * 20_001,
    "x" * 60_000,
    "lip",
    "Is lip twitching a stroke?",
    "my lip is twiching and I have uti",
    "chest pain",
)
NAMES = (
    *("q", "k", "offset", "specialty", "sex", "age", "source", "after", "before", "fold", "corrections", "expansions"),
    *("drop", "flip", "", "\0", "__proto__", "q[]", "Q", "👀", "x" * 300),
)
PATHS = (
    *("/", "/about", "/docs", "/api/search", "/api/suggest", "/api/specialties", "/api/openapi.json", "/readyz"),
    *("/healthz", "/metrics", "/static/site.css", "/static/../cli.py", "/static/%2e%2e/cli.py", "//", "/api", "/api/"),
)
WITH_ID = ("/qa/", "/api/records/", "/static/")
TAILS = ("", "", "/similar", "/related", "/x")
METHODS = ("GET", "GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW")
TYPES = (
    *("application/json", "application/json", "application/json; charset=utf-16", "text/plain", "", "x", "\xff"),
    *("application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "multipart/form-data"),
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as bytes where a client may send any."""

    method: str
    path: str
    query: str
    kind: str
    body: bytes


def request(chance: random.Random) -> Request:
    """One request made at random."""
    path = chance.choice(PATHS)
    if chance.random() < 0.3:
        path = chance.choice(WITH_ID) + escaped(chance.choice(TEXTS)[:300], chance) + chance.choice(TAILS)
    method = chance.choice(METHODS)
    pairs = [(chance.choice(NAMES), chance.choice(TEXTS)) for _ in range(chance.choice((0, 1, 2, 5)))]
    query = "&".join(f"{escaped(name, chance)}={escaped(text[:4000], chance)}" for name, text in pairs)
    return Request(method, path, query if chance.random() < 0.7 else "", chance.choice(TYPES), body(chance))


def escaped(text: str, chance: random.Random) -> str:
    """The text as it stands in an address, now and then not escaped enough."""
    whole = quote(text, safe="", errors="surrogatepass")
    return (
        whole if chance.random() < 0.9 else whole.replace("%", "%25", 1)[:500] + chance.choice(("", "%", "%f", "%ff"))
    )


def body(chance: random.Random) -> bytes:
    """A body: JSON, nearly JSON, a form, or noise."""
    match chance.randrange(6):
        case 0 | 1:
            value = {chance.choice(NAMES): json_value(chance, 3) for _ in range(chance.randrange(4))}
            return json.dumps(value | {"q": json_value(chance, 1)}).encode("utf-8", "surrogatepass")
        case 2:
            depth = chance.choice((10, 1000, 30_000))
            return chance.choice((b"[", b'{"q":')) * depth
        case 3:
            text = json.dumps({"q": chance.choice(TEXTS), "k": 3}).encode("utf-8", "surrogatepass")
            place = chance.randrange(len(text))
            return text[:place] + bytes([chance.randrange(256)]) + text[place + chance.randrange(3) :]
        case 4:
            pairs = [(chance.choice(NAMES), chance.choice(TEXTS)) for _ in range(3)]
            return "&".join(f"{escaped(n, chance)}={escaped(t, chance)}" for n, t in pairs).encode()
        case _:
            return chance.randbytes(chance.choice((0, 1, 100, 300_000)))


def json_value(chance: random.Random, depth: int) -> Any:
    """Any JSON value, not deeper than so many levels."""
    kind = chance.randrange(8 if depth else 5)
    match kind:
        case 0 | 1:
            return chance.choice(TEXTS)
        case 2:
            return chance.choice((0, 1, -1, 5, 100, 101, 10**9, 10**30, -(10**30), 1.5, 1e308))
        case 3:
            return chance.choice((True, False, None))
        case 4:
            return chance.choice(([], {}))
        case 5 | 6:
            return [json_value(chance, depth - 1) for _ in range(chance.randrange(4))]
        case _:
            return {chance.choice(NAMES): json_value(chance, depth - 1)}
