"""How often a question has a close match: those of the built-in corpus' pack, by whether something answers them.

python -m tests.benchmarks.close PACK --index INDEX --json FILE
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path

from corpus.jsonl import replacing
from indexer.measures import Pack, read_pack
from search.fusion import MESSAGE_WORDS
from search.hits import Match, Question
from search.opening import open_index


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how often a question has a close match.")
    parser.add_argument("pack", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--json", type=Path, required=True)
    args = parser.parse_args()
    pack, engine = read_pack(args.pack), open_index(args.index)
    found: defaultdict[str, list[bool]] = defaultdict(list)
    for query, text in pack.queries.items():
        results = engine.search(Question(text, k=1))
        found[group_of(pack, query)].append(results.hits[0].match is not Match.TOPIC)
    engine.close()
    shares = {name: round(sum(close) / len(close), 4) for name, close in sorted(found.items())}
    print(json.dumps(shares))
    with replacing(args.json) as file:
        file.write(json.dumps(shares, indent=2) + "\n")


def group_of(pack: Pack, query: str) -> str:
    """`long` or `short` for a question that something answers; else what it is about, as its id says."""
    if query in pack.qrels:
        return "long" if len(pack.queries[query].split()) > MESSAGE_WORDS else "short"
    return "medical, unanswered" if query.startswith("none-med") else "other, unanswered"


if __name__ == "__main__":
    main()
