"""Where everything of an index lies on disk, and the manifest that says how a version of it was made.

index/CURRENT              id of the published version (one line); replacing this file publishes
index/versions/<id>/       one immutable version: the files of `Version`
index/cache/               embeddings by model and content, shared by all versions
index/models/<digest>/     the encoder, converted to run without torch
index/checked/<id>.json    which files of a version were found whole on this machine; may be removed at any time
index/staging/             records on their way to a cluster, while a build runs there
index/lock                 held by the one writer
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from search import checked
from search.errors import IndexRefused

FORMAT = 5  # raise it when a version's files change their meaning
WAY_OUT = "roll back or build the index again"
VERSION_ID = r"\w[\w.-]{0,63}"  # a folder's name and no path


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of an index folder."""

    root: Path

    @property
    def current(self) -> Path:
        return self.root / "CURRENT"

    @property
    def versions(self) -> Path:
        return self.root / "versions"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @property
    def staging(self) -> Path:
        return self.root / "staging"

    @property
    def models(self) -> Path:
        return self.root / "models"

    def model(self, fingerprint: str) -> Path:
        return model_in(self.models, fingerprint)

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    def version(self, version_id: str) -> Version:
        return Version(self.versions / version_id)

    def published(self) -> str | None:
        """Id of the published version; None where nothing was published yet.

        Raises IndexRefused for what is no id, and where a file is in the folder's place.
        """
        try:
            found = self.current.read_bytes().strip().decode("ascii", "backslashreplace")
        except FileNotFoundError:
            return None
        except NotADirectoryError:
            raise IndexRefused(f"{self.root} is no folder, and holds no index; give another --index") from None
        if found and not re.fullmatch(VERSION_ID, found):
            raise IndexRefused(f"{self.current} names no version; roll back or build the index again")
        return found or None

    def nothing_live(self) -> str:
        """What to say where no version is published: whether there is one to go back to, and how."""
        if left := self.history():
            go_back = f"python -m indexer rollback --index {self.root}"
            return f"no version in {self.root} is live, but {left[-1]} is there; make it live with: {go_back}"
        return f"there is no index in {self.root}; build one with: python -m indexer build RECORDS --index {self.root}"

    def history(self) -> list[str]:
        """Ids of the versions on disk, oldest first; folders of unfinished builds do not count."""
        if not self.versions.is_dir():
            return []
        return sorted(path.parent.name for path in self.versions.glob("*/manifest.json") if path.parent.name[0] != ".")

    def older(self) -> list[str]:
        """Ids of the versions on disk from before the published one, oldest first; all where none is published."""
        known = self.history()
        try:
            current = self.published()
        except IndexRefused:
            current = None
        return [version_id for version_id in known if current not in known or version_id < (current or "")]


