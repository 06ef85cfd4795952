"""The files behind a source, and their text."""

from __future__ import annotations

from pathlib import Path

from corpus.importers.options import Notes
from corpus.jsonl import BadLine


def files(path: Path, suffixes: tuple[str, ...], notes: Notes | None = None) -> list[Path]:
    """The file itself, or the folder's files that end so, in the order of their names, those in its folders too.

    Hidden files pass; other files are counted in `notes`, where given, as left out.
    """
    if not path.is_dir():
        return [path]
    found = sorted((file for file in path.rglob("*") if file.is_file()), key=Path.as_posix)
    shown = [file for file in found if not any(part.startswith(".") for part in file.relative_to(path).parts)]
    wanted = [file for file in shown if file.suffix.lower() in suffixes]
    if notes is not None and len(shown) > len(wanted):
        notes.left_out[f"files not named {', '.join(suffixes)}"] += len(shown) - len(wanted)
    return wanted


def text_of(path: Path, most: int) -> str | BadLine:
    """Text of a UTF-8 file, without a byte order mark; a BadLine where it is longer than `most` bytes or not UTF-8."""
    with open(path, "rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        return BadLine(str(path), 1, f"the file is larger than {most >> 20} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:  # counted without the mark, which may stand first
        line = error.object.count(b"\n", 0, error.start) + 1
        return BadLine(str(path), line, f"not UTF-8: byte 0x{error.object[error.start]:02x}; save the file as UTF-8")
