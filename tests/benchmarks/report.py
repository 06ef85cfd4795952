"""Writes docs/evaluation.md from the figures that `make eval` left in docs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from indexer.evaluate import table
from indexer.systems import OURS
from search.match import AT_LEAST, TITLE_SAME
from tests.benchmarks.chart import reliability_chart, systems_chart

DOCS = Path(__file__).parents[2] / "docs"
PACKS, AS_ASKED, BASE = (DOCS / f"eval/packs{name}.json" for name in ("", "-as-asked", "-base-model"))
SAMPLE, CALIBRATION = DOCS / "eval/sample.json", DOCS / "eval/calibration.json"
BESIDE_PACKS = DOCS / "eval/sample-beside-packs.json"  # the built-in corpus in an index of the packs' precision
COMPARED = ("ndcg@10", "mrr@10", "hit@1")

PAGE = Path(__file__).with_name("evaluation_page.txt")  # its prose, with a place for each table


def main() -> None:
    """Writes the page."""
    packs, plain, base, sample, fit = (
        json.loads(path.read_text()) for path in (PACKS, AS_ASKED, BASE, SAMPLE, CALIBRATION)
    )
    systems_chart(_systems_of(packs | sample), DOCS / "pictures/systems.svg")
    curves = {name: [(said, right) for said, right, _ in found["curve"]] for name, found in fit.items()}
    reliability_chart(curves, DOCS / "pictures/reliability.svg")
    page = PAGE.read_text(encoding="utf-8").format(
        packs=table(packs),
        plain=table(plain),
        base=table(base),
        systems=_systems(packs | sample),
        sample=table(sample),
        exact=json.loads(BESIDE_PACKS.read_text())["sample"],
        calibration=_calibration(fit),
        close=json.loads((DOCS / "eval/close.json").read_text()),
        reliability=_reliability(packs | sample),
        title_same=TITLE_SAME,
        at_least=AT_LEAST,
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


def _systems_of(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: values["systems"] for name, values in figures.items() if "systems" in values}


def _systems(figures: dict[str, Any]) -> str:
    lines = ["| pack | system | " + " | ".join(f"{name} | ours above" for name in COMPARED) + " |"]
    lines.append("|---" * (2 + 2 * len(COMPARED)) + "|")
    for pack, systems in _systems_of(figures).items():
        for system, values in systems.items():
            cells = []
            for name in COMPARED:
                gain, low, high = values[f"ours above, {name}"]
                cells.append(
                    f"{values[name]:.3f} | " + ("" if system == OURS else f"{gain:+.3f} ({low:+.3f}, {high:+.3f})")
                )
            lines.append(f"| {pack} | {system} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _calibration(fit: dict[str, Any]) -> str:
    lines = [
        "| pack | results | right | Brier | of the mean | fitted on other packs "
        "| called the same | right | titles so near | right |",
        "|" + "---|" * 10,
    ]
    for name, found in fit.items():
        values = (found[key] for key in ("right", "brier", "brier_of_the_mean", "brier_fitted_on_other_packs"))
        cells = [str(found["results"]), *(f"{value:.3f}" for value in values)]
        for key in ("said_same", "near_titles"):
            cells += [str(found[key]), f"{found[f'{key}_right']:.3f}"] if key in found else ["0", ""]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
