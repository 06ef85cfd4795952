"""`evaluate-specialty`: how often the specialty inferred is the one stated, hidden for it, or the one expected."""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from corpus.arguments import path
from corpus.jsonl import keep_sources, replacing
from corpus.records import Record
from indexer.cache import EmbeddingCache
from indexer.convert import open_encoder
from indexer.cuts import cut_record
from indexer.embed import embed
from indexer.evaluate import read_records
from indexer.gate import read_figures
from indexer.models import EMBEDDED_MODEL
from indexer.publish import writing
from indexer.specialty import LEAST, Departments, confidences, departments_file, mean_vectors, named, score
from search.address import folder_of
from search.command import WrongUsage, index_option
from search.encoder import Encoder
from search.errors import SearchError
from search.hits import Inferred
from search.layout import Layout
from search.rows import PassageTable

STEPS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # least confidences at which the figures are told
CONFUSED = 12  # pairs of stated and inferred that are listed
SEED = 5


@dataclass(frozen=True, slots=True)
class Guess:
    """A record, the department that is right for it (empty if nobody said), and what is inferred with how surely."""

    record: Record
    right: str
    best: Inferred


def add_command(commands: Any) -> None:
    """Adds the command to the indexer's parser."""
    command = commands.add_parser("evaluate-specialty", help="measure the specialties inferred for these records")
    command.add_argument("records", nargs="+", type=path, metavar="RECORDS", help="a file of records")
    command.add_argument("--expected", metavar="S", help="the specialty of all of them, where the records state none")
    command.add_argument("--ids", default="", metavar="PREFIX", help="only records whose id begins so")
    command.add_argument("--most", type=int, default=300, help="at most so many, drawn by chance")
    command.add_argument("--name", default="records", help="what the figures are called in the JSON")
    command.add_argument(
        "--model", help=f"the model to embed with (default: {EMBEDDED_MODEL}); vectors are kept in the cache of --index"
    )
    command.add_argument("--list", action="store_true", help="print each record with what is inferred, to be read")
    command.add_argument("--json", type=path, metavar="FILE", help="write the figures there, beside other names' own")
    index_option(command)
    command.set_defaults(action=_evaluate)


def guesses(records: Sequence[Record], expected: str, encoder: Encoder, cache: EmbeddingCache) -> list[Guess]:
    """The best department of each record, with the specialty that it states out of sight."""
    passages = [(row, passage) for row, record in enumerate(records) for passage in cut_record(record, encoder)]
    vectors = embed([passage.embedded for _, passage in passages], encoder, cache).vectors
    table = PassageTable.build(passages)
    departments = Departments.read(departments_file())
    said = embed(departments.sentences, encoder, cache, "sentences on departments").vectors
    means = mean_vectors(table, vectors, range(len(records)))
    shares = confidences(score(records, means, departments, said))
    best = (Inferred(departments.names[row.argmax()], float(row.max())) for row in shares)
    return [Guess(record, record.specialty or expected, item) for record, item in zip(records, best, strict=True)]


def figures(found: Sequence[Guess]) -> dict[str, Any]:
    """Coverage and share right for each least confidence, and the pairs most often confused at the one in use."""
    wrong = Counter(
        f"{guess.right} -> {guess.best.name}"
        for guess in found
        if named(guess.best, LEAST) and guess.best.name.casefold() != guess.right.casefold()
    )
    return {
        "records": len(found),
        "least": LEAST,
        "at": [_at(found, least) for least in STEPS],
        "confused": dict(sorted(wrong.items(), key=lambda item: (-item[1], item[0]))[:CONFUSED]),
    }


def _at(found: Sequence[Guess], least: float) -> dict[str, float]:
    told = [guess for guess in found if named(guess.best, least)]
    right = sum(guess.best.name.casefold() == guess.right.casefold() for guess in told)
    return {
        "least": least,
        "coverage": round(len(told) / max(1, len(found)), 3),
        "right": round(right / max(1, len(told)), 3),
    }


def _evaluate(args: argparse.Namespace) -> None:
    if args.most < 1:
        raise WrongUsage(f"--most must be 1 or more, found {args.most}")
    keep_sources(args.json, args.records, "--json")
    before = read_figures(args.json) if args.json and args.json.exists() else {}
    records = _drawn(args.records, args.ids, args.most)
    silent = 0 if args.expected else sum(not record.specialty.strip() for record in records)
    if silent and (args.json or not args.list):
        raise SearchError(
            f"{silent:,} of {len(records):,} records state no specialty: give the one of them by --expected, or --list"
        )
    layout = Layout(folder_of(args.index))
    with writing(layout):
        encoder = open_encoder(layout, args.model)
        with closing(EmbeddingCache(layout.cache, encoder.card)) as cache:
            found = guesses(records, args.expected or "", encoder, cache)
    if args.list:
        for guess in sorted(found, key=lambda guess: -guess.best.confidence):
            kept = "" if named(guess.best, LEAST) else "-"
            print(f"{guess.best.confidence:.2f}{kept}\t{guess.best.name}\t{guess.record.id}\t{guess.record.title}")
    if silent:
        return  # nobody said what is right
    measured = figures(found) | {"model": encoder.card.name}
    for step in measured["at"]:
        print(f"from {step['least']:.1f}: {step['coverage']:.0%} are told, of these {step['right']:.0%} right")
    if args.json:
        with replacing(args.json) as file:
            json.dump(before | {args.name: measured}, file, indent=2)
            file.write("\n")


def _drawn(paths: Sequence[Path], ids: str, most: int) -> list[Record]:
    records = [record for record in read_records(*paths) if record.id.startswith(ids)]
    if not records:
        raise SearchError(f"{paths[0]} holds no records whose id begins with {ids!r}")
    random.Random(SEED).shuffle(records)
    return list(islice(records, most))
