"""What there is to train on: records, packs, names of terms and written questions, read once; and what is chosen."""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.arguments import path
from corpus.records import Record
from indexer.evaluate import read_records, records_of
from indexer.measures import PACK_FILES, Pack, read_pack
from indexer.ontology import Term, ontology_file, read_terms
from indexer.tuning.pairs import Pair, pack_pairs, record_pairs, term_pairs
from indexer.tuning.texts import texts_alone
from indexer.tuning.written import FOLDERS, WRITTEN, written_files, written_pairs
from search.errors import SearchError
from search.layout import file_hash

PER_KIND = 6_000  # pairs of one kind that are trained on: with 16,000 records, a quarter of an hour on two fast cores
LONG_KINDS = {"title-answer", "message-answer", "same-question", "definition"}  # with answers or definitions in them
KNOWN_KINDS = {"term", "definition"}  # of the ontology; with the written questions, what the embedded model has learnt
LEAST_REPLAYED = 2_000  # pairs of known kinds, where the records give fewer: so that what it has learnt is kept


def add_options(command: argparse.ArgumentParser) -> None:
    """Adds what says where the material is and how much of it is taken."""
    command.add_argument("records", nargs="+", type=path, metavar="RECORDS", help="a file of records to adapt to")
    command.add_argument(
        "--pack", action="append", default=[], type=path, metavar="PACK", help="train on this pack too; repeatable"
    )
    command.add_argument("--per-kind", type=int, default=PER_KIND, help="pairs of one kind to train on at most")
    command.add_argument(
        "--most",
        action="append",
        default=[],
        type=_kind_and_number,
        metavar="KIND=N",
        help="the same for one kind, such as title-answer=7000; repeatable",
    )
    command.add_argument(
        "--long",
        type=int,
        help="the same for kinds with answers or definitions, which take longest (default: --per-kind)",
    )
    command.add_argument(
        "--replay",
        type=int,
        help="pairs of terms and written questions in all (default: as many as of the records and packs)",
    )
    command.add_argument("--no-terms", action="store_true", help="leave out the Human Phenotype Ontology's synonyms")
    command.add_argument("--no-written", action="store_true", help="leave out the questions written for training")
    command.add_argument(
        "--written",
        action="append",
        type=path,
        metavar="FOLDER",
        help="take these written questions alone (default: all of the program's own); repeatable",
    )


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that pairs are made of. `packs` come with the records that they judge, by id; `written` are pairs
    already; `terms_from` names the release of the ontology, and `files` every file that was read, for the provenance.
    """

    records: Sequence[Record]
    packs: Sequence[tuple[Pack, Mapping[str, Record]]]
    terms: Sequence[Term]
    terms_from: str
    written: Sequence[Pair]
    files: Sequence[Path]

    @classmethod
    def read(cls, args: argparse.Namespace) -> Material:
        """What the options name. Raises SearchError."""
        folders = () if args.no_written else args.written or FOLDERS
        terms_from, terms = ("", ()) if args.no_terms else read_terms(ontology_file())
        return cls(
            records=read_records(*args.records),
            packs=[
                (read_pack(folder), {record.id: record for record in read_records(records_of(folder))})
                for folder in args.pack
            ],
            terms=list(terms),
            terms_from=terms_from,
            written=list(written_pairs(folders)),
            files=[
                *args.records,
                *(pack / name for pack in args.pack for name in PACK_FILES),
                *map(records_of, args.pack),
                *written_files(folders),
            ],
        )

    def pairs(self, seed: int) -> list[Pair]:
        """Every pair, held out or not; `seed` decides which part of a long answer is read."""
        rng = random.Random(seed)
        found = list(record_pairs(self.records, rng))
        for pack, known in self.packs:
            found += pack_pairs(pack, known)
        found += [*term_pairs(self.terms, rng), *self.written]
        return [pair for pair in found if pair.anchor.strip() and pair.positive.strip()]

    def texts(self, pairs: Sequence[Pair], rng: random.Random) -> list[str]:
        """Texts of no pair: of the records, around the pairs' questions, and names of terms."""
        return texts_alone(self.records, pairs, self.terms, rng)

    def provenance(self) -> dict[str, Any]:
        """Which data it is, by the files' SHA-256."""
        return {
            "data": {f"{path.parent.name}/{path.name}": file_hash(path) for path in self.files},
            "terms": self.terms_from,
        }


def enough(pairs: Sequence[Pair], args: argparse.Namespace) -> Sequence[Pair]:
    """The pairs. Raises SearchError where none is left to train on, or to measure on, or an option names no kind."""
    if not chosen(pairs, args, random.Random(args.seed)):
        raise SearchError("there are no pairs to train on: records need a title or a message, and an answer")
    kinds = {pair.kind for pair in pairs}
    if strange := sorted({kind for kind, _ in args.most} - kinds):
        raise SearchError(f"--most {strange[0]}: there are no pairs of that kind, but {', '.join(sorted(kinds))}")
    if not any(pair.held_out for pair in pairs):
        raise SearchError(f"no pair of {len(pairs):,} is held out, so that nothing can be measured; give more records")
    return pairs


def chosen(pairs: Sequence[Pair], args: argparse.Namespace, rng: random.Random) -> list[Pair]:
    """Pairs to train on, in random order: none that is held out, and of each kind no more than the options say.

    Pairs of terms and written questions are no more than those of the records and packs, unless the options say so:
    they are there to keep what is known. None at all where records and packs give none.
    """
    most = _most(args)
    counts: Counter[str] = Counter()
    found = []
    for pair in rng.sample(pairs, len(pairs)):
        if not pair.held_out and counts[pair.kind] < most(pair.kind):
            counts[pair.kind] += 1
            found.append(pair)
    known = [pair for pair in found if _known(pair)]
    if len(known) == len(found):
        return []
    replayed = max(LEAST_REPLAYED, len(found) - len(known)) if args.replay is None else args.replay
    left_out = {id(pair) for pair in known[replayed:]}
    return [pair for pair in found if id(pair) not in left_out]


def _known(pair: Pair) -> bool:
    return pair.kind in KNOWN_KINDS or pair.kind.startswith(WRITTEN)


def _most(args: argparse.Namespace) -> Callable[[str], int]:
    """How many pairs of a kind are trained on at most."""
    told = dict(args.most)
    long = args.long or args.per_kind
    return lambda kind: told.get(kind, long if kind in LONG_KINDS else args.per_kind)


def _kind_and_number(text: str) -> tuple[str, int]:
    """`term=500`: a kind of pair, and how many of it are trained on at most."""
    kind, _, number = text.rpartition("=")
    if not kind or not number.isdecimal():
        raise argparse.ArgumentTypeError(f"expected a kind of pair and a number, as in term=500, found {text!r}")
    return kind, int(number)
