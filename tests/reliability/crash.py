"""One step on an index in a process of its own, which says when it begins what, and is killed at some moment.

Used by `tests.reliability.kills`; the processes come from a server that has everything imported, so that a step takes
a fifth of a second.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from unittest import mock

from corpus.records import Answer, Record
from indexer import build as building
from indexer import derive, together
from indexer import publish as publishing
from indexer.build import Changes, build, update
from indexer.erase import erase
from indexer.publish import rollback, writing
from search.layout import Layout
from tests.toy_encoder import WORDS, ToyEncoder

STEPS = ("build", "update", "publish", "rollback", "erase")
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.reliability.crash"])


@dataclass(frozen=True, slots=True)
class Step:
    """What is done, on which index, and the number by which its records are told apart from all others."""

    name: str
    root: Path
    number: int
    ontology: Path
    departments: Path


def records_of(number: int) -> list[Record]:
    """The records of a build: each says in which build it was made, in every part."""
    return [record_of(f"r{place}", number) for place in range(6)]


def record_of(name: str, number: int) -> Record:
    """One record of a build or an update with this number."""
    word = WORDS[int(name[1:]) % len(WORDS)]
    answer = Answer(f"{word} answer of {number}", f"Dr. {name} {number}", "Neurology", "2020-01-01")
    return Record(f"toy:{name}", title=f"{word} {number}", question=f"My {word}, {number}?", answers=(answer,))


def changes_of(number: int) -> Changes:
    """The changes of an update: one record new, one changed."""
    return Changes(put=[record_of("r0", number), record_of("r9", number)])


def run(step: Step, pipe: Connection) -> None:
    """Does the step; says `begun` first, and `publishing` where a build comes to that."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    layout, encoder = Layout(step.root), ToyEncoder()
    publish = publishing.publish

    def said(layout: Layout, version_id: str) -> None:
        pipe.send("publishing")
        publish(layout, version_id)

    with (
        mock.patch.object(derive, "ontology_file", return_value=step.ontology),
        mock.patch.object(derive, "departments_file", return_value=step.departments),
        mock.patch.object(together, "word_lists", return_value={}),
        mock.patch.object(building, "publish", said),
    ):
        pipe.send("begun")
        match step.name:
            case "build" | "publish":
                build(records_of(step.number), layout, encoder)
            case "update":
                update(changes_of(step.number), layout, encoder)
            case "rollback":
                with writing(layout):
                    rollback(layout)
            case "erase":
                erase(frozenset({"toy:r1"}), layout, encoder)
    pipe.send("done")


def outcome(before: dict[str, Record], older: dict[str, Record] | None, step: Step) -> dict[str, Record]:
    """The records that the index holds when the step was done, by id."""
    match step.name:
        case "build" | "publish":
            return {record.id: stored(record) for record in records_of(step.number)}
        case "update":
            return before | {record.id: stored(record) for record in changes_of(step.number).put}
        case "rollback":
            return before if older is None else older
        case _:
            return {record_id: record for record_id, record in before.items() if record_id != "toy:r1"}


def stored(record: Record) -> Record:
    """The record as it comes back: its specialty is its first answer's."""
    return replace(record, specialty=record.specialty or record.answers[0].specialty)
