"""The options of `tune`: what they are, which are refused, and the recipe that they make."""

from __future__ import annotations

import argparse
import math

from corpus.arguments import path
from corpus.jsonl import keep_sources
from indexer.measures import files_of
from indexer.models import EMBEDDED_MODEL
from indexer.tuning import material
from indexer.tuning.batches import BATCH
from indexer.tuning.save import NOTE_SUFFIX
from indexer.tuning.train import Recipe
from indexer.tuning.written import written_files
from search.command import WrongUsage

LEAST = {"runs": 1, "per_kind": 1, "long": 1, "batch": 2} | dict.fromkeys(
    ("replay", "alone", "labels", "rate", "keep", "apart", "tricked", "share"), 0
)
LABELS = 0.5  # what labels count where a teacher says more
MINUTES = 36.0  # that the command may take unless told otherwise, but for writing the model: 40 at most in all


def add_options(command: argparse.ArgumentParser) -> None:
    """Adds those of the material, and what says how it is trained on and where the model is written."""
    material.add_options(command)
    command.add_argument("-o", "--out", type=path, required=True, metavar="MODEL", help="the model folder to write")
    command.add_argument("--base", default=EMBEDDED_MODEL, help="the model to start from")
    command.add_argument(
        "--teacher",
        action="append",
        default=[],
        metavar="MODEL",
        help="learn from this larger model how like each other texts are; with more than one, from their mean",
    )
    command.add_argument(
        "--alone", type=int, default=0, help="with a teacher, learn in each step so many texts besides those of pairs"
    )
    command.add_argument(
        "--labels",
        type=float,
        help="what it costs to take other texts for the right one "
        f"(default: {Recipe().labels:g}, with a teacher {LABELS:g})",
    )
    command.add_argument(
        "--minutes",
        type=float,
        default=MINUTES,
        help="how long it may take, with measuring; inf trains on every pair",
    )
    command.add_argument("--passes", type=float, default=1.0, help="how often each pair is trained on")
    command.add_argument("--rate", type=float, default=Recipe().rate, help="highest learning rate")
    command.add_argument("--keep", type=float, default=Recipe().keep, help="what turning a vector away costs")
    command.add_argument(
        "--apart", type=float, default=0.0, help="what it costs to mix up what a list of questions answers and what not"
    )
    command.add_argument(
        "--tricked", type=float, default=0.0, help="what it costs to find known wrong texts nearer than right ones"
    )
    command.add_argument("--batch", type=int, default=BATCH, help="pairs that are held against each other in a step")
    command.add_argument(
        "--seed", type=int, default=Recipe().seed, help="what chance follows: the same seed, the same choice"
    )
    command.add_argument(
        "--runs",
        type=int,
        default=1,
        help="train so many times, with seeds from that one on, and take the mean weights",
    )
    command.add_argument("--mean-with", type=path, metavar="FILE", help="take the mean with weights trained before")
    command.add_argument(
        "--share",
        type=float,
        help="put so much of the tuned weights into the mix, 0 to 1 (default: what does best on what was held out)",
    )
    command.add_argument("--weights", type=path, metavar="FILE", help="write the changed weights alone there, halved")


def check_options(args: argparse.Namespace) -> None:
    """Raises WrongUsage for numbers that train nothing, and for options that contradict each other."""
    for name, least in LEAST.items():
        if (found := getattr(args, name)) is not None and not least <= found < math.inf:
            raise WrongUsage(f"--{name.replace('_', '-')} must be {least} or more, found {found:g}")
    if args.share is not None and args.share > 1:
        raise WrongUsage(f"--share must be 0 to 1, found {args.share:g}")
    if args.alone and not args.teacher:
        raise WrongUsage("--alone needs a --teacher: texts of no pair are learnt from what it says of them")
    if not 0 < args.passes < math.inf:
        raise WrongUsage(f"--passes must be more than 0 and finite, found {args.passes:g}")
    if not args.minutes > 0:
        raise WrongUsage(f"--minutes must be more than 0, found {args.minutes:g}")
    if args.no_written and args.written:
        raise WrongUsage("--no-written leaves out what --written names; give one of the two")
    if args.weights is not None and args.weights.suffix == NOTE_SUFFIX:
        raise WrongUsage(
            f"--weights {args.weights}: where it is from is written there; give a name without {NOTE_SUFFIX}"
        )


def check_weights(args: argparse.Namespace) -> None:
    """Raises CorpusError where the weights, or the note beside them, would take the place of what is read."""
    if args.weights is not None:
        read = [*args.records, *files_of(args.pack), *written_files(args.written or ())]
        for path in (args.weights, args.weights.with_suffix(NOTE_SUFFIX)):
            keep_sources(path, [*read, args.mean_with] if args.mean_with else read, "--weights")


def recipe_of(args: argparse.Namespace) -> Recipe:
    """With a teacher, all layers learn what it says, and labels count half as much unless told otherwise."""
    taught = {"labels": LABELS, "likeness": 1.0, "frozen": 0} if args.teacher else {}
    told = {} if args.labels is None else {"labels": args.labels}
    own = {name: getattr(args, name) for name in ("rate", "keep", "alone", "apart", "tricked", "seed")}
    return Recipe(**own | taught | told)
