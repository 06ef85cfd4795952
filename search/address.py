"""Where an index lies: a folder on this machine, or a name in a Milvus elsewhere.

var/index                          a folder
milvus://host[:19530]/name         a server; milvus://user:password@host/name, or $MEDQA_MILVUS_TOKEN, where it asks who
milvus-lite:path/to/file.db/name   Milvus in this process, over a file: for tests and trials
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from search.errors import SearchError

SERVER, LITE = "milvus://", "milvus-lite:"
DEFAULT_PORT = 19530
NAME = re.compile(r"[A-Za-z0-9_]{1,60}")  # Milvus allows no others in the name of a collection
TOKEN = "MEDQA_MILVUS_TOKEN"
FORM = f"milvus://host[:{DEFAULT_PORT}]/name, its name of 1 to 60 letters, digits and _"


@dataclass(frozen=True, slots=True)
class MilvusAddress:
    """An index in Milvus: what the client connects to, the name of the index there, who asks. As text, no secret."""

    uri: str
    name: str
    token: str = field(default="", repr=False)

    def __str__(self) -> str:
        lite = not self.uri.startswith("http://")
        return f"{LITE}{self.uri}/{self.name}" if lite else f"{SERVER}{self.uri.removeprefix('http://')}/{self.name}"


Address = Path | MilvusAddress


def parse(text: str) -> Address:
    """The address that a text states; a text that does not begin like one of Milvus is a folder. Raises SearchError."""
    if not text.strip():  # else it would be the folder here
        raise SearchError(f"an empty text is no address of an index: give a folder, or {FORM}")
    if text.startswith(SERVER):
        return _server(text)
    if text.startswith(LITE):
        return _lite(text)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        raise SearchError(f"{shown(text)} is no address of an index: give a folder, or {FORM}")
    return Path(text)


def folder_of(address: Address) -> Path:
    """The folder at an address. Raises SearchError where the index lies elsewhere."""
    if isinstance(address, Path):
        return address
    raise SearchError(f"{address} is not a folder, which this command needs; give a folder as --index")


def _server(text: str) -> MilvusAddress:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port or DEFAULT_PORT
    except ValueError:
        host, port = None, 0
    name = parts.path.removeprefix("/") if host else ""
    if not host or not NAME.fullmatch(name) or parts.query or parts.fragment:
        how = "; in a password write / ? # as %2F %3F %23" if "@" in text else ""
        raise SearchError(f"{shown(text)} is no address of an index: expected {FORM}{how}")
    said = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
    host = f"[{host}]" if ":" in host else host
    return MilvusAddress(f"http://{host}:{port}", name, said or os.environ.get(TOKEN, ""))


def _lite(text: str) -> MilvusAddress:
    path, _, name = text.removeprefix(LITE).rpartition("/")
    if not path.endswith(".db") or not NAME.fullmatch(name):
        raise SearchError(f"{text} is no address of an index: expected {LITE}path/to/file.db/name")
    return MilvusAddress(path, name)


def shown(text: str) -> str:
    """The text of an address without what nobody should read."""
    return re.sub(r"//.*@", "//", text, flags=re.DOTALL)  # a password may have a slash in it, though it must not


def models_folder() -> Path:
    """Where the converted models of indexes elsewhere lie: $MEDQA_MODELS, else var/models.

    Each is in a folder named by the first 32 digits of its fingerprint.
    """
    return Path(os.environ.get("MEDQA_MODELS") or "var/models")
