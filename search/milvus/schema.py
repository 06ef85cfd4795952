"""What lies in Milvus: the collections of an index, their columns, and the keys of rows. Writers and readers share it.

An index `name` is three collections a version, and one alias that says which version is live:

<name>                      alias of the live version's about; moving it publishes
<name>_<version>_about      what is small and of the whole index: named texts in pieces (`search.milvus.about`)
<name>_<version>_records    a row a record
<name>_<version>_passages   a row a passage, with its vector

Rows are found again by what they hold, so that writing one twice leaves one: keys are 63 bits of a SHA-256.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from corpus.passages import Part
from search.filters import NAMED
from search.rows import PARTS

FORMAT = 1  # raise it when a column or a text changes its meaning
VERSION = re.compile(r"\d{8}T\d{12}Z")
MOST_TEXT = 65_535  # bytes of a text column, the most that Milvus allows
MOST_NAME = 512  # bytes of a value that is filtered by
MOST_TOPICS = 1_000  # of one record
MOST_ROWS = 16_384  # that one search or query gives back
KEYS = 1 << 63  # keys are whole numbers from 0 to below this, spread evenly
NO_FAMILY = -1  # `first` of a record that no other asks the same as


class Kind(Enum):
    """What a column holds."""

    WHOLE = auto()  # 64 bits
    NUMBER = auto()
    TEXT = auto()
    TEXTS = auto()
    VECTOR = auto()  # float32, compared by inner product
    SPARSE = auto()  # made by the server's BM25 from the column `stems`


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `size` is the most bytes of a text, or the dimension of a vector."""

    name: str
    kind: Kind
    size: int = 0
    key: bool = False


@dataclass(frozen=True, slots=True)
class Collections:
    """The names of the collections of one version of an index."""

    index: str
    version: str

    @property
    def about(self) -> str:
        return f"{self.index}_{self.version}_about"

    @property
    def records(self) -> str:
        return f"{self.index}_{self.version}_records"

    @property
    def passages(self) -> str:
        return f"{self.index}_{self.version}_passages"

    def all(self) -> tuple[str, str, str]:
        """All of them, the one that is written last at the end."""
        return self.passages, self.records, self.about


def versions_of(index: str, collections: Sequence[str]) -> list[str]:
    """Versions of an index, oldest first, of which any of these collections is; unfinished ones too."""
    form = re.compile(rf"{re.escape(index)}_({VERSION.pattern})_(?:about|records|passages)")
    return sorted({found[1] for name in collections if (found := form.fullmatch(name))})


# A collection must have a vector in Milvus 2.3; where none is needed this one stands, always (1, 0).
NOTHING = Column("nothing", Kind.VECTOR, 2)
NO_VECTOR = (1.0, 0.0)
FILTERED = (
    *(Column(name, Kind.TEXT, MOST_NAME) for name in NAMED),  # by `filter_key`
    Column("newest", Kind.WHOLE),  # `search.filters.day_number` of the newest date, 0 without one
)
ABOUT = (Column("key", Kind.TEXT, 256, key=True), Column("data", Kind.TEXT, MOST_TEXT), NOTHING)
RECORDS = (
    Column("row", Kind.WHOLE, key=True),  # `record_key`
    Column("id", Kind.TEXT, 200),
    Column("hash", Kind.TEXT, 64),  # `corpus.records.content_hash`
    Column("content", Kind.WHOLE),  # `content_key` of it
    Column("text", Kind.TEXT, MOST_TEXT),  # the record; this and the next three packed by `search.milvus.packing`
    Column("terms", Kind.TEXT, MOST_TEXT),  # every stem of it with how often it stands there
    Column("heading", Kind.TEXT, MOST_TEXT),  # the stems of its title
    Column("member", Kind.TEXT, MOST_TEXT),  # how it stands in its family; empty where it is in none
    Column("first", Kind.WHOLE),  # row of the family's first record, or NO_FAMILY
    Column("marks", Kind.WHOLE),  # `search.contrasts` of its heading
    Column("inferred", Kind.TEXT, MOST_NAME),  # the specialty inferred for it, or nothing
    Column("confidence", Kind.NUMBER),
    Column("topics", Kind.TEXTS, MOST_NAME),  # each once, by `topic_key`
    Column("title", Kind.TEXT, MOST_NAME),  # `title_key`
    *FILTERED,
    NOTHING,
)
# Where the server has BM25 (Milvus 2.5 and later): what `stems_text` gives, and what the server makes of it.
WORDS = (Column("stems", Kind.TEXT, MOST_TEXT), Column("bm25", Kind.SPARSE))


def passage_columns(dimension: int) -> tuple[Column, ...]:
    """The columns of passages whose vectors have this dimension."""
    return (
        Column("passage", Kind.WHOLE, key=True),  # `passage_key`
        Column("record", Kind.WHOLE),  # the record's `row`, and
        Column("content", Kind.WHOLE),  # its `content`: a passage counts only beside the record that it was cut from
        Column("part", Kind.WHOLE),  # number in `search.rows.PARTS`
        Column("answer", Kind.WHOLE),
        Column("start", Kind.WHOLE),
        Column("end", Kind.WHOLE),
        *FILTERED,
        Column("vector", Kind.VECTOR, dimension),
    )


def record_key(record_id: str) -> int:
    """Row of the record with this id."""
    return _key(record_id.encode())


def passage_key(record_id: str, digest: str, part: Part, answer: int, start: int) -> int:
    """Row of the passage that begins there in the record of this content hash: another content has other passages."""
    return _key(f"{record_id} {digest} {PARTS.index(part)} {answer} {start}".encode())


def content_key(digest: str) -> int:
    """Number that stands for a content hash, given as hex."""
    return int(digest[:16], 16) >> 1


def _key(text: bytes) -> int:
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big") >> 1


def filter_key(value: str) -> str:
    """A value as filters compare it: without case; one too long for its column stands there as its hash."""
    return _short(value.casefold())


def topic_key(topic: str) -> str:
    """A topic as shelves compare it: the letters A to Z without case."""
    return _short("".join(letter.lower() if letter.isascii() else letter for letter in topic))


def stems_text(stems: Sequence[str]) -> str:
    """The stems by which the server's BM25 proposes a record; of an endless page those that fit into the column."""
    text = " ".join(stems)
    data = text.encode()
    return text if len(data) <= MOST_TEXT else data[:MOST_TEXT].decode(errors="ignore").rpartition(" ")[0]


def title_key(title: str) -> str:
    """The beginning of a title without case, by which suggestions find it."""
    return title.casefold().encode()[:MOST_NAME].decode(errors="ignore")


def _short(text: str) -> str:
    data = text.encode()
    return text if len(data) <= MOST_NAME else hashlib.sha256(data).hexdigest()
