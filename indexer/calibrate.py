"""`calibrate`: from scores to probabilities, fitted on one half of the packs' questions and checked on the other."""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.arguments import path
from corpus.jsonl import keep_sources, replacing
from corpus.progress import Progress
from indexer.convert import open_encoder
from indexer.evaluate import check_pack, packs_of, records_of
from indexer.measures import Pack, files_of, read_pack
from indexer.models import EMBEDDED_MODEL
from search.address import folder_of
from search.command import index_option
from search.engine import Engine
from search.errors import SearchError
from search.fusion import KINDS, weights_for
from search.hits import Switches
from search.layout import Layout
from search.match import CALIBRATION, FORMS, SAME_QUESTION, TITLE_SAME, Calibration, probabilities
from search.opening import open_index
from search.ranking import Ranked

AT_MOST = 600  # questions of a pack: enough for a few numbers
SHOWN = 5  # results of a question that are looked at
DEPTH = 100  # results looked through for what is left when the right ones are out
AS_ASKED = Switches(expansions=False)  # a looked-up term is right by the list it is from, not by its score
RIDGE = 1e-4  # what it costs, beside the mean logarithmic loss of each pack, that a kind or a form differs
NAMES = {weights: kind for kind, weights in KINDS.items()}
Curves = Mapping[str, Mapping[str, Calibration]]  # by the kind of question, then by the form of the page
BINS = 10  # steps of probability in the reliability table
ROUNDS = 50  # of Newton's method; it stands still after about ten


@dataclass(frozen=True, slots=True)
class Sample:
    """n results of one pack's questions: their score, whether each is right, whether it is for fitting, the kind of
    question (a name of `search.fusion.KINDS`), the form of the page (of `search.match.FORMS`), and the cosine of its
    title, NaN without one."""

    scores: NDArray[np.float64]
    right: NDArray[np.bool_]
    fitting: NDArray[np.bool_]
    kinds: NDArray[np.str_]
    forms: NDArray[np.str_]
    titles: NDArray[np.float32]

    def half(self, fitting: bool) -> Sample:
        chosen = self.fitting == fitting
        return Sample(*(getattr(self, field.name)[chosen] for field in fields(self)))


def collect(pack: Pack, engine: Engine) -> Sample:
    """The first results of each question: as it is for one half of them, and with what is right left out for the other.

    The second half are questions that nothing in the index answers, as real ones are. A pack that has such questions of
    its own stays as it is. Raises SearchError where one half of the questions finds nothing.
    """
    rows: list[tuple[float, bool, bool, str, str, float]] = []
    asked = sorted(pack.queries, key=_number)[:AT_MOST]
    unanswered = any(query not in pack.qrels for query in asked)
    with Progress(len(asked), f"questions of {pack.name}") as progress:
        for query in asked:
            grades = pack.qrels.get(query, {})
            kind = NAMES[weights_for(pack.queries[query])]
            gone = not unanswered and _number(query) // 2 % 2 == 0
            found = engine.runs(pack.queries[query], DEPTH, {"": None}, query, AS_ASKED)[""]
            kept = [(record, item) for record, item in found if not (gone and grades.get(record, 0) > 0)]
            fitting = _number(query) % 2 == 0
            rows += [
                (item.score, grades.get(record, 0) >= pack.relevant_from, fitting, kind, item.form, _title(item))
                for record, item in kept[:SHOWN]
            ]
            progress.add(1)
    if len({fitting for _, _, fitting, *_ in rows}) < 2:
        raise SearchError(f"{pack.name} finds too little to fit on one half and check on the other; use --without")
    return Sample(*(np.array(column) for column in zip(*rows, strict=True)))


def _title(item: Ranked) -> float:
    return math.nan if item.cosines[0] is None else item.cosines[0]


def fit(samples: Sequence[Sample]) -> Curves:
    """A curve for each kind of question and form of page: one for all, and what each kind and each form adds to it.

    Logistic regression of right on score (Platt 1999), each pack with the same weight, by Newton's method. What is
    added is held near nothing (ridge), so that a kind or a form of which the samples have little has about the curve of
    all.
    """
    kinds, forms = (np.concatenate([getattr(sample, name) for sample in samples]) for name in ("kinds", "forms"))
    scores = np.concatenate([sample.scores for sample in samples])
    right = np.concatenate([sample.right for sample in samples]).astype(float)
    weight = np.concatenate([np.full(len(sample.scores), 1 / len(sample.scores)) for sample in samples])
    members = [np.ones(len(scores)), *(kinds == kind for kind in KINDS), *(forms == form for form in FORMS)]
    design = np.stack([column for member in members for column in (member, member * scores)], axis=1)
    ridge = np.full(design.shape[1], RIDGE)
    ridge[:2] = 1e-9
    beta = np.zeros(len(ridge))
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(-design @ beta))
        gradient = design.T @ (weight * (right - p)) - ridge * beta
        hessian = (design * (weight * p * (1 - p))[:, None]).T @ design + np.diag(ridge)
        beta += np.linalg.solve(hessian, gradient)
    pairs = beta.reshape(-1, 2)
    of_kind = dict(zip(KINDS, pairs[1:], strict=False))
    of_form = dict(zip(FORMS, pairs[1 + len(KINDS) :], strict=True))
    return {kind: {form: _curve(pairs[0] + of_kind[kind] + of_form[form]) for form in FORMS} for kind in KINDS}


