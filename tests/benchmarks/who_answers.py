"""How often the largest share of "Who usually answers this" is the specialty that answered.

python -m tests.benchmarks.who_answers PACK --index INDEX --json FILE

Each judged question is asked twice: as it is, and with its judged pages left out, as if nobody had asked it before.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.jsonl import replacing
from indexer.measures import read_pack
from search.hits import MAX_K, Hit, Match, Question
from search.opening import open_index
from search.specialty import FIRST_HITS, shares

Told = tuple[bool, float]  # whether the largest share is right, and how large it is


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure who usually answers.")
    parser.add_argument("pack", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--json", type=Path, required=True)
    args = parser.parse_args()
    pack, engine = read_pack(args.pack), open_index(args.index)
    asked: list[Told | None] = []
    unasked: list[Told | None] = []
    for query, grades in pack.qrels.items():
        best = [record for record, grade in grades.items() if grade == max(grades.values())]
        right = {engine.record(record).specialty for record in best}
        hits = engine.search(Question(pack.queries[query], k=MAX_K)).hits
        asked.append(told(hits, right))
        unasked.append(told([hit for hit in hits if not grades.get(hit.record.id)], right))
    engine.close()
    found = {"questions": len(asked), "answered before": figures(asked), "not answered before": figures(unasked)}
    print(json.dumps(found))
    with replacing(args.json) as file:
        file.write(json.dumps(found, indent=2) + "\n")


def told(hits: Sequence[Hit], right: set[str]) -> Told | None:
    """What the page says first; None where nothing is close and it says nothing."""
    first = hits[:FIRST_HITS]
    if all(hit.match is Match.TOPIC for hit in first):
        return None
    said = shares((hit.record.specialty, False, hit.probability) for hit in first)
    return (said[0].name in right, said[0].share) if said else None


def figures(found: Sequence[Told | None]) -> dict[str, float]:
    """Share of the questions for which something is told, and of these how many are right and how sure it sounds."""
    said = [item for item in found if item is not None]
    return {
        "told": round(len(said) / len(found), 3),
        "right": round(float(np.mean([right for right, _ in said])), 3),
        "largest share": round(float(np.mean([share for _, share in said])), 3),
    }


if __name__ == "__main__":
    main()
