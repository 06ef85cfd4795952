"""Draws what `make eval` and `make bench` measured, as pictures for the docs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from indexer.systems import OURS

SIZE = (9.0, 4.2)  # inches
METADATA = {"Date": None}  # the same figures give the same file


def systems_chart(figures: Mapping[str, Mapping[str, Any]], path: Path) -> None:
    """Bars of nDCG@10, a group a pack and a bar a system, with the bounds of each mean, as SVG."""
    plt = _pyplot()
    names = list(dict.fromkeys(name for systems in figures.values() for name in systems))
    figure, axes = plt.subplots(figsize=SIZE)
    width = 0.8 / len(names)
    for number, name in enumerate(names):
        packs = [(place, systems[name]) for place, systems in enumerate(figures.values()) if name in systems]
        values = [found["ndcg@10"] for _, found in packs]
        bounds = [found["ndcg@10 bounds"] for _, found in packs]
        errors = [[value - low for value, (low, _) in zip(values, bounds, strict=True)],
                  [high - value for value, (_, high) in zip(values, bounds, strict=True)]]  # fmt: skip
        places = [place + (number - (len(names) - 1) / 2) * width for place, _ in packs]
        color = "#00695c" if name == OURS else str(0.45 + 0.4 * number / len(names))
        axes.bar(places, values, width, yerr=errors, label=name, color=color, error_kw={"lw": 0.7})
    axes.set_xticks(range(len(figures)), list(figures))
    axes.set_ylabel("nDCG@10")
    axes.set_ylim(0, 1)
    axes.legend(fontsize=8, ncols=2, loc="lower right")
    _save(figure, path)


def reliability_chart(points: Mapping[str, Sequence[tuple[float, float]]], path: Path) -> None:
    """How often results said to be right with a probability were right, a line a pack, as SVG."""
    plt = _pyplot()
    figure, axes = plt.subplots(figsize=(4.8, 4.8))
    axes.plot([0, 1], [0, 1], color="#999", lw=1, ls="--", label="as said")
    for name, pairs in points.items():
        axes.plot([x for x, _ in pairs], [y for _, y in pairs], marker="o", ms=3, lw=1, label=name)
    axes.set_xlabel("probability said")
    axes.set_ylabel("share right")
    axes.legend(fontsize=7)
    _save(figure, path)


def _pyplot() -> Any:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "medqa"
    import matplotlib.pyplot

    return matplotlib.pyplot


def _save(figure: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata=METADATA)


def load_chart(found: Mapping[str, Any], path: Path) -> None:
    """Questions a second and the wait of one in a hundred by the number of clients, ours and the plain way, as SVG."""
    plt = _pyplot()
    figure, (rate, wait) = plt.subplots(1, 2, figsize=SIZE)
    for name, color in (("ours", "#00695c"), ("plain", "#888")):
        clients = [str(each["clients"]) for each in found[name]["load"]]
        rate.plot(clients, [each["per_second"] for each in found[name]["load"]], color=color, marker="o", label=name)
        wait.plot(clients, [each["p99_ms"] for each in found[name]["load"]], color=color, marker="o", label=name)
    for axes, words in ((rate, "questions a second"), (wait, "p99, ms")):
        axes.set_xlabel("clients")
        axes.set_ylabel(words)
        axes.set_ylim(0)
        axes.legend(fontsize=8)
    _save(figure, path)


def growth_chart(views: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Milliseconds of a search and bytes a passage by the number of passages, as SVG."""
    plt = _pyplot()
    figure, (time, size) = plt.subplots(1, 2, figsize=SIZE)
    passages = [each["passages"] for each in views]
    for point in ("p50_ms", "p99_ms"):
        time.plot(passages, [each["search"][point] for each in views], marker="o", label=point[:3])
    size.plot(passages, [sum(each["bytes_a_passage"].values()) for each in views], marker="o", label="resident")
    for axes, words in ((time, "a search, ms"), (size, "bytes a passage")):
        axes.set_xscale("log")
        axes.set_xlabel("passages")
        axes.set_ylabel(words)
        axes.set_ylim(0)
        axes.legend(fontsize=8)
    _save(figure, path)


def scale_chart(found: Mapping[str, Any], path: Path) -> None:
    """Milliseconds of a vector search in Milvus by the number of rows, and by the cluster's shape, as SVG."""
    plt = _pyplot()
    figure, (rows, shapes) = plt.subplots(1, 2, figsize=SIZE)
    sizes = found["rows"]["sizes"]
    for number, clients in enumerate(load["clients"] for load in sizes[0]["clients"]):
        points = [size["clients"][number]["p50_ms"] for size in sizes]
        rows.plot([size["rows"] for size in sizes], points, marker="o", label=f"{clients} clients")
    for shape in found["nodes"]["shapes"]:
        clients = [str(load["clients"]) for load in shape["clients"]]
        label = f"{shape['query_nodes']} nodes, {shape['replicas']} replicas"
        shapes.plot(clients, [load["per_second"] for load in shape["clients"]], marker="o", label=label)
    for axes, x, y in ((rows, "rows", "p50, ms"), (shapes, "clients", "searches a second")):
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        axes.set_ylim(0)
        axes.legend(fontsize=8)
    _save(figure, path)
