"""Writes records into the collections of one version: what is written twice stands there once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from corpus.records import Record, content_hash
from indexer.derive import Pieces
from indexer.folder import say
from indexer.milvus.batches import by_size, some
from indexer.milvus.rows import Row, packed_member, passage_rows, record_row
from search.errors import IndexRefused
from search.milvus.client import Client
from search.milvus.connection import OPEN_S
from search.milvus.filters import both, in_numbers, in_texts, quoted
from search.milvus.packing import more_key, pieces_of, rows_of_more, unpack_record
from search.milvus.schema import (
    MOST_ROWS,
    NO_FAMILY,
    NO_VECTOR,
    NOTHING,
    RECORDS,
    WORDS,
    Collections,
    content_key,
    record_key,
)

PACKED = ("text", "terms", "heading", "member")  # columns that may go on in the about collection
TEXTS_AT_ONCE = 500  # records whose texts one answer brings,
ROWS_AT_ONCE = 200  # records that one expression names,
LIKE_AT_ONCE = 25  # and whose later pieces one expression asks for
KEYS_AT_ONCE = 1_000  # keys that one expression names


@dataclass(frozen=True, slots=True)
class Held:
    """A record that stands in a collection: its content hash, and the row of its family's first record."""

    hash: str
    first: int


class Loader:
    """The collections of one version, for a writer. Whatever is done twice leaves what doing it once leaves.

    Every method raises HomeLost.
    """

    def __init__(self, client: Client, names: Collections) -> None:
        self.client, self.names = client, names

    def put(self, pieces: Pieces, firsts: Mapping[str, int]) -> None:
        """Writes records with their passages; `firsts` is the row of the first of a record's family, by id.

        A record's own row comes last: where it stands, all else of the record does.
        """
        rows = [
            record_row(record, firsts.get(record.id, NO_FAMILY), pieces.inferred.get(place), self.client.has_words)
            for place, record in enumerate(pieces.records)
        ]
        self._upsert(self.names.passages, _passages(pieces))
        self.write_about(pair for row in rows for pair in row.more)
        self._upsert(self.names.records, (row.columns for row in rows))

    def tidy(self, records: Iterable[Record]) -> None:
        """Removes what earlier states of these records left: all that belongs to another content of theirs."""
        for each in some(records, ROWS_AT_ONCE):
            self._forget({record_key(record.id): content_key(content_hash(record)) for record in each})

    def remove(self, ids: Iterable[str]) -> None:
        """Removes records: their own rows first, so that none is found while the rest of it goes."""
        for each in some(ids, ROWS_AT_ONCE):
            rows = [record_key(record_id) for record_id in each]
            self.client.delete(self.names.records, in_numbers("row", rows))
            self._forget(dict.fromkeys(rows, -1))

    def amend(self, firsts: Mapping[str, int]) -> None:
        """Moves records, given by id, to the families that begin with these rows; all else of them stays."""
        columns = [column.name for column in RECORDS if column.name != NOTHING.name]
        columns += [WORDS[0].name] if self.client.has_words else []
        for ids in some(sorted(firsts), ROWS_AT_ONCE):
            rows = self._query(self.names.records, in_numbers("row", map(record_key, ids)), columns)
            for row, record in zip(rows, self.read(rows), strict=True):
                member = packed_member(record, firsts[record.id])
                self.write_about(rows_of_more("member", row, member))
                row |= {"first": firsts[record.id], "member": member[0], NOTHING.name: list(NO_VECTOR)}
            self._upsert(self.names.records, rows)

    def held(self) -> dict[str, Held]:
        """Every record that stands there, by id."""
        count = self.client.count(self.names.records)
        rows = self.client.scan(self.names.records, "row", ("id", "hash", "first"), count, strong=True)
        return {row["id"]: Held(row["hash"], row["first"]) for row in rows}

    def records(self) -> Iterator[Record]:
        """Every record that stands there, in no order."""
        keys = sorted(record_key(record_id) for record_id in self.held())
        for each in some(keys, TEXTS_AT_ONCE):
            rows = self._query(self.names.records, in_numbers("row", each), ("row", "content", "text"))
            yield from self.read(rows)

    def read(self, rows: Collection[Row]) -> list[Record]:
        """The records of rows with `row`, `content` and `text`. Raises IndexRefused where a piece is not there."""
        later = {row["row"]: _later_keys(row) for row in rows}
        more = self.read_about(key for keys in later.values() for key in keys)
        found = []
        for row in rows:
            try:
                found.append(unpack_record([row["text"], *(more[key] for key in later[row["row"]])]))
            except (KeyError, ValueError) as error:
                raise IndexRefused(f"{self.names.records}: row {row['row']} is not whole ({error}); build it") from None
        return found

    def passages(self, rows: Collection[int], columns: Iterable[str]) -> list[Row]:
        """The passages of the records in these rows, all of them, in no order."""
        wanted = tuple(dict.fromkeys(("passage", "record", *columns)))
        return self._all(self.names.passages, in_numbers("record", rows), wanted)

    def write_about(self, rows: Iterable[tuple[str, str]]) -> None:
        """Writes rows, given as keys and data, into the about collection."""
        nothing = list(NO_VECTOR)
        self._upsert(self.names.about, ({"key": key, "data": data, NOTHING.name: nothing} for key, data in rows))

    def read_about(self, keys: Iterable[str]) -> dict[str, str]:
        """Data by key, of those of the keys that stand in the about collection."""
        return self.client.texts(self.names.about, sorted(keys), strong=True, seconds=OPEN_S)

    def forget_about(self, keys: Iterable[str]) -> None:
        """Removes rows of the about collection."""
        for each in some(keys, KEYS_AT_ONCE):
            self.client.delete(self.names.about, in_texts("key", each))

    def about_like(self, beginnings: Iterable[str]) -> list[str]:
        """The keys in the about collection that begin with any of these; quotes and wildcards are none of theirs."""
        where = " or ".join(f'key like "{beginning}%"' for beginning in beginnings)
        return [row["key"] for row in self._all(self.names.about, f"({where})", ("key",))]

    def flush(self) -> None:
        """Returns when records and passages are sealed on the server's disk, and indexed; its log had them before."""
        say("waiting until the server has indexed what was written")
        with ThreadPoolExecutor(2) as pool:  # it takes seconds, however little there is
            list(pool.map(self.client.flush, (self.names.passages, self.names.records)))
            list(pool.map(self.client.settle, (self.names.passages, self.names.records)))

    def _forget(self, contents: Mapping[int, int]) -> None:
        """Removes what stands of records, by row, but does not belong to the given content of theirs."""
        held = self.passages(contents, ("passage", "record", "content"))
        strange = [row["passage"] for row in held if row["content"] != contents[row["record"]]]
        for keys in some(strange, KEYS_AT_ONCE):
            self.client.delete(self.names.passages, in_numbers("passage", keys))
        gone = []
        for rows in some(contents, LIKE_AT_ONCE):
            for key in self.about_like(f"{column}/{row}/" for row in rows for column in PACKED):
                _, number, content, _ = key.split("/")
                gone += [key] if int(content) != contents[int(number)] else []
        self.forget_about(gone)

    def _all(self, collection: str, where: str, columns: Sequence[str]) -> list[Row]:
        """Every row that passes, in no order, however many; the first column is the key."""
        found = self._query(collection, where, columns)
        if len(found) < MOST_ROWS:
            return found
        middle = sorted(row[columns[0]] for row in found)[(len(found) - 1) // 2]
        del found  # before as much again is read: half an answer at least from each side of the middle
        edge = quoted(middle) if isinstance(middle, str) else middle
        below, above = (both(f"{columns[0]} {sign} {edge}", where) for sign in ("<=", ">"))
        return self._all(collection, below, columns) + self._all(collection, above, columns)

    def _query(self, collection: str, where: str, columns: Iterable[str]) -> list[Row]:
        return self.client.query(collection, where, tuple(columns), strong=True, seconds=OPEN_S)

    def _upsert(self, collection: str, rows: Iterable[Row]) -> None:
        for each in by_size(rows):
            self.client.upsert(collection, each)


def _later_keys(row: Row) -> list[str]:
    return [more_key("text", row["row"], row["content"], piece) for piece in range(1, pieces_of(row["text"]))]


def _passages(pieces: Pieces) -> Iterator[Row]:
    places: list[list[int]] = [[] for _ in pieces.records]
    for at, (row, _) in enumerate(pieces.passages):
        places[row].append(at)
    for record, own in zip(pieces.records, places, strict=True):
        yield from passage_rows(record, [pieces.passages[at][1] for at in own], pieces.vectors[own])
