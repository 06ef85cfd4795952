"""Writes docs/evaluation.md from the figures that `make eval` and `make bench` left in docs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from indexer.evaluate import table

DOCS = Path(__file__).parents[2] / "docs"
PACKS, PLAIN = DOCS / "eval/packs.json", DOCS / "eval/packs-as-asked.json"
BENCH, ASKING = DOCS / "benchmarks/bench.json", DOCS / "benchmarks/asking.json"

PAGE = """# How good, how fast

The tables are written by `python -m tests.benchmarks.report` from what `make eval` and `make bench` measured.
The weights, the rule for bare terms and the match words were chosen on these same packs; there was no held-out
half, and differences of a few thousandths are within chance.

## How good

Each pack has records, questions and judgements. Each is measured on an index of its own, with the one setting
that the site has (`make eval PACKS=folder`). nDCG uses exponential gains; "condensed" leaves out records that
nobody judged; the trap rate is the share of look-alikes (another question in nearly the same words) not
ranked below the right one.

{packs}

Bare terms are looked up in the lay terms of the Human Phenotype Ontology. The pack `lay-terms` was made from
the same ontology, so that its figures above say that the lookup works, not how well the search does with lay
words that are in no list. Without the lookup:

{plain}

### What a score is worth

Of first results, by their score: how many questions there were, and the share of them whose first result is
right. The match words stand on this: `same question` from 0.75, `related` from 0.45.

{reliability}

Where it is low for a high score (`medquad-similar`), many pages are about the same disease and one of its
many questions is asked for; the first result is then usually about the right disease and another question.

### What was tried

From trials on the same packs that no command here repeats:

- The power mean and the maximum of title and answer: between the two in every pack, best in none.
- Taking a title's mean cosine to its neighbors off its score (a hubness correction): a point up on lay terms,
  a point down on the same question at another site.
- BM25 as a share of the best BM25 score of the query: as good, but then a score depends on what else was
  found.
- Adding looked-up medical terms to whole sentences, not only to bare terms: no gain on messages, a loss on
  short questions.
- Condensing a message of more than 60 words to the sentences that ask and tell most (30, 50 or 80 words): a loss
  of 3 to 23 points in the vector and of 1 to 7 in BM25; its vector beside the whole one's, a loss of 0 to 4.
- Adding what abbreviations stand for to the text that is embedded: a slight loss; to BM25's terms: a slight gain
  on messages.

## How fast

One run of `make bench` over {bench_records} records ({bench_passages} passages); the plain way is
sentence-transformers as it comes, on the same passages, in the same run.

{bench}

Asking an index of {asking_records} records ({asking_passages} passages), `python -m tests.benchmarks.bench
--asking INDEX`:

{asking}
"""


def main() -> None:
    """Writes the page."""
    packs, plain, bench, asking = (json.loads(path.read_text()) for path in (PACKS, PLAIN, BENCH, ASKING))
    changed = {name: values for name, values in plain.items() if values != packs[name]}
    page = PAGE.format(
        packs=table(packs),
        plain=table(changed),
        reliability=_reliability(packs),
        bench_records=f"{bench['records']:,}",
        bench_passages=f"{bench['passages']:,}",
        bench=_building(bench["build"]) + "\n\n" + _asking(bench["ask"]),
        asking_records=f"{asking['records']:,}",
        asking_passages=f"{asking['passages']:,}",
        asking=_asking(asking["ask"]),
    )
    (DOCS / "evaluation.md").write_text(page)


def _reliability(packs: dict[str, Any]) -> str:
    steps = sorted({step["from"] for values in packs.values() for step in values["first_result"]})
    lines = ["| score from | " + " | ".join(packs) + " |", "|---" * (len(packs) + 1) + "|"]
    for step in steps:
        cells = []
        for values in packs.values():
            here = [each for each in values["first_result"] if each["from"] == step]
            cells.append(f"{here[0]['right']:.2f} of {here[0]['queries']}" if here else "")
        lines.append(f"| {step:.2f} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _building(build: dict[str, float]) -> str:
    lines = ["| building | |", "|---|---|"]
    return "\n".join([*lines, *(f"| {name.replace('_', ' ')} | {value:,} |" for name, value in build.items())])


def _asking(ask: dict[str, Any]) -> str:
    lines = ["| asking | p50, ms | p95, ms | p50 to a bare embedding |", "|---|---|---|---|"]
    for name, ratio in ask["p50_to_bare"].items():
        lines.append(f"| {name.replace('_', ' ')} | {ask[name]['p50_ms']} | {ask[name]['p95_ms']} | {ratio} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
