"""`calibrate`: from scores to probabilities, fitted on one half of the packs' questions and checked on the other."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.jsonl import replacing
from corpus.progress import Progress
from indexer.convert import open_encoder
from indexer.evaluate import packs_of, records_of
from indexer.measures import Pack, read_pack
from search.address import folder_of
from search.command import index_option
from search.engine import Engine
from search.errors import SearchError
from search.fusion import KINDS, weights_for
from search.hits import Switches
from search.layout import Layout
from search.match import CALIBRATION, Calibration
from search.opening import open_index

AT_MOST = 600  # questions of a pack: enough for a curve of two numbers
SHOWN = 5  # results of a question that are looked at
DEPTH = 100  # results looked through for what is left when the right ones are out
AS_ASKED = Switches(expansions=False)  # a looked-up term is right by the list it is from, not by its score
ENOUGH = 100  # results of one kind of question in a pack, so that they say something
NAMES = {weights: kind for kind, weights in KINDS.items()}
Curves = Mapping[str, Calibration]
BINS = 10  # steps of probability in the reliability table
ROUNDS = 50  # of Newton's method; it stands still after about ten


@dataclass(frozen=True, slots=True)
class Sample:
    """n results of one pack's questions: their score, whether each is right, whether it is for fitting, and the kind of
    question (a name of `search.fusion.KINDS`)."""

    scores: NDArray[np.float64]
    right: NDArray[np.bool_]
    fitting: NDArray[np.bool_]
    kinds: NDArray[np.str_]

    def half(self, fitting: bool) -> Sample:
        return self._only(self.fitting == fitting)

    def kind(self, name: str) -> Sample:
        return self._only(self.kinds == name)

    def _only(self, chosen: NDArray[np.bool_]) -> Sample:
        return Sample(self.scores[chosen], self.right[chosen], self.fitting[chosen], self.kinds[chosen])


def collect(pack: Pack, engine: Engine) -> Sample:
    """The first results of each question: as it is for one half of them, and with what is right left out for the other.

    The second half are questions that nothing in the index answers, as real ones are. A pack that has such questions of
    its own stays as it is.
    """
    rows: list[tuple[float, bool, bool, str]] = []
    asked = sorted(pack.queries, key=_number)[:AT_MOST]
    unanswered = any(query not in pack.qrels for query in asked)
    with Progress(len(asked), f"questions of {pack.name}") as progress:
        for query in asked:
            grades = pack.qrels.get(query, {})
            kind = NAMES[weights_for(pack.queries[query])]
            gone = not unanswered and _number(query) // 2 % 2 == 0
            found = engine.run(pack.queries[query], DEPTH, query, AS_ASKED)
            kept = [(record, score) for record, score in found if not (gone and grades.get(record, 0) > 0)]
            rows += [
                (score, grades.get(record, 0) >= pack.relevant_from, _number(query) % 2 == 0, kind)
                for record, score in kept[:SHOWN]
            ]
            progress.add(1)
    scores, right, fitting, kinds = zip(*rows, strict=True)
    return Sample(np.array(scores), np.array(right), np.array(fitting), np.array(kinds))


def fit_kinds(samples: Sequence[Sample]) -> Curves:
    """A curve for each kind of question that the samples have enough of; for the others, that of all together."""
    found = {}
    for kind in KINDS:
        own = [sample.kind(kind) for sample in samples]
        own = [sample for sample in own if len(sample.scores) >= ENOUGH]
        found[kind] = fit(own or samples)
    return found


def fit(samples: Sequence[Sample]) -> Calibration:
    """Logistic regression of right on score (Platt 1999), each pack with the same weight, by Newton's method."""
    x = np.concatenate([sample.scores for sample in samples])
    y = np.concatenate([sample.right for sample in samples]).astype(float)
    weight = np.concatenate([np.full(len(sample.scores), 1 / len(sample.scores)) for sample in samples])
    design = np.stack([np.ones_like(x), x], axis=1)
    beta = np.zeros(2)
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(-design @ beta))
        gradient = design.T @ (weight * (y - p))
        hessian = (design * (weight * p * (1 - p))[:, None]).T @ design
        beta += np.linalg.solve(hessian + 1e-9 * np.eye(2), gradient)
    return Calibration(offset=round(float(beta[0]), 4), slope=round(float(beta[1]), 4))


