"""Measures of a run on a pack, by ir_measures; the condensed list and the trap rate follow their definitions here."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import ir_measures
import numpy as np
from ir_measures import RR, R, ScoredDoc, Success, nDCG

from corpus.jsonl import BOM
from search.cli import read_queries
from search.errors import SearchError

Qrels = dict[str, dict[str, int]]
Run = Mapping[str, list[tuple[str, float]]]

PACK_FILES = ("queries.jsonl", "qrels.txt")
NEGATIVES = "negatives.txt"
RECORD_FILES = ("records.jsonl", "records.jsonl.gz")
MAX_GRADE = 4
GRADE = re.compile(r"-?[0-9]{1,9}")
GAINS = {grade: 2**grade - 1 for grade in range(MAX_GRADE + 1)}  # Burges et al. 2005: a grade counts exponentially
CUT = 10
DEEP = 100


@dataclass(frozen=True, slots=True)
class Pack:
    """Questions with what is right for them: `qrels[query][record]` is a grade, `negatives[query]` the look-alikes."""

    name: str
    queries: dict[str, str]
    qrels: Qrels
    negatives: dict[str, list[str]]

    @property
    def left_out(self) -> int:
        """How many queries have judgements, but none that counts as relevant, though a grade says something fits."""
        answered = judged(self)
        return sum(q in self.queries and q not in answered and max(g.values()) > 0 for q, g in self.qrels.items())

    @property
    def unasked(self) -> int:
        """How many questions have judgements or look-alikes, and are not asked."""
        return len((self.qrels.keys() | self.negatives.keys()) - self.queries.keys())

    @property
    def relevant_from(self) -> int:
        """Lowest grade that counts as relevant where a measure knows only yes and no: 2 of several grades, else 1."""
        return 2 if max((g for grades in self.qrels.values() for g in grades.values()), default=0) > 1 else 1


def read_pack(folder: Path) -> Pack:
    """The pack in a folder. Raises SearchError that names the file and line that is wrong."""
    if missing := [name for name in PACK_FILES if not (folder / name).is_file()]:
        wanted = " and ".join(PACK_FILES)
        raise SearchError(f"{folder} is no pack, as it has no {missing[0]}; give a folder with {wanted}")
    qrels: Qrels = defaultdict(dict)
    for number, (query, _, record, grade) in _table(folder / "qrels.txt", 4):
        if not GRADE.fullmatch(grade) or int(grade) > MAX_GRADE:
            raise SearchError(
                f"{folder / 'qrels.txt'}:{number}: a grade is a whole number up to {MAX_GRADE}, found {grade}"
            )
        if record != query:  # no question finds the record it is named like
            qrels[query][record] = max(int(grade), qrels[query].get(record, 0))
    negatives: dict[str, list[str]] = defaultdict(list)
    if (folder / NEGATIVES).exists():
        for _, (query, record) in _table(folder / NEGATIVES, 2):
            negatives[query].append(record)
    return Pack(folder.absolute().name, dict(read_queries(folder / "queries.jsonl")), dict(qrels), dict(negatives))


def files_of(folders: Iterable[Path]) -> list[Path]:
    """Where the files of packs are, if they have them."""
    return [folder / name for folder in folders for name in (*PACK_FILES, NEGATIVES, *RECORD_FILES)]


def measure(pack: Pack, run: Run) -> dict[str, float]:
    """Each measure's mean over the queries that have something relevant; a query without results counts as 0.

    nDCG (Järvelin and Kekäläinen 2002, exponential gains), the same over judged records alone ("condensed"), reciprocal
    rank, success at 1 and 10, recall at 100; where there are negatives the share of traps fallen into, a look-alike at
    or above the best relevant record; where some queries have nothing relevant, how well the first score tells them.
    """
    found = by_query(pack, run)
    values = {name: sum(each.values()) / len(each) if each else 0.0 for name, each in found.items()}
    if pack.negatives:
        values["trap_rate"] = trap_rate(pack, run)
    if set(pack.queries) - judged(pack).keys():
        values["auroc"] = auroc(pack, run)
    return {name: round(value, 4) for name, value in values.items()} | {"queries": len(judged(pack))}


def by_query(pack: Pack, run: Run) -> dict[str, dict[str, float]]:
    """Each measure's value for each query that has something relevant."""
    good = pack.relevant_from
    qrels = {q: {r: max(g, 0) for r, g in grades.items()} for q, grades in judged(pack).items()}
    lists = [ScoredDoc(q, record, -float(place)) for q in qrels for place, (record, _) in enumerate(run.get(q, []))]
    wanted = {
        nDCG(gains=GAINS) @ CUT: "ndcg@10",
        nDCG(gains=GAINS, judged_only=True) @ CUT: "ndcg_condensed@10",
        RR(rel=good) @ CUT: "mrr@10",
        Success(rel=good) @ 1: "hit@1",
        Success(rel=good) @ CUT: "hit@10",
        R(rel=good) @ DEEP: "recall@100",
    }
    found = {name: dict.fromkeys(qrels, 0.0) for name in wanted.values()}
    for each in ir_measures.iter_calc(list(wanted), qrels, lists) if qrels else ():
        found[wanted[each.measure]][each.query_id] = float(each.value)
    return found


def auroc(pack: Pack, run: Run) -> float:
    """How often a query with something relevant has a higher first score than one without; a tie counts half.

    The area under the ROC curve of the first score (Hanley and McNeil 1982). 0.5 is chance. A query without results has
    score 0.
    """
    first = {query: run[query][0][1] if run.get(query) else 0.0 for query in pack.queries}
    answered = judged(pack)
    fits = np.array([first[query] for query in pack.queries if query in answered])
    others = np.array([first[query] for query in pack.queries if query not in answered])
    if not len(fits) or not len(others):
        return 0.5
    above = (fits[:, None] > others[None, :]).mean() + (fits[:, None] == others[None, :]).mean() / 2
    return float(above)


def judged(pack: Pack) -> Qrels:
    """The judgements of the queries that have something relevant."""
    good = pack.relevant_from
    return {q: g for q, g in pack.qrels.items() if q in pack.queries and max(g.values(), default=0) >= good}


def trap_rate(pack: Pack, run: Run) -> float:
    """Share of the look-alikes of the questions that have something relevant that are not ranked below the best of it;
    where neither is found, they are not."""
    fallen = total = 0
    for query, grades in judged(pack).items():
        records = pack.negatives.get(query, [])
        place = {record: number for number, (record, _) in enumerate(run.get(query, []))}
        best = min(place.get(record, len(place)) for record, grade in grades.items() if grade >= pack.relevant_from)
        fallen += sum(place.get(record, len(place)) <= best for record in records)
        total += len(records)
    return fallen / total if total else 0.0


def _table(path: Path, columns: int) -> Iterable[tuple[int, list[str]]]:
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            line = line.removeprefix(BOM) if number == 1 else line
            if line.strip():
                try:
                    fields = line.decode().split()
                except UnicodeDecodeError:
                    raise SearchError(f"{path}:{number}: not UTF-8") from None
                if len(fields) != columns:
                    raise SearchError(f"{path}:{number}: expected {columns} columns, found {len(fields)}")
                yield number, fields
