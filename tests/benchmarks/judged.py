"""Packs for `make eval`: those in a folder, and messages to a library judged over MedQuAD, whole and as summaries.

python -m tests.benchmarks.judged PACKS OUT      writes OUT, a folder of packs (links to those that are there already)
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

from indexer.evaluate import read_records
from indexer.measures import read_pack

QRELS = Path(__file__).parents[1] / "packs/judged/qrels.txt"
MESSAGES, PAGES = "long-messages", "medquad"  # folders that the judgements are about


def main() -> None:
    parser = argparse.ArgumentParser(description="Lay out the packs that are measured.")
    parser.add_argument("packs", type=Path, metavar="PACKS")
    parser.add_argument("out", type=Path, metavar="OUT")
    args = parser.parse_args()
    shutil.rmtree(args.out, ignore_errors=True)
    args.out.mkdir(parents=True)
    for folder in sorted(path for path in args.packs.iterdir() if path.is_dir()):
        (args.out / folder.name).symlink_to(folder.resolve())
    if (args.packs / MESSAGES).is_dir() and (args.packs / PAGES).is_dir():
        pack = read_pack(args.packs / MESSAGES)
        titles = {record.id: record.title for record in read_records(args.packs / MESSAGES / "records.jsonl")}
        summaries = {query: titles[next(iter(grades))] for query, grades in pack.qrels.items()}
        for name, texts in (("messages", pack.queries), ("summaries", summaries)):
            _write(args.out / f"{PAGES}-{name}", texts)
    else:
        print(f"{args.packs} lacks {MESSAGES} or {PAGES}: the judged messages are left out")


def _write(folder: Path, texts: dict[str, str]) -> None:
    folder.mkdir()
    lines = QRELS.read_text().splitlines()
    queries = dict.fromkeys(line.split()[0] for line in lines)
    (folder / "qrels.txt").write_text("\n".join(lines) + "\n")
    (folder / "queries.jsonl").write_text(
        "".join(json.dumps({"id": query, "text": texts[query]}) + "\n" for query in queries)
    )


if __name__ == "__main__":
    main()
