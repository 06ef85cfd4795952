"""Measures what results mark as meaning the same, and writes docs/eval/marks.json.

python -m tests.benchmarks.marks PACK... --indexes DIR    (DIR/<name of PACK> is an index of the pack's records)

For each question the page that asks the same, its look-alike that means something else where the pack names one, and
the page of another question: how often a word is marked as near, and a sentence as saying the same.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from corpus.records import Record
from search.explain import explained
from search.hits import Hit, IndexInfo, Match, Results, Snippet, Understood
from search.layout import Layout
from search.meaning import WordVectors
from search.opening import open_index

REPORT = Path(__file__).parents[2] / "docs/eval/marks.json"
SAME_GRADE = 2


def main() -> None:
    """Writes the shares for each pack."""
    parser = argparse.ArgumentParser(description="Measure the marks of meaning.")
    parser.add_argument("packs", nargs="+", type=Path)
    parser.add_argument("--indexes", type=Path, required=True)
    options = parser.parse_args()
    report = {pack.name: measure(pack, options.indexes / pack.name) for pack in options.packs}
    REPORT.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


def measure(pack: Path, root: Path) -> dict[str, dict[str, float]]:
    """Shares of pages with a mark, by what the page is to the question."""
    engine, layout = open_index(root), Layout(root)
    words = WordVectors.load(layout.version(layout.published() or "").words)
    questions = {item["id"]: item["text"] for item in map(json.loads, (pack / "queries.jsonl").open())}
    best = _best(pack / "qrels.txt")
    others = dict(zip(best, [*list(best.values())[7:], *list(best.values())[:7]], strict=True))
    groups = {"asks the same": best.items(), "asks another": others.items()}
    if (pack / "negatives.txt").exists():
        pairs = [line.split()[:2] for line in (pack / "negatives.txt").open()]
        groups["look-alike"] = [(query, record) for query, record in pairs]
    return {name: _shares(questions, pairs, engine.record, words) for name, pairs in groups.items()}


def _best(path: Path) -> dict[str, str]:
    graded = [line.split() for line in path.open()]
    top = {query: max(int(row[3]) for row in graded if row[0] == query) for query in {row[0] for row in graded}}
    return {query: record for query, _, record, grade in sorted(graded) if int(grade) == top[query]}


def _shares(
    questions: dict[str, str], pairs: Iterable[tuple[str, str]], record_of: Callable[[str], Record], words: WordVectors
) -> dict[str, float]:
    found = [_marks(questions[query], record_of(record), words) for query, record in pairs if query in questions]
    return {
        "pages": len(found),
        "with a near word": round(sum(near for near, _ in found) / len(found), 3),
        "with a same sentence": round(sum(same for _, same in found) / len(found), 3),
    }


def _marks(question: str, record: Record, words: WordVectors) -> tuple[bool, bool]:
    hit = Hit(record, 0, 0, Match.TOPIC, Snippet(record.question or record.title), Snippet())
    results = Results(Understood(question, question), (hit,), 1, (), True, 0, IndexInfo("", "", 0))
    snippet = explained(results, words).hits[0].question_snippet
    return bool(snippet.near), bool(snippet.same)


if __name__ == "__main__":
    main()
