"""Writes docs/benchmarks.md and its pictures from what `make bench` left in docs/benchmarks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.chart import growth_chart, load_chart

DOCS = Path(__file__).parents[2] / "docs"
FOLDER = DOCS / "benchmarks"

PAGE = """# How fast, how small

Written by `make bench`, which runs everything on one machine, one part after the other, and keeps its figures in
`benchmarks/bench.json`. Compare columns, not runs: each part says how busy the machine was when it ended (`load`, the
mean number of processes that wanted a core; with more than there are cores, all times are longer than they need be).

- **ours**: as installed, its default settings: a process for each core, four threads in each.
- **the plain way**: sentence-transformers as it comes, a flat FAISS index and Flask (gunicorn, one worker of four
  threads), with the same model. It answers with whole records, without snippets, words, filters or corrections.
- **txtai**: hybrid, content stored, with the same model, in an environment of its own, on every 16th record.

{parts}

## In float32

The same, where the processor has no instructions for 8 bits, so that the encoder is run in float32 (`make bench
PARTS=ask,http FIGURES=docs/benchmarks/bench-float32.json`).

{float32}
"""


def main() -> None:
    """Writes the page; a part that was not measured says so."""
    figures, float32 = (_figures(FOLDER / f"{name}.json") for name in ("bench", "bench-float32"))
    if (kind := float32.get("ask", {"ours": {"kind": "f32"}})["ours"]["kind"]) != "f32":
        raise SystemExit(f"{FOLDER / 'bench-float32.json'} was measured in {kind}; measure it where float32 is chosen")
    if "http" in figures:
        load_chart(figures["http"], FOLDER / "load.svg")
    if "growth" in figures:
        growth_chart(figures["growth"]["views"], FOLDER / "growth.svg")
    writers = {"build": _build, "ask": _ask, "http": _http, "txtai": _txtai, "growth": _growth, "whole": _whole}
    parts = []
    for name, write in writers.items():
        found = figures.get(name)
        text = f"{_ran(found)}{write(found)}{PICTURES.get(name, '')}" if found else "Not measured yet."
        parts.append(f"## {TITLES[name]}\n\n{text}")
    others = [f"### {TITLES[name]}\n\n{_ran(found)}{writers[name](found)}" for name, found in float32.items()]
    (DOCS / "benchmarks.md").write_text(PAGE.format(parts="\n\n".join(parts), float32="\n\n".join(others)))


def _figures(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text())) if path.exists() else {}


TITLES = {
    "build": "Building",
    "ask": "Asking through Python, one client",
    "http": "Asking through HTTP",
    "txtai": "txtai",
    "growth": "As it grows: one view",
    "whole": "As it grows: the whole",
}
PICTURES = {
    "ask": "\n\nWhere the time goes: [benchmarks/query.svg](benchmarks/query.svg), a flame graph (`make profile`).",
    "http": "\n\n![questions a second](benchmarks/load.svg)",
    "growth": "\n\n![a search as it grows](benchmarks/growth.svg)",
}


def _ran(found: dict[str, Any]) -> str:
    machine = found["machine"]
    return f"{found['run']}, {machine['processor']}, {machine['cores']} cores, load {machine['load']}.\n\n"


def _build(found: dict[str, Any]) -> str:
    build, update = found["build"], found["update"]
    rows = [
        ("records", f"{found['records']:,}"),
        ("passages", f"{found['passages']:,}"),
        ("encoder", found["kind"]),
        ("converting the model, once, s", found["convert_s"]),
        ("building, s", build["seconds"]),
        ("passages a second, all steps", build["passages_per_s"]),
        ("passages a second, embedding the plain way", found["plain_passages_per_s"]),
        ("ours to the plain way", found["build_to_plain"]),
        ("peak memory, MB", build["peak_mb"]),
        (f"update of {update['records']} records, s", update["seconds"]),
        ("update to build", update["to_build"]),
        *((f"disk, {name}, MB", size) for name, size in found["disk_mb"].items()),
    ]
    return _table(("", ""), rows)


def _ask(found: dict[str, Any]) -> str:
    ours, plain = found["ours"], found["plain"]
    rows = [
        ("a bare embedding, ours", *_points(ours["bare_embedding"])),
        ("ours, not asked before", *_points(ours["cold"])),
        ("ours, asked again", *_points(ours["warm"])),
        ("the plain way", *_points(plain["cold"])),
    ]
    return (
        _table(("", "p50, ms", "p95, ms", "p99, ms"), rows)
        + f"\n\nOurs takes {ours['p50_to_bare']} times a bare embedding and {found['p50_to_plain']} of the plain way. "
        f"Its p95 is {ours['cold']['p95_ms'] / ours['bare_embedding']['p95_ms']:.2f} times that of a bare embedding."
    )


def _http(found: dict[str, Any]) -> str:
    rows = []
    for name, title in (("ours", "ours"), ("plain", "the plain way")):
        for each in found[name]["load"]:
            rows.append((title, each["clients"], *_points(each), each["per_second"]))
    sites = [
        (title, found[name]["ready_s"], *(found[name]["memory_mb"][when][kind] for when in ("at_start", "after")
                                         for kind in ("own", "resident")))
        for name, title in (("ours", "ours"), ("plain", "the plain way"))
    ]  # fmt: skip
    ratios = ", ".join(f"{ratio} at {clients}" for clients, ratio in found["throughput_to_plain"].items())
    return (
        _table(("", "clients", "p50, ms", "p95, ms", "p99, ms", "a second"), rows)
        + f"\n\nThroughput, times the plain way's, by clients: {ratios}.\n\n"
        + _table(
            ("", "ready after, s", "own, MB", "resident, MB", "own after load, MB", "resident after load, MB"), sites
        )
    )


def _txtai(found: dict[str, Any]) -> str:
    if "missing" in found:
        return f"Could not be measured: {found['missing']}."
    rows = [
        ("version", found["version"]),
        ("records", f"{found['records']:,}"),
        ("building, s", found["build_s"]),
        ("records a second", found["records_per_s"]),
        ("asking, p50, ms", found["p50_ms"]),
        ("asking, p99, ms", found["p99_ms"]),
        ("peak memory, MB", found["peak_mb"]),
    ]
    return _table(("", ""), rows)


def _growth(found: dict[str, Any]) -> str:
    views = found["views"]
    rows = [
        (f"{each['passages']:,}", f"{each['passages'] - each['real']:,}", each["plan"]["kind"], each["build_s"],
         each["open_s"], each["search"]["p50_ms"], each["search"]["p99_ms"], each["recall_at_10"],
         each["recall_at_100"], sum(each["bytes_a_passage"].values()), each["bytes_a_passage"]["own"])
        for each in views
    ]  # fmt: skip
    filters = [
        (f"{each['passages']:,}", f"{part['share']:.1%}", part["recall_at_10"], part["recall_at_100"], part["p50_ms"])
        for each in views
        for part in each["filters"]
    ]
    titles = ("passages", "synthetic", "kind", "build, s", "open, s", "p50, ms", "p99, ms", "recall@10", "recall@100",
              "bytes a passage", "of these own")  # fmt: skip
    return (
        "One view alone. The first vectors are those of the real passages, the others synthetic: drawn around real "
        "ones. The questions are real ones. Bytes a passage are what the process holds in memory after the searches, "
        "mapped files among them.\n\n" + _table(titles, rows) + "\n\n"
        "Under filters that let through a share of the passages, chosen by chance:\n\n"
        + _table(("passages", "let through", "recall@10", "recall@100", "p50, ms"), filters)
    )


def _whole(found: dict[str, Any]) -> str:
    titles = (
        "records", "passages", "build, s", "open, s", "open from disk, s", "a bare embedding, p50, ms",
        "asking, p50, ms", "p99, ms", "after a restart, p99, ms", "suggestions, p50, ms", "bytes a passage, own",
        "of files",
    )  # fmt: skip
    rows = [
        (
            f"{each['records']:,}", f"{each['passages']:,}", each["build_s"], each["open_s"], each["open_from_disk_s"],
            each["bare_embedding"]["p50_ms"], each["search"]["p50_ms"], each["search"]["p99_ms"],
            each["cold"]["p99_ms"], each["suggest"]["p50_ms"], each["bytes_a_passage"]["own"],
            each["bytes_a_passage"]["mapped"],
        )
        for each in found["indexes"]
    ]  # fmt: skip
    least, most = found["indexes"][0], found["indexes"][-1]
    ratio = most["search"]["p50_ms"] / least["search"]["p50_ms"]
    return (
        f"Whole indexes, asked as the site asks them. The first {least['real']:,} records are real; the others are "
        "synthetic: mixed from the words of two titles and the sentences of two texts, their vectors drawn around real "
        "ones. Building is without embedding these. From disk, and after a restart: nothing of the index is in the "
        f"system's memory when it is opened.\n\n{_table(titles, rows)}\n\nA question takes {ratio:.2f} times as long "
        f"over {most['passages']:,} passages as over {least['passages']:,}."
    )


def _points(found: dict[str, float]) -> tuple[float, float, float]:
    return found["p50_ms"], found["p95_ms"], found["p99_ms"]


def _table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


if __name__ == "__main__":
    main()
