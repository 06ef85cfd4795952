"""Zip files from strangers: entries are read into memory within limits; their names are never paths on this disk."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from corpus.errors import CorpusError
from corpus.jsonl import BadLine

MAX_ENTRIES = 100_000  # MedQuAD has 11,287
MAX_ENTRY_BYTES = 8 << 20  # its largest has 60 kB
MAX_TOTAL_BYTES = 512 << 20  # all of it 36 MB
MAX_RATIO = 100  # its densest entry shrinks to a 12th; text can reach a 30th, a bomb begins near a 1000th


def entries(path: Path, suffix: str) -> Iterator[tuple[str, bytes | BadLine]]:
    """Name and content of each entry that ends so, in the order of their names; a BadLine for one that is damaged.
    Hidden ones pass, as a Mac adds one beside each file.

    Raises CorpusError for a file that is no zip, and for one that would unpack to more than the limits allow.
    """
    with _opened(path) as archive:
        shown = [entry for entry in archive.infolist() if not PurePosixPath(entry.filename).name.startswith(".")]
        wanted = [entry for entry in shown if entry.filename.lower().endswith(suffix)]
        _check_limits(path, len(archive.infolist()), wanted)
        for entry in sorted(wanted, key=lambda entry: entry.filename):
            yield entry.filename, _content(path, archive, entry)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise CorpusError(f"{path} is not a good zip file ({error}); get it again") from None
    with archive:
        yield archive


def _check_limits(path: Path, count: int, wanted: list[zipfile.ZipInfo]) -> None:
    """Sizes are those that the zip states; zipfile reads no byte more of an entry than it states."""
    if count > MAX_ENTRIES:
        raise CorpusError(f"{path} was refused: it has {count:,} entries, more than {MAX_ENTRIES:,}")
    total = sum(entry.file_size for entry in wanted)
    if total > MAX_TOTAL_BYTES:
        raise CorpusError(f"{path} was refused: it unpacks to {total:,} bytes, more than {MAX_TOTAL_BYTES:,}")
    for entry in wanted:
        place = f"{path} was refused: the entry {entry.filename}"
        if entry.file_size > MAX_ENTRY_BYTES:
            raise CorpusError(f"{place} unpacks to {entry.file_size:,} bytes, more than {MAX_ENTRY_BYTES:,}")
        if entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise CorpusError(f"{place} unpacks to more than {MAX_RATIO} times its size, as a zip bomb does")


def _content(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | BadLine:
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError) as error:
        return BadLine(f"{path}/{entry.filename}", 1, f"the entry cannot be unpacked ({error})")
