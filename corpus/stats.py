"""Counts over records: how many, of what, from where, how long."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from corpus.records import Record

NONE_STATED = "(none stated)"
ROWS = 20  # of a long list of names, the table shows the most frequent; the JSON has them all


@dataclass(frozen=True, slots=True)
class Lengths:
    """Words in the texts of one kind that are not empty: how many texts, and the median, 95th percentile, and most."""

    texts: int
    median: float
    p95: int
    max: int


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts over records; names are sorted by their count, years by time. `asker_share` is from 0 to 1."""

    records: int
    answers: int
    unanswered: int
    asker_share: float
    specialties: Mapping[str, int]
    sources: Mapping[str, int]
    years: Mapping[str, int]
    lengths: Mapping[str, Lengths]


def stats(records: Iterable[Record]) -> Stats:
    """Counts over the records. The specialty is the record's, the year that of asking, or else of the newest reply."""
    total: Counter[str] = Counter()
    specialties: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    years: Counter[str] = Counter()
    words: dict[str, list[int]] = {"title": [], "question": [], "answer": [], "more_info": []}
    for record in records:
        answers = [answer.text for answer in record.answers if answer.text.strip()]
        total.update(records=1, answers=len(answers), unanswered=not answers, askers=record.asker is not None)
        specialties[record.specialty or NONE_STATED] += 1
        sources[record.source or NONE_STATED] += 1
        years[(record.asked or record.newest)[:4] or NONE_STATED] += 1
        for part, texts in zip(words, ([record.title], [record.question], answers, [record.more_info]), strict=True):
            words[part] += [len(text.split()) for text in texts if text.strip()]
    return Stats(
        records=total["records"],
        answers=total["answers"],
        unanswered=total["unanswered"],
        asker_share=total["askers"] / max(total["records"], 1),
        specialties=_frequent_first(specialties),
        sources=_frequent_first(sources),
        years=dict(sorted(years.items())),
        lengths={part: lengths(counts) for part, counts in words.items()},
    )


def lengths(counts: Sequence[int]) -> Lengths:
    """Lengths of texts with these numbers of words; the percentile is the smallest count that 95% do not exceed."""
    if not counts:
        return Lengths(0, 0.0, 0, 0)
    ordered = sorted(counts)
    p95 = ordered[-(-95 * len(ordered) // 100) - 1]
    return Lengths(len(ordered), float(statistics.median(ordered)), p95, ordered[-1])


def as_json(found: Stats) -> dict[str, Any]:
    """The counts as a JSON object."""
    return asdict(found)


def as_text(found: Stats) -> str:
    """The counts as a table to read, one fact a line."""
    facts = {"records": found.records, "answers": found.answers, "without an answer": found.unanswered}
    lines = [f"{name:<20}{count:>9,}" for name, count in facts.items()]
    lines.append(f"{'with an asker':<20}{found.asker_share:>9.1%}")
    lines += ["", f"{'words':<20}{'texts':>9}{'median':>9}{'p95':>9}{'most':>9}"]
    lines += [f"{part:<20}{n.texts:>9,} {n.median:>8,.0f} {n.p95:>8,} {n.max:>8,}" for part, n in found.lengths.items()]
    for name, counts in (("specialty", found.specialties), ("source", found.sources), ("year", found.years)):
        lines += ["", f"by {name}", *_rows(counts, every=name == "year")]
    return "\n".join(lines)


def _rows(counts: Mapping[str, int], every: bool) -> list[str]:
    shown = list(counts.items()) if every else list(counts.items())[:ROWS]
    rows = [f"{count:>9,}  {name}" for name, count in shown]
    left = len(counts) - len(shown)
    return [*rows, f"{sum(counts.values()) - sum(count for _, count in shown):>9,}  in {left} more"] if left else rows


def _frequent_first(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
