"""`evaluate`: how well an index answers a pack, or every pack of a folder, as a table and as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from corpus.arguments import path
from corpus.jsonl import keep_sources, read_all, replacing
from corpus.progress import Progress
from corpus.records import Record
from indexer.build import build
from indexer.convert import open_encoder
from indexer.gate import ALLOWED, fallen, read_figures
from indexer.measures import PACK_FILES, RECORD_FILES, Pack, Run, files_of, judged, measure, read_pack
from indexer.models import EMBEDDED_MODEL
from indexer.systems import OURS, PARTS, compare
from search.address import folder_of
from search.command import WrongUsage, index_option
from search.engine import Engine, System
from search.errors import SearchError
from search.hits import Switches
from search.layout import Layout
from search.opening import open_index

DEPTH = 100  # records asked for each query
BIN = 0.05  # width of a step of scores in the reliability table
COLUMNS = ("ndcg@10", "ndcg_condensed@10", "mrr@10", "hit@1", "hit@10", "recall@100", "trap_rate", "auroc", "queries")
SYSTEMS_HELP = "also measure each part of the ranking alone, and the ranking without each of its steps"
FLOOR_HELP = f"fail where a figure is worse by more than {ALLOWED} than in that file, which --json wrote"
PACK_HELP = f"a folder with {' and '.join(PACK_FILES)}; with --each, a folder of such folders"
SWITCHES = tuple(field.name for field in fields(Switches))


def add_command(commands: Any) -> None:
    """Adds the command to the indexer's parser."""
    command = commands.add_parser(
        "evaluate", help="measure an index on a pack, or each pack of a folder on its own index"
    )
    command.add_argument("pack", type=path, metavar="PACK", help=PACK_HELP)
    command.add_argument(
        "--each", action="store_true", help="build an index for each pack under --index and measure it"
    )
    command.add_argument("--model", help=f"with --each: the model to build with (default: {EMBEDDED_MODEL})")
    command.add_argument(
        "--without",
        action="append",
        default=[],
        choices=SWITCHES,
        help="leave this step of reading a question out; may be repeated",
    )
    command.add_argument("--systems", action="store_true", help=SYSTEMS_HELP)
    command.add_argument("--json", type=path, metavar="FILE", help="write the figures there as well")
    command.add_argument("--floor", type=path, metavar="FILE", help=FLOOR_HELP)
    index_option(command)
    command.set_defaults(action=_evaluate)


def evaluate(
    pack: Pack, engine: Engine, switches: Switches = Switches(), systems: Mapping[str, System] | None = None
) -> dict[str, Any]:
    """The pack's measures on an open index, and how often first results of each score are right.

    With `systems`, the measures of each of these too, and how sure the differences are. Raises SearchError for a pack
    that says nothing of this index (`check_pack`).
    """
    check_pack(pack, engine.ids())
    asked: dict[str, System | None] = {OURS: None, **(systems or {})}
    runs: dict[str, dict[str, list[tuple[str, float]]]] = {name: {} for name in asked}
    with Progress(len(pack.queries), f"questions of {pack.name}") as progress:
        for query_id, text in pack.queries.items():
            for name, found in engine.runs(text, DEPTH, asked, query_id, switches).items():
                runs[name][query_id] = [(record, item.score) for record, item in found]
            progress.add(1)
    figures = measure(pack, runs[OURS]) | {"first_result": reliability(pack, runs[OURS])}
    return figures | ({"systems": compare(pack, runs)} if systems else {})


def check_pack(pack: Pack, ids: Collection[str]) -> None:
    """Says on stderr what of a pack does not count. Raises SearchError where nothing does, or where records that it
    grades are not among those of the index."""
    named = {record for records in pack.qrels.values() for record in records}
    if missing := sorted(named.difference(ids)):
        raise SearchError(
            f"{len(missing):,} of the {len(named):,} judged records of {pack.name} are not in the index, "
            f"{missing[0]} for one; give the --index that holds the pack's records"
        )
    if not judged(pack):
        raise SearchError(
            f"no question of {pack.name} has a record of grade {pack.relevant_from} or more, so that nothing can be "
            "measured; qrels.txt must judge the questions of queries.jsonl"
        )
    if absent := {record for records in pack.negatives.values() for record in records}.difference(ids):
        print(
            f"{pack.name}: {len(absent):,} look-alikes are not in the index, {min(absent)} for one, and count as "
            "ranked below what is right",
            file=sys.stderr,
        )
    if pack.unasked:
        print(f"{pack.name}: {pack.unasked:,} judged questions are not asked, and do not count", file=sys.stderr)
    if pack.left_out:
        print(
            f"{pack.name}: {pack.left_out:,} of {len(pack.queries):,} questions have no record of grade "
            f"{pack.relevant_from} or more, and count as having nothing relevant",
            file=sys.stderr,
        )


