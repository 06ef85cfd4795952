"""The indexer's command line: build, publish and check an index, and measure and adapt what it is built with."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.arguments import Parser, path
from corpus.errors import CorpusError
from corpus.jsonl import read_all, rejecting
from corpus.records import Record
from corpus.reports import counted
from indexer import calibrate, evaluate, evaluate_specialty, homes
from indexer.build import Built, Changes
from indexer.copy import copy
from indexer.models import EMBEDDED_MODEL
from indexer.places import Place, convert, place_of
from indexer.spread.cluster import Cluster
from indexer.tuning import command as tuning
from search.address import Address
from search.command import WrongUsage, address, index_option, run, size
from search.errors import SearchError

MODEL_HELP = f"a sentence-transformers model: a name or a folder (default: {EMBEDDED_MODEL}, which is built in)"
RECORDS_HELP = "a file of records, .jsonl or .jsonl.gz, such as python -m corpus import writes"
RAY_HELP = "cut and encode on the Ray cluster there (host:port), or on this machine alone (local); see docs/scaling.md"
ENCODERS_HELP = "how many encode on that cluster (default: as many as it can spare)"
MEMORY_HELP = "what the indexes over the vectors may take up in memory, such as 2G (see docs/operations.md)"
NO_RECORDS = "there are no records to index in {}; nothing was changed"


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code of one command: 0 done, 1 failed, 2 wrong usage."""
    return run(_parser(), argv)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m indexer", description="Build, publish and check an index.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_writers(commands)
    for name, action, text in (
        ("info", _info, "say what is published"),
        ("verify", _verify, "check every file of the published version, and that its halves agree"),
        ("rollback", _rollback, "publish the version before this one again"),
    ):
        command = commands.add_parser(name, help=text)
        index_option(command)
        command.set_defaults(action=action)
    command = commands.add_parser("erase", help="remove records for good: from every version, file and cache")
    command.add_argument("ids", nargs="+", metavar="ID", help="the id of a record, such as python -m search ask prints")
    index_option(command)
    command.set_defaults(action=_erase)
    command = commands.add_parser("convert", help="put the converted model where indexes elsewhere look for it")
    command.add_argument("--model", help=MODEL_HELP)
    command.set_defaults(action=_convert)
    command = commands.add_parser("copy", help="copy an index to another place, vectors and all, and compare the two")
    command.add_argument(
        "--to", type=address, required=True, metavar="INDEX", help="where to: a folder, or milvus://host/name"
    )
    index_option(command)
    command.set_defaults(action=_copy)
    evaluate.add_command(commands)
    tuning.add_command(commands)
    evaluate_specialty.add_command(commands)
    calibrate.add_command(commands)
    homes.add_command(commands)
    return parser


def _add_writers(commands: Any) -> None:
    """Adds the two commands that make a version out of files of records."""
    build = commands.add_parser("build", help="build an index that holds these records and no others")
    build.add_argument("records", nargs="+", type=path, metavar="RECORDS", help=RECORDS_HELP)
    build.add_argument("--model", help=MODEL_HELP)
    build.add_argument("--ray", metavar="ADDRESS", help=RAY_HELP)
    build.add_argument("--encoders", type=int, metavar="N", help=ENCODERS_HELP)
    update = commands.add_parser("update", help="add and change records, and remove those named; everything else stays")
    update.add_argument("records", nargs="*", type=path, metavar="RECORDS", help=RECORDS_HELP)
    update.add_argument("--remove", action="append", default=[], metavar="ID", help="remove this record; repeatable")
    for command, action in ((build, _build), (update, _update)):
        command.add_argument("--rejects", type=path, metavar="FILE", help="put bad lines there and go on without them")
        command.add_argument(
            "--map", action="store_true", help="also lay out the map of all records (see docs/site.md)"
        )
        command.add_argument("--memory", type=size, default=0, metavar="SIZE", help=MEMORY_HELP)
        index_option(command)
        command.set_defaults(action=action)


