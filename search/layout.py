"""Where everything of an index lies on disk, and the manifest that says how a version of it was made.

index/CURRENT              id of the published version (one line); replacing this file publishes
index/versions/<id>/       one immutable version: the files of `Version`
index/cache/               embeddings by model and content, shared by all versions
index/models/<digest>/     the encoder, converted to run without torch
index/lock                 held by the one writer
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from search.errors import IndexRefused

FORMAT = 2  # raise it when a version's files change their meaning


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

    def model(self, fingerprint: str) -> Path:
        return self.root / "models" / fingerprint[:32]

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    def version(self, version_id: str) -> Version:
        return Version(self.versions / version_id)

    def published(self) -> str | None:
        """Id of the published version; None where nothing was published yet."""
        try:
            return self.current.read_text().strip() or None
        except FileNotFoundError:
            return None

    def history(self) -> list[str]:
        """Ids of the versions on disk, oldest first; folders of unfinished builds do not count."""
        if not self.versions.is_dir():
            return []
        return sorted(path.parent.name for path in self.versions.glob("*/manifest.json") if path.parent.name[0] != ".")


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
    def lexical(self) -> Path:
        return self.root / "lexical"

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

    def files(self) -> Iterator[Path]:
        """Every file of the version but the manifest, sorted by name."""
        return (path for path in sorted(self.root.rglob("*")) if path.is_file() and path != self.manifest)


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Which encoder made the vectors: its name, the SHA-256 over its files, its dimension and its token limit."""

    name: str
    fingerprint: str
    dimension: int
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """How a version was made, what it holds, and the SHA-256 of each of its files."""

    format: int
    id: str
    built: str
    model: ModelCard
    records: int
    passages: dict[str, int]
    corpus: str
    files: dict[str, str]

    def save(self, version: Version) -> None:
        version.manifest.write_text(json.dumps(asdict(self), indent=2, sort_keys=True) + "\n")

    @classmethod
    def load(cls, version: Version) -> Manifest:
        """Manifest of a version. Raises IndexRefused when it is missing, broken or of another format."""
        try:
            value = json.loads(version.manifest.read_text())
            found = value["format"]
            if found == FORMAT:
                return cls(**{**value, "model": ModelCard(**value["model"])})
        except FileNotFoundError:
            raise IndexRefused(f"{version.root} has no manifest; build the index again") from None
        except (ValueError, KeyError, TypeError) as error:
            raise IndexRefused(f"{version.manifest} cannot be read ({error}); roll back or build again") from None
        raise IndexRefused(f"{version.root}: expected index format {FORMAT}, found {found}; build the index again")


def file_hash(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
