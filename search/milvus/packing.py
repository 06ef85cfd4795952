"""How what is longer or other than a column of Milvus is written into columns, and read again. Nothing is cut off.

Bytes are compressed and written as base64. A text column holds 65,535 bytes: what is longer goes on in the about
collection, under keys made of the column, the row and its content, so that no reader joins pieces of two states.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from corpus.records import Record, from_json, to_json
from search.terms import Numbers, Terms, number_of

PIECE = 49_000  # bytes of which the base64, with the number of pieces before it, fits into a column


def pack(data: bytes) -> list[str]:
    """The pieces of some bytes, each for a text column; the first says how many there are. Never none."""
    packed = zlib.compress(data)
    cut = [packed[at : at + PIECE] for at in range(0, len(packed), PIECE)]
    first, *others = (base64.b64encode(piece).decode() for piece in cut)
    return [f"{len(cut)}:{first}", *others]


def pieces_of(first: str) -> int:
    """How many pieces there are, of which this is the first. Raises ValueError."""
    return int(first.partition(":")[0])


def unpack(pieces: Sequence[str]) -> bytes:
    """The bytes that `pack` was given. Raises ValueError where a piece is missing or was changed."""
    if not pieces or pieces_of(pieces[0]) != len(pieces):
        raise ValueError(f"expected {pieces_of(pieces[0]) if pieces else 'some'} pieces, found {len(pieces)}")
    first = pieces[0].partition(":")[2]
    try:
        return zlib.decompress(b"".join(base64.b64decode(piece, validate=True) for piece in (first, *pieces[1:])))
    except zlib.error as error:
        raise ValueError(str(error)) from None


def more_key(column: str, row: int, content: int, piece: int) -> str:
    """Key in the about collection of a later piece (1, 2 ...) of a column of a record's row."""
    return f"{column}/{row}/{content}/{piece}"


def pack_record(record: Record) -> list[str]:
    """A record for the column `text`."""
    return pack(json.dumps(to_json(record), ensure_ascii=False).encode())


def unpack_record(pieces: Sequence[str]) -> Record:
    """The record again. Raises ValueError."""
    return from_json(json.loads(unpack(pieces)))


def pack_terms(terms: Terms) -> list[str]:
    """The stems of a record for the column `terms`."""
    return pack(np.concatenate(([terms.length], terms.numbers, terms.times)).astype("<u4").tobytes())


def unpack_terms(pieces: Sequence[str]) -> Terms:
    """The same again. Raises ValueError."""
    found = np.frombuffer(unpack(pieces), "<u4")
    if len(found) % 2 != 1:
        raise ValueError(f"{len(found)} numbers are not a length and pairs")
    half = 1 + len(found) // 2
    return Terms(found[1:half], found[half:].astype(np.uint16), int(found[0]))


def pack_numbers(stems: Iterable[str]) -> list[str]:
    """The stems of a title, each once, for the column `heading`."""
    return pack(np.array([number_of(stem) for stem in dict.fromkeys(stems)], "<u4").tobytes())


def unpack_numbers(pieces: Sequence[str]) -> Numbers:
    """Their numbers. Raises ValueError."""
    return np.frombuffer(unpack(pieces), "<u4")


def rows_of_more(column: str, row: Mapping[str, int], pieces: Sequence[str]) -> list[tuple[str, str]]:
    """Keys and data of the pieces after the first, for the about collection; `row` has `row` and `content`."""
    return [(more_key(column, row["row"], row["content"], n), piece) for n, piece in enumerate(pieces) if n]