def reliability(pack: Pack, run: Run) -> list[dict[str, float]]:
    """Of first results, by their score in steps of BIN: from which score, how many, and which share is relevant."""
    bins: dict[int, list[bool]] = defaultdict(list)
    for query, grades in pack.qrels.items():
        for record, score in run.get(query, [])[:1]:
            bins[int(round(score / BIN, 6))].append(grades.get(record, 0) >= pack.relevant_from)
    return [
        {"from": round(number * BIN, 2), "queries": len(right), "right": round(sum(right) / len(right), 3)}
        for number, right in sorted(bins.items())
    ]


def table(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """The figures as a Markdown table, one row a pack."""
    lines = ["| pack | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, values in figures.items():
        cells = (
            f"{values[column]:{'.0f' if column == 'queries' else '.3f'}}" if column in values else ""
            for column in COLUMNS
        )
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _evaluate(args: argparse.Namespace) -> None:
    if args.model is not None and not args.each:
        raise WrongUsage("--model says what to build with, and needs --each: an index remembers its model")
    switches = Switches(**{name: name not in args.without for name in SWITCHES})
    systems = PARTS if args.systems else None
    read = files_of(packs_of(args.pack) if args.each else [args.pack])
    keep_sources(args.json, [*read, args.floor] if args.floor else read, "--json")
    floor = read_figures(args.floor) if args.floor else {}
    if args.each:
        figures = _each(args.pack, folder_of(args.index), args.model, switches, systems)
    else:
        pack = read_pack(args.pack)
        figures = {pack.name: evaluate(pack, open_index(args.index), switches, systems)}
    print(table(figures))
    if args.json:
        with replacing(args.json) as file:
            json.dump(figures, file, indent=2)
            file.write("\n")
    if lines := fallen(figures, floor):
        raise SearchError("quality fell: " + "; ".join(lines))


def _each(
    folder: Path, indexes: Path, model: str | None, switches: Switches, systems: Mapping[str, System] | None
) -> dict[str, dict[str, Any]]:
    packs = [(read_pack(path), records_of(path)) for path in packs_of(folder)]  # what is wrong with one is said now
    encoder = open_encoder(Layout(indexes), model)
    figures: dict[str, dict[str, Any]] = {}
    built = set()
    for pack, records in packs:
        layout = Layout(indexes / records.parent.name)
        if records not in built:  # several packs may ask over the same ones
            build(read_records(records), layout, encoder)
            built.add(records)
        engine = open_index(layout.root, encoder)
        figures[pack.name] = evaluate(pack, engine, switches, systems)
        engine.close()
        print(table({pack.name: figures[pack.name]}).splitlines()[-1], flush=True)
    return figures


def packs_of(folder: Path) -> list[Path]:
    """The packs in a folder, by name. Raises SearchError when there are none."""
    packs = sorted(path.parent for path in folder.glob("*/queries.jsonl"))
    if not packs:
        raise SearchError(f"{folder} holds no packs (folders with queries.jsonl and qrels.txt)")
    return packs


def records_of(pack: Path) -> Path:
    """The records file of a pack: its own, or of the pack beside it whose name its own begins with.

    `medquad-similar`, which has none, asks over `medquad`. Raises SearchError where there is neither.
    """
    pack = pack.absolute()
    names = sorted(
        (path.name for path in pack.parent.iterdir() if pack.name.startswith(path.name)), key=len, reverse=True
    )
    for name in names:
        for file in RECORD_FILES:
            if (found := pack.parent / name / file).exists():
                return found
    raise SearchError(f"{pack} has no {RECORD_FILES[0]}, and no folder beside it whose name it begins with has one")


def read_records(*paths: Path) -> list[Record]:
    """Every record of some files. Raises SearchError at the first bad line."""
    records = []
    for item in read_all(paths):  # an id that is used twice is a bad line
        if not isinstance(item, Record):
            raise SearchError(str(item))
        records.append(item)
    return records