def check(sample: Sample, curves: Curves) -> dict[str, Any]:
    """Brier score (mean square error of the probability), that of always saying the mean, and the reliability curve."""
    said = np.array([curves[kind].probability(score) for kind, score in zip(sample.kinds, sample.scores, strict=True)])
    right = sample.right.astype(float)
    bins = np.minimum((said * BINS).astype(int), BINS - 1)
    return {
        "results": len(said),
        "right": round(float(right.mean()), 4),
        "brier": round(float(((said - right) ** 2).mean()), 4),
        "brier_of_the_mean": round(float(((right.mean() - right) ** 2).mean()), 4),
        "curve": [
            (round(float(said[bins == b].mean()), 3), round(float(right[bins == b].mean()), 3), int((bins == b).sum()))
            for b in range(BINS)
            if (bins == b).any()
        ],
    }


def add_command(commands: Any) -> None:
    """Adds the command to the indexer's parser."""
    command = commands.add_parser("calibrate", help="fit what a score is worth on indexes that evaluate --each built")
    command.add_argument("packs", nargs="+", type=Path, metavar="PACKS", help="folders of packs")
    command.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="PACK",
        help="a pack to leave out: one whose judgements name the best page alone, not all that answer; may be repeated",
    )
    command.add_argument("--model", help="the model that the indexes were built with")
    command.add_argument("--json", type=Path, metavar="FILE", help="write how well it fits there")
    command.add_argument("--out", type=Path, default=CALIBRATION, help="write the calibration there")
    index_option(command)
    command.set_defaults(action=_calibrate)


def _calibrate(args: argparse.Namespace) -> None:
    samples = {}
    encoder = open_encoder(Layout(folder_of(args.index)), args.model)
    folders = [pack for packs in args.packs for pack in packs_of(packs)]
    if unknown := set(args.without) - {folder.name for folder in folders}:
        raise SearchError(f"--without {min(unknown)}: no pack of that name is in {', '.join(map(str, args.packs))}")
    for folder in (folder for folder in folders if folder.name not in args.without):
        engine = open_index(_index_of(folder, folder_of(args.index)), encoder)
        samples[folder.name] = collect(read_pack(folder), engine)
        engine.close()
    curves = fit_kinds([sample.half(fitting=True) for sample in samples.values()])
    report = _checked(samples, curves)
    for kind, curve in curves.items():
        print(f"{kind}: probability = 1 / (1 + exp(-({curve.offset} + {curve.slope} * score)))")
    for name, found in report.items():
        print(f"{name}: Brier {found['brier']}, of the mean {found['brier_of_the_mean']}, {found['results']} results")
    with replacing(args.out) as file:
        file.write(json.dumps({kind: asdict(curve) for kind, curve in curves.items()}, indent=2) + "\n")
    if args.json:
        with replacing(args.json) as file:
            file.write(json.dumps(report, indent=2) + "\n")


def _index_of(pack: Path, indexes: Path) -> Path:
    """The index named like the pack, or like the folder that its records are in."""
    own = indexes / pack.name
    return own if Layout(own).published() else indexes / records_of(pack).parent.name


def _checked(samples: Mapping[str, Sample], curves: Curves) -> dict[str, Any]:
    """The check on each pack's other half; and on the whole of it by curves fitted on the other packs alone."""
    report = {}
    for name, sample in samples.items():
        others = fit_kinds([other.half(fitting=True) for key, other in samples.items() if key != name] or [sample])
        report[name] = check(sample.half(fitting=False), curves) | {
            "brier_fitted_on_other_packs": check(sample, others)["brier"]
        }
    return report


def _number(query: str) -> int:
    return int(hashlib.sha256(query.encode()).hexdigest(), 16)
