"""What all records give together, found by a process beside this one: their words, vocabulary and families."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from corpus.records import Record
from indexer.families import families
from indexer.ontology import ontology_file
from indexer.vocabulary import vocabulary, word_lists
from search.errors import SearchError
from search.meaning import common_words

FEW = 2_000  # records; a process takes longer to start than fewer of them take
SPAWN = multiprocessing.get_context("spawn")  # the libraries that are loaded here do not survive a fork


@dataclass(frozen=True, slots=True)
class Together:
    """The words that have vectors, how often each known word is met, and the rows that ask the same."""

    words: Sequence[str]
    vocabulary: dict[str, int]
    families: Sequence[Sequence[int]]


def together(records: Sequence[Record], encoder_words: Sequence[str]) -> Together:
    """What these records, sorted by id, give together; `encoder_words` are those that the encoder knows."""
    lists = word_lists(ontology_file(), encoder_words)
    return Together(common_words(records), vocabulary(records, lists), families(records))


def begin(records: Sequence[Record], encoder_words: Sequence[str]) -> Callable[[], Together]:
    """The same, begun now where there are many records and a core is free, and given by a call of what is returned.

    Raises SearchError then, also where the process beside this one failed or ended.
    """
    if len(records) < FEW or len(os.sched_getaffinity(0)) == 1:
        found = together(records, encoder_words)
        return lambda: found
    own, other = SPAWN.Pipe()
    process = SPAWN.Process(target=_work, args=(other,), daemon=True)
    process.start()
    other.close()
    box: list[Together | SearchError] = []
    waiting = threading.Thread(target=lambda: box.append(_asked(own, records, encoder_words)), daemon=True)
    waiting.start()

    def result() -> Together:
        waiting.join()
        process.join()
        [found] = box
        if isinstance(found, SearchError):
            raise found
        return found

    return result


def _asked(connection: Connection, records: Sequence[Record], encoder_words: Sequence[str]) -> Together | SearchError:
    with connection:  # closed, it ends a process that waits for what cannot be sent
        try:
            connection.send((records, encoder_words))
            found: Together | SearchError = connection.recv()
        except (EOFError, OSError):
            return SearchError("the process that gathers words ended early (no memory?); run the command again")
        except Exception as error:  # what cannot be packed or unpacked
            return _failure(error)
    return found


def _work(connection: Connection) -> None:
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # two processes do not share a bar
    with suppress(OSError):  # whoever asked is gone
        try:
            connection.send(together(*connection.recv()))
        except SearchError as error:
            connection.send(error)
        except MemoryError:
            raise  # the process ends, and the other one says why
        except Exception as error:  # whatever it is, the other process says it
            connection.send(_failure(error))


def _failure(error: Exception) -> SearchError:
    """An error nobody foresaw in one line, with the place where it happened; its note is the traceback."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}, line {frame.lineno}"
    said = " ".join(f"{type(error).__name__}: {error}".split())
    found = SearchError(f"gathering words failed with {said} ({place}); run it again, report it if it stays")
    found.add_note("".join(traceback.format_exception(error)))
    return found
