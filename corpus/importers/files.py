"""The files behind a source, and their text."""

from __future__ import annotations

from pathlib import Path

from corpus.importers.options import Notes
from corpus.jsonl import BadLine

PACKED = {
    b"\x1f\x8b": "a gzip file",
    b"PK\x03\x04": "a zip file or a spreadsheet",
    b"\xd0\xcf\x11\xe0": "a spreadsheet",
}


def packed(start: bytes) -> str:
    """What a file that starts so is said to be where it is no text, and what to do; empty where it may be text."""
    kind = next((kind for mark, kind in PACKED.items() if start.startswith(mark)), "")
    return f"{kind}, not text; unpack it, or save it as text in UTF-8" if kind else ""


def files(path: Path, suffixes: tuple[str, ...], notes: Notes | None = None) -> list[Path]:
    """The file itself, or the folder's files that end so, in the order of their names, those in its folders too.

    Hidden files pass; other files, and links to folders, are counted in `notes`, where given, as left out.
    """
    if not path.is_dir():
        return [path]
    found = sorted((file for file in path.rglob("*") if file.is_symlink() or not file.is_dir()), key=Path.as_posix)
    shown = [file for file in found if not any(part.startswith(".") for part in file.relative_to(path).parts)]
    linked = sum(file.is_dir() for file in shown)
    # A link that leads nowhere is wanted: reading it says so.
    wanted = [file for file in shown if file.suffix.lower() in suffixes and (file.is_file() or not file.exists())]
    if notes is not None:
        others = {
            f"files not named {', '.join(suffixes)}": len(shown) - len(wanted) - linked,
            "links to folders": linked,
        }
        notes.left_out.update({what: count for what, count in others.items() if count})
    return wanted


def text_of(path: Path, most: int) -> str | BadLine:
    """Text of a UTF-8 file, without a byte order mark; a BadLine where it is longer than `most` bytes, packed or not
    UTF-8."""
    with open(path, "rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        return BadLine(str(path), 1, f"the file is larger than {most >> 20} MiB")
    if kind := packed(data):
        return BadLine(str(path), 1, kind)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:  # counted without the mark, which may stand first
        line = error.object.count(b"\n", 0, error.start) + 1
        return BadLine(str(path), line, f"not UTF-8: byte 0x{error.object[error.start]:02x}; save the file as UTF-8")