def _build(args: argparse.Namespace) -> None:
    cluster = _cluster(args)
    records = _records(args.records, args.rejects)
    if not records:
        raise SearchError(NO_RECORDS.format(", ".join(map(str, args.records))))
    place = place_of(args.index)
    before = _live(place)
    built = place.build(records, args.model, args.map, args.memory, cluster)
    _report(built, args.index, cluster)
    if before and before["corpus"] != built.manifest.corpus:
        print(
            f"this took the place of {before['id']}, which held {before['records']:,} records: rollback brings it back"
        )


def _live(place: Place) -> dict[str, Any]:
    """What is published in a place; empty where nothing is, or nobody can read it."""
    try:
        return place.info()
    except SearchError:
        return {}


def _cluster(args: argparse.Namespace) -> Cluster | None:
    """The cluster that is asked for, if one is. Raises SearchError when it cannot be reached."""
    if args.encoders is not None and (args.ray is None or args.encoders < 1):
        raise WrongUsage("--encoders takes a number from 1 on, and needs --ray ADDRESS")
    if args.ray is None:
        return None
    cluster = Cluster(args.ray, args.encoders)
    cluster.check()
    return cluster


def _update(args: argparse.Namespace) -> None:
    if not args.records and not args.remove:
        raise WrongUsage("nothing to do: give RECORDS to put in, or --remove ID")
    records = _records(args.records, args.rejects)
    if not records and not args.remove:  # a version like the live one would take the place of the one to go back to
        raise SearchError(NO_RECORDS.format(", ".join(map(str, args.records))))
    changes = Changes(records, frozenset(args.remove))
    _report(place_of(args.index).update(changes, args.map, args.memory), args.index)


def _report(built: Built, index: Address, cluster: Cluster | None = None) -> None:
    manifest = built.manifest
    total = sum(manifest.passages.values())
    if cluster is None:
        whence = f"{built.embedded:,} embedded now, {total - built.embedded:,} known before"
    else:
        whence = f"{built.embedded:,} embedded here, the others on the cluster, now or before"
    print(f"published {manifest.id} in {index}: {manifest.records:,} records, {total:,} passages ({whence})")


def _info(args: argparse.Namespace) -> None:
    print(json.dumps(place_of(args.index).info(), indent=2))


def _verify(args: argparse.Namespace) -> None:
    for line in place_of(args.index).verify():
        print(f"{args.index}: {line}")


def _rollback(args: argparse.Namespace) -> None:
    before, after = place_of(args.index).rollback()
    print(f"{args.index}: {after} is published again instead of {before}")


def _erase(args: argparse.Namespace) -> None:
    ids = frozenset(args.ids)
    erased = place_of(args.index).erase(ids)
    others = len(erased.versions)
    gone = f"{others:,} other {'version was' if others == 1 else 'versions were'} removed"
    print(
        f"{args.index}: {len(ids):,} erased; {erased.live} is live, {gone}. "
        "Erase them where the records came from as well, and from backups"
    )


def _convert(args: argparse.Namespace) -> None:
    print(f"the model is in {convert(args.model)}")


def _copy(args: argparse.Namespace) -> None:
    for line in copy(args.index, args.to):
        print(line)


def _records(paths: Sequence[Path], rejects: Path | None) -> list[Record]:
    """Records of the files. Bad lines go to the rejects file; without one they are listed and nothing is done."""
    records: list[Record] = []
    bad = 0
    with rejecting(rejects, paths, lambda line: print(line, file=sys.stderr)) as reject:
        for item in read_all(paths):
            if isinstance(item, Record):
                records.append(item)
            else:
                bad += 1
                reject(item)
    if rejects is not None:
        print(f"{counted(bad, 'bad line')} put into {rejects}", file=sys.stderr)
    elif bad:
        lines = counted(bad, "bad line")
        raise CorpusError(f"{lines}, nothing was indexed; mend them, or set them aside with --rejects FILE")
    return records
