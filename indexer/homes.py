"""`compare`: how alike two homes of the same records answer the questions of packs, and how long each takes."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import numpy as np

from corpus.arguments import path
from corpus.jsonl import keep_sources, replacing
from corpus.progress import Progress
from indexer.evaluate import check_pack
from indexer.gate import read_figures
from indexer.measures import CUT, DEEP, Pack, files_of, measure, read_pack
from search.command import address
from search.engine import Engine
from search.errors import SearchError
from search.hits import Question
from search.opening import open_index

MEASURE = "ndcg@10"
LEAST_OVERLAP = 0.98  # of the first ten, the share that two homes must have in common,
MOST_APART = 0.005  # and the most that their nDCG@10 may differ, for `--check`
CHECK_HELP = f"fail where less than {LEAST_OVERLAP} of the first ten is the same, or {MEASURE} is {MOST_APART} apart"


def add_command(commands: Any) -> None:
    """Adds the command to the indexer's parser."""
    command = commands.add_parser("compare", help="how alike two homes of the same records answer, and how fast")
    command.add_argument("one", type=address, metavar="INDEX", help="a folder, or milvus://host/name")
    command.add_argument("other", type=address, metavar="INDEX", help="the other, of the same records")
    command.add_argument(
        "--pack", type=path, action="append", required=True, metavar="PACK", help="questions to ask both; repeatable"
    )
    command.add_argument(
        "--json", type=path, metavar="FILE", help="add the figures to that file, under each pack's name"
    )
    command.add_argument("--check", action="store_true", help=CHECK_HELP)
    command.set_defaults(action=_compare)


def compare(pack: Pack, one: Engine, other: Engine) -> dict[str, Any]:
    """Overlap of the first ten, nDCG@10 of each and milliseconds of a question in each, asked in turn."""
    engines = {"one": one, "other": other}
    runs: dict[str, dict[str, list[tuple[str, float]]]] = {name: {} for name in engines}
    seconds: dict[str, list[float]] = {name: [] for name in engines}
    for text in list(pack.queries.values())[:CUT]:  # what is made at the first question is made now
        for engine in engines.values():
            engine.search(Question(text))
    with Progress(len(pack.queries), f"questions of {pack.name}") as progress:
        for number, (query_id, text) in enumerate(pack.queries.items()):
            for name in sorted(engines, reverse=bool(number % 2)):
                started = time.perf_counter()
                engines[name].search(Question(text))
                seconds[name].append(time.perf_counter() - started)
                runs[name][query_id] = engines[name].run(text, DEEP, without=query_id)
            progress.add(1)
    figures = {name: round(measure(pack, run)[MEASURE], 4) for name, run in runs.items()}
    shared = [overlap(runs["one"][query], runs["other"][query]) for query in pack.queries]
    same = [ids(runs["one"][query]) == ids(runs["other"][query]) for query in pack.queries]
    return {
        "queries": len(pack.queries),
        "records": one.info.records,
        "overlap@10": round(float(np.mean(shared)), 4),
        "same first ten in the same order": round(float(np.mean(same)), 4),
        MEASURE: figures,
        "difference": round(figures["other"] - figures["one"], 4),
        "ms": {name: _percentiles(taken) for name, taken in seconds.items()},
        "missing": list(other.missing),
    }


def overlap(one: list[tuple[str, float]], other: list[tuple[str, float]]) -> float:
    """Share of the first ten that stand in both, 1 where neither found any."""
    most = max(len(ids(one)), len(ids(other)))
    return len(set(ids(one)) & set(ids(other))) / most if most else 1.0


def ids(found: list[tuple[str, float]]) -> list[str]:
    """The ids of the first ten."""
    return [record_id for record_id, _ in found[:CUT]]


def _percentiles(seconds: list[float]) -> dict[str, float]:
    return {f"p{share}": round(float(np.percentile(seconds, share)) * 1000, 1) for share in (50, 95)}


def _compare(args: argparse.Namespace) -> None:
    keep_sources(args.json, files_of(args.pack), "--json")
    known = read_figures(args.json) if args.json and args.json.exists() else {}
    one, other = open_index(args.one), open_index(args.other)
    if one.ids() != other.ids():
        raise SearchError(f"{args.one} and {args.other} do not hold the same records; copy one to the other")
    packs = [read_pack(path) for path in args.pack]
    for pack in packs:
        check_pack(pack, one.ids())
    figures = {pack.name: compare(pack, one, other) for pack in packs}
    for name, found in figures.items():
        print(f"{name}: {json.dumps(found)}", flush=True)
    one.close()
    other.close()
    if args.json:
        with replacing(args.json) as file:
            json.dump(known | figures, file, indent=2)
            file.write("\n")
    for name, found in figures.items():
        if args.check and (found["overlap@10"] < LEAST_OVERLAP or abs(found["difference"]) > MOST_APART):
            raise SearchError(
                f"the homes differ on {name}: overlap {found['overlap@10']}, nDCG@10 {found['difference']:+}"
            )
