"""Draws what `make eval` compared, and how sure the calibrated probabilities are, as pictures for the docs."""

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
