"""How what is longer or other than a column of Milvus is written into columns, and read again. Nothing is cut off.

Bytes are compressed and written as base64. A text column holds 65,535 bytes: what is longer goes on in the about
collection, under keys made of the column, the row and its content, so that no reader joins pieces of two states.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from corpus.records import Record, from_json, to_json

PIECE = 49_000  # bytes of which the base64, with the number of pieces before it, fits into a column
Numbers = NDArray[np.uint32]


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


@dataclass(frozen=True, slots=True)
class Terms:
    """The stems of a record: n numbers, ascending, each with how often it stands there; and how many stand in all."""

    numbers: Numbers
    times: Numbers
    length: int

    @classmethod
    def of(cls, stems: Sequence[str]) -> Terms:
        """Those of a record's text."""
        counts: Counter[int] = Counter(map(number_of, stems))
        ordered = sorted(counts)
        return cls(np.array(ordered, np.uint32), np.array([counts[n] for n in ordered], np.uint32), len(stems))

    def pack(self) -> list[str]:
        """For the column `terms`."""
        return pack(np.concatenate(([self.length], self.numbers, self.times)).astype("<u4").tobytes())

    @classmethod
    def unpack(cls, pieces: Sequence[str]) -> Terms:
        """The same again. Raises ValueError."""
        found = np.frombuffer(unpack(pieces), "<u4")
        if len(found) % 2 != 1:
            raise ValueError(f"{len(found)} numbers are not a length and pairs")
        half = 1 + len(found) // 2
        return cls(found[1:half], found[half:], int(found[0]))


def number_of(stem: str) -> int:
    """The number that stands for a stem: its CRC-32."""
    return crc32(stem.encode())


def pack_numbers(stems: Iterable[str]) -> list[str]:
    """The stems of a title, each once, for the column `heading`."""
    return pack(np.array([number_of(stem) for stem in dict.fromkeys(stems)], "<u4").tobytes())


def unpack_numbers(pieces: Sequence[str]) -> Numbers:
    """Their numbers. Raises ValueError."""
    return np.frombuffer(unpack(pieces), "<u4")


def rows_of_more(column: str, row: Mapping[str, int], pieces: Sequence[str]) -> list[tuple[str, str]]:
    """Keys and data of the pieces after the first, for the about collection; `row` has `row` and `content`."""
    return [(more_key(column, row["row"], row["content"], n), piece) for n, piece in enumerate(pieces) if n]