@dataclass(frozen=True, slots=True)
class Version:
    """The files of one version of an index."""

    root: Path

    @property
    def manifest(self) -> Path:
        return self.root / "manifest.json"

    @property
    def records(self) -> Path:
        return self.root / "records.sqlite"

    @property
    def passages(self) -> Path:
        return self.root / "passages.npy"

    @property
    def dense(self) -> Path:
        return self.root / "dense"

    @property
    def spans(self) -> Path:
        return self.root / "spans.npy"

    @property
    def lexical(self) -> Path:
        return self.root / "lexical"

    @property
    def terms(self) -> Path:
        return self.root / "terms"

    @property
    def headings(self) -> Path:
        return self.root / "headings"

    @property
    def columns(self) -> Path:
        return self.root / "columns"

    @property
    def lay_terms(self) -> Path:
        return self.root / "lay_terms.json"

    @property
    def families(self) -> Path:
        return self.root / "families.sqlite"

    @property
    def specialties(self) -> Path:
        return self.root / "specialties.sqlite"

    @property
    def vocabulary(self) -> Path:
        return self.root / "vocabulary.tsv"

    @property
    def words(self) -> Path:
        return self.root / "words"

    @property
    def map(self) -> Path:
        return self.root / "map.npy"

    @property
    def checked(self) -> Path:
        """Which of its files were found whole on this machine, beside the versions: nothing that belongs to it."""
        return self.root.parent.parent / "checked" / f"{self.root.name}.json"

    def files(self) -> Iterator[Path]:
        """Every file of the version but the manifest, sorted by name."""
        return (path for path in sorted(self.root.rglob("*")) if path.is_file() and path != self.manifest)

    def hashes(self) -> dict[str, str]:
        """SHA-256 of each of these files, by its path within the version."""
        return {str(path.relative_to(self.root)): file_hash(path) for path in self.files()}


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Which encoder made the vectors: its name, the SHA-256 over its files, its dimension and its token limit.

    `kind` says in which numbers it was run: one of `search.runtimes.KINDS`.
    """

    name: str
    fingerprint: str
    dimension: int
    max_tokens: int
    kind: str = "f32"


@dataclass(frozen=True, slots=True)
class Manifest:
    """How a version was made, what it holds, and the SHA-256 of each of its files.

    `dense` says how each view is searched and what recall was measured: the fields of `search.nearest.Plan`. `memory`
    is how many bytes the indexes over the vectors were allowed in all; 0: nobody said.
    """

    format: int
    id: str
    built: str
    model: ModelCard
    records: int
    passages: dict[str, int]
    dense: dict[str, dict[str, Any]]
    corpus: str
    files: dict[str, str]
    memory: int = 0

    def save(self, version: Version) -> None:
        value = asdict(self)
        if not self.memory:  # so that a program from before there was such a field reads it
            del value["memory"]
        version.manifest.write_text(seal(value))

    @classmethod
    def load(cls, version: Version) -> Manifest:
        """Manifest of a version. Raises IndexRefused when it is missing, broken or of another format."""
        try:
            text = version.manifest.read_text()
            found = json.loads(text)["format"]
            if found == FORMAT:
                value = unseal(text)
                return cls(**{**value, "model": ModelCard(**value["model"])})
        except FileNotFoundError:
            raise IndexRefused(f"{version.root} has no manifest; roll back or build the index again") from None
        except (ValueError, KeyError, TypeError) as error:
            raise IndexRefused(f"{version.manifest} cannot be read ({error}); roll back or build again") from None
        raise IndexRefused(f"{version.root}: expected index format {FORMAT}, found {found}; build the index again")

    def check_files(self, version: Version, again: bool = False) -> None:
        """Raises IndexRefused when a file of the version is not there, is one too many, or was changed.

        Those found whole before, and not touched since, are not read, unless `again` (`search.checked`).
        """
        found = {str(path.relative_to(version.root)): path for path in version.files()}
        for name in sorted(found.keys() ^ self.files.keys()):
            what = "not in the manifest; remove it" if name in found else f"missing; {WAY_OUT}"
            raise IndexRefused(f"{version.root / name} is {what}")
        known, states = {} if again else checked.known(version.checked), {}
        for name, path in found.items():
            said, state = f"{name} {self.files[name]}", checked.state_of(path)
            if known.get(said) != state and (digest := file_hash(path)) != self.files[name]:
                raise IndexRefused(
                    f"{path} was changed: expected {self.files[name][:12]}, found {digest[:12]}; {WAY_OUT}"
                )
            states[said] = state
        checked.note(version.checked, states)


def model_in(models: Path, fingerprint: str) -> Path:
    """Where a converted model lies in a folder of them."""
    return models / fingerprint[:32]


def seal(value: Mapping[str, Any]) -> str:
    """The value as JSON with the SHA-256 of the rest as `seal`; its own text for the same value."""
    rest = {name: item for name, item in value.items() if name != "seal"}
    digest = hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
    return json.dumps({**rest, "seal": digest}, indent=2, sort_keys=True) + "\n"


def unseal(text: str) -> dict[str, Any]:
    """The value of a text that `seal` made. Raises ValueError when a character of it is another one."""
    value = json.loads(text)
    if not isinstance(value, dict) or seal(value) != text:
        raise ValueError("it was changed since it was written")
    return {name: item for name, item in value.items() if name != "seal"}


def file_hash(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
