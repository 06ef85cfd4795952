"""Writes the tables of docs/scaling.md and its picture from what was measured and what the model makes of it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from typing import Any

from tests.benchmarks.chart import scale_chart
from tests.benchmarks.scale_model import FOLDER

PAGE = FOLDER.parent / "scaling.md"
TABLE = r"(<!-- {name} -->\n).*?(<!-- end -->)"


def main() -> None:
    scale_chart(_read("scale.json"), FOLDER / "scale.svg")
    PAGE.write_text(filled(PAGE.read_text()))


def filled(page: str) -> str:
    """The page with every table made anew. Raises ValueError where it has no place for one."""
    for name, lines in tables().items():
        page, count = re.subn(
            TABLE.format(name=name), lambda found, lines=lines: found[1] + lines + found[2], page, flags=re.DOTALL
        )
        if count != 1:
            raise ValueError(f"{PAGE} has {count} places for the table {name}; expected 1")
    return page


def tables() -> dict[str, str]:
    """Each table of the page, by its name."""
    ray, scale, model = _read("ray.json"), _read("scale.json"), _read("model.json")
    assumed = tomllib.loads((FOLDER / "assumptions.toml").read_text())
    return {
        "ray": _ran(ray) + _ray(ray),
        "rows": _ran(scale["rows"]) + _rows(scale["rows"]["sizes"]),
        "nodes": _ran(scale["nodes"]) + _shapes(scale["nodes"]["shapes"]),
        "kill": _ran(scale["kill"]) + _kill(scale["kill"]),
        "measured": _table(("taken from the reports above", ""), model["measured"].items()),
        "model": _model(model),
        "assumptions": _table(
            ("assumption", "value", "unit", "why"),
            ((f"`{name}`", f"{item['value']:,}", item["unit"], item["why"]) for name, item in assumed.items()),
        ),
    }


def _ray(found: dict[str, Any]) -> str:
    return _table(
        ("", "seconds", "to plain", "records a second", "encoding alone, records a second", "passages a second"),
        ((name, each["seconds"], each["to_plain"], each["records_per_s"], each["encoding_records_per_s"],
          each["encoding_passages_per_s"]) for name, each in found["ways"].items()),
    )  # fmt: skip


LOADS = ("clients", "p50, ms", "p95, ms", "a second", "processor time a search, ms")


def _rows(sizes: Sequence[dict[str, Any]]) -> str:
    made = _table(
        ("rows", "of these real", "load", "rows written a second", "indexed after, s", "memory, MB", "recall@10",
         "recall@100"),
        ((f"{size['rows']:,}", f"{size['real']:,}", size["load"], f"{size['rows_a_second']:,}", size["indexed_s"],
          size["memory_mb"], size["recall_at_10"], size["recall_at_100"]) for size in sizes),
    )  # fmt: skip
    asked = _table(
        ("rows", *LOADS), ((f"{size['rows']:,}", *_load(load)) for size in sizes for load in size["clients"])
    )
    return f"{made}\n{asked}"


def _shapes(shapes: Sequence[dict[str, Any]]) -> str:
    return _table(
        ("query nodes", "replicas", "memory of query nodes, MB", "of all, MB", *LOADS),
        ((shape["query_nodes"], shape["replicas"],
          sum(size for name, size in shape["memory_mb"].items() if name.startswith("query")),
          sum(shape["memory_mb"].values()), *_load(load)) for shape in shapes for load in shape["clients"]),
    )  # fmt: skip


def _load(load: dict[str, Any]) -> tuple[object, ...]:
    return load["clients"], load["p50_ms"], load["p95_ms"], load["per_second"], load["cpu_ms_a_search"]


def _kill(found: dict[str, Any]) -> str:
    rows = (
        ("clients, half of them as the site asks, with its one retry", found["clients"]),
        ("searches answered before and after", f"{found['before']['questions']:,} and {found['after']['questions']:,}"),
        ("failed for those that try nothing twice", found["failed"]),
        ("failed for those that ask as the site does", found["failed_as_the_site"]),
        ("the last of them, s after the kill", found["failed_last_after_s"]),
        ("p95 before and after, ms", f"{found['before']['p95_ms']} and {found['after']['p95_ms']}"),
        ("slowest after, s", found["slowest_after_s"]),
        ("recall@10 before, lowest, at the end",
         f"{found['recall_before']}, {found['recall_lowest']}, {found['recall_after']}"),
        ("recall whole again, s after the kill", found["recall_whole_after_s"]),
    )  # fmt: skip
    return _table(("one of two query nodes killed with -9", ""), rows)


def _model(model: dict[str, Any]) -> str:
    names = {
        "memory_gb": "memory of query nodes, GB", "search_cores": "cores busy searching at the peak",
        "query_nodes": "query nodes", "held_by": "decided by", "web_cores": "vCPU of web workers",
        "storage_gb": "object storage, GB", "encode_hours": "encoding, h", "load_hours": "loading, h",
        "index_hours": "building graphs, h", "build_hours": "build, one after the other, h",
        "build_price": "processors for the build, USD", "month_price": "to run it, USD a month",
    }  # fmt: skip
    each = model["estimates"]
    titles = ("", *(f"{one['passages'] / 1e6:,.0f} million, {one['index']}" for one in each))
    return _table(titles, ((title, *(_number(one[name]) for one in each)) for name, title in names.items()))


def _number(value: object) -> object:
    return f"{value:,}" if isinstance(value, int | float) else value


def _ran(found: dict[str, Any]) -> str:
    machine = found["machine"]
    return f"{found['run']}, {machine['processor']}, {machine['cores']} cores, load {machine['load']}.\n\n"


def _table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)]) + "\n"


def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text())


if __name__ == "__main__":
    main()