def _curve(numbers: NDArray[np.float64]) -> Calibration:
    return Calibration(offset=round(float(numbers[0]), 4), slope=round(float(numbers[1]), 4))


def check(sample: Sample, curves: Curves) -> dict[str, Any]:
    """Brier score (mean square error of the probability), that of always saying the mean, and the reliability curve; of
    the results whose title is as near as TITLE_SAME, and of those called the same question, how many are right."""
    said = np.zeros(len(sample.scores))
    for kind, of_forms in curves.items():
        found = probabilities(sample.scores, sample.forms, sample.titles, of_forms)
        said = np.where(sample.kinds == kind, found, said)
    right = sample.right.astype(float)
    bins = np.minimum((said * BINS).astype(int), BINS - 1)
    figures: dict[str, Any] = {
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
    for name, some in (("near_titles", sample.titles >= TITLE_SAME), ("said_same", said >= SAME_QUESTION)):
        if some.any():
            figures |= {name: int(some.sum()), f"{name}_right": round(float(right[some].mean()), 4)}
    return figures


def add_command(commands: Any) -> None:
    """Adds the command to the indexer's parser."""
    command = commands.add_parser("calibrate", help="fit what a score is worth on indexes that evaluate --each built")
    command.add_argument(
        "packs",
        nargs="+",
        type=path,
        metavar="PACKS",
        help="a folder of packs, each of which --index holds an index of",
    )
    command.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="PACK",
        help="a pack to leave out: one whose judgements name the best page alone, not all that answer; may be repeated",
    )
    command.add_argument("--model", help=f"the model that the indexes were built with (default: {EMBEDDED_MODEL})")
    command.add_argument("--json", type=path, metavar="FILE", help="write how well it fits there")
    command.add_argument(
        "--out", type=path, default=CALIBRATION, help="write the calibration there (default: the program's own)"
    )
    index_option(command)
    command.set_defaults(action=_calibrate)


def _calibrate(args: argparse.Namespace) -> None:
    folders = list({pack.resolve(): pack for packs in args.packs for pack in packs_of(packs)}.values())
    for option in ("out", "json"):
        keep_sources(getattr(args, option), files_of(folders), f"--{option}")
    if unknown := set(args.without) - {folder.name for folder in folders}:
        raise SearchError(f"--without {min(unknown)}: no pack of that name is in {', '.join(map(str, args.packs))}")
    encoder = open_encoder(Layout(folder_of(args.index)), args.model)
    samples: dict[str, Sample] = {}
    for pack, index in _wanted(folders, args.without, folder_of(args.index)):
        engine = open_index(index, encoder)
        check_pack(pack, engine.ids())
        samples[pack.name] = collect(pack, engine)
        engine.close()
    curves = fit([sample.half(fitting=True) for sample in samples.values()])
    report = _checked(samples, curves)
    for kind, of_forms in curves.items():
        for form, curve in of_forms.items():
            print(f"{kind}, {form}: probability = 1 / (1 + exp(-({curve.offset} + {curve.slope} * score)))")
    for name, found in report.items():
        print(f"{name}: Brier {found['brier']}, of the mean {found['brier_of_the_mean']}, {found['results']} results")
    written = {kind: {form: asdict(curve) for form, curve in of.items()} for kind, of in curves.items()}
    with replacing(args.out) as file:
        file.write(json.dumps(written, indent=2) + "\n")
    if args.json:
        with replacing(args.json) as file:
            file.write(json.dumps(report, indent=2) + "\n")


def _wanted(folders: Sequence[Path], without: Sequence[str], indexes: Path) -> list[tuple[Pack, Path]]:
    """The packs that are asked, with the index of each. Raises SearchError before the first is asked."""
    found = [(read_pack(folder), _index_of(folder, indexes)) for folder in folders if folder.name not in without]
    if not found:
        raise SearchError("every pack is left out; give fewer of them with --without")
    names = [pack.name for pack, _ in found]
    if double := [name for name in names if names.count(name) > 1]:
        raise SearchError(f"two packs are called {double[0]}, and figures are told apart by the name; rename one")
    return found


def _index_of(pack: Path, indexes: Path) -> Path:
    """The index named like the pack, or like the folder that its records are in."""
    own = indexes / pack.name
    return own if Layout(own).published() else indexes / records_of(pack).parent.name


def _checked(samples: Mapping[str, Sample], curves: Curves) -> dict[str, Any]:
    """The check on each pack's other half; and on the whole of it by curves fitted on the other packs alone."""
    report = {}
    for name, sample in samples.items():
        report[name] = check(sample.half(fitting=False), curves)
        if others := [other.half(fitting=True) for key, other in samples.items() if key != name]:
            report[name]["brier_fitted_on_other_packs"] = check(sample, fit(others))["brier"]
    return report


def _number(query: str) -> int:
    return int(hashlib.sha256(query.encode()).hexdigest(), 16)
