"""`tune`: adapts the encoder to records and packs, in one command, and refuses a model that is not better."""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.progress import Progress
from indexer.models import Source, find
from indexer.tuning.batches import batches
from indexer.tuning.held_out import Encode, Figures, better, gain, measure, sample
from indexer.tuning.material import Material, chosen, enough
from indexer.tuning.options import add_options, check_options, check_weights, recipe_of
from indexer.tuning.pairs import Pair
from indexer.tuning.save import base_provenance, place_for, read_weights, save, save_weights
from indexer.tuning.teacher import Teacher
from indexer.tuning.train import MAX_TOKENS, Recipe, State, device, mean, mix, reduced, train, trained_weights
from search.dense import Vectors
from search.errors import SearchError
from search.layout import file_hash

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

READ_AT_ONCE = 2_000  # texts between two lines that say how many a teacher has read
TOPIC_CHARS = 120  # of a pair's shorter text, by which pairs about like things are found
SHARES = (
    1.0,
    0.75,
    0.5,
    0.35,
)  # how much of the tuned weights goes into the mix; the best on the held-out pairs is kept


def add_command(commands: Any) -> None:
    """Adds the command to the indexer's parser."""
    command = commands.add_parser("tune", help="adapt the encoder to records and packs, and write a model folder")
    add_options(command)
    command.set_defaults(action=_tune)


def _tune(args: argparse.Namespace) -> None:
    if args.out.exists():
        raise SearchError(f"{args.out} exists already; give another place for the tuned model")
    check_options(args)
    check_weights(args)
    with place_for(args.out, args.weights) as part:
        model, recipe, provenance = _tuned(args)
        save(model, part, provenance)
    if args.weights is not None:
        save_weights(_state(model, recipe), args.weights, provenance)
    print(f"wrote {args.out}; build with it: python -m indexer build RECORDS --model {args.out}")


def _tuned(args: argparse.Namespace) -> tuple[SentenceTransformer, Recipe, dict[str, Any]]:
    """The tuned model, how it was trained and where it is from. Raises SearchError where it is not better."""
    started = time.monotonic()
    shares = SHARES if args.share is None else (args.share,)
    source = find(args.base)
    teachers = [find(name).load().to(device()) for name in args.teacher]
    model = source.load().to(device())
    recipe = recipe_of(args)
    old = _state(model, recipe)
    _say("reading what is to be learnt")
    material = Material.read(args)
    held_out = sample(enough(material.pairs(args.seed), args), args.seed)
    _say(f"measuring {source.name} on {sum(map(len, held_out.values())):,} held-out pairs")
    measuring = time.monotonic()
    before = measure(held_out, _reader(model))
    measuring = (time.monotonic() - measuring) * len(shares)  # so long it will take once more
    runs: list[State] = []
    batches_trained: list[int] = []
    trained_on: list[Pair] = []
    for seed in range(args.seed, args.seed + args.runs):
        model.load_state_dict(old, strict=False)
        pairs = material.pairs(seed)
        trained_on = chosen(pairs, args, random.Random(seed))
        alone = material.texts(pairs, random.Random(seed)) if args.alone else []
        until = started + 60 * args.minutes - measuring
        batches_trained.append(
            _train(model, trained_on, replace(recipe, seed=seed), args, teachers, alone, until, args.runs - len(runs))
        )
        runs.append(_state(model, recipe))
    trained = mean(runs)
    if args.mean_with is not None:
        trained = mean([trained, read_weights(args.mean_with, trained)])
    share, after = _best_mix(model, old, trained, held_out, before, shares)
    _report(before, after)
    if not better(before, after):
        raise SearchError("the tuned model is not better on the held-out pairs; nothing was written")
    provenance = _provenance(args, source, recipe, trained_on, material) | {
        "share": share,
        "batches": batches_trained,
        "minutes": round((time.monotonic() - started) / 60, 1),
        "held_out": {kind: {"before": asdict(before[kind]), "after": asdict(after[kind])} for kind in before},
    }
    return model, recipe, provenance


def _train(
    model: SentenceTransformer,
    pairs: Sequence[Pair],
    recipe: Recipe,
    args: argparse.Namespace,
    teachers: Sequence[SentenceTransformer],
    alone: Sequence[str],
    until: float,
    runs: int,
) -> int:
    """Trains the model, which is the old one, on these pairs, in one of so many runs that share the time that there is
    `until` then (of the monotonic clock). Returns the number of batches. Raises SearchError when no time
    is left."""
    _say(f"training on {len(pairs):,} pairs: {_counts(pairs)}")
    teacher = None
    if teachers:
        texts = [text for pair in pairs for text in (pair.anchor, pair.positive, *pair.negatives)] + list(alone)
        _say(f"asking the teachers about {len(set(texts)):,} texts")
        teacher = Teacher(texts, [_reader(each) for each in teachers], _reader(model))
    rng = random.Random(recipe.seed)
    topics = _topics(model, pairs)
    order = [batch for _ in range(math.ceil(args.passes)) for batch in batches(pairs, topics, rng, args.batch)]
    order = order[: max(1, round(len(order) * args.passes / math.ceil(args.passes)))]
    if (left := (until - time.monotonic()) / runs) <= 0:
        raise SearchError(f"{args.minutes:g} minutes are over before training begins; give --minutes more, or inf")
    trained = train(model, order, recipe, teacher, alone, left)
    if trained < len(order):
        _say(f"trained on {trained:,} of {len(order):,} batches in the time that there was; --minutes gives more")
    return trained


def _topics(model: SentenceTransformer, pairs: Sequence[Pair]) -> Vectors:
    """A unit row a pair: the base model's vector of its shorter text."""
    _say("finding pairs about like things")
    return _encoder(model)([min(pair.anchor, pair.positive, key=len)[:TOPIC_CHARS] for pair in pairs])


def _encoder(model: SentenceTransformer) -> Encode:
    def encode(texts: Sequence[str]) -> Vectors:
        limit = model.max_seq_length
        model.max_seq_length = MAX_TOKENS
        with reduced():
            rows = model.encode(list(texts), batch_size=64, normalize_embeddings=True, show_progress_bar=False)
        model.max_seq_length = limit
        return np.asarray(rows, np.float32)

    return encode


def _reader(model: SentenceTransformer) -> Encode:
    """The encoder for many texts, which may take an hour: it says how far it has come."""
    encode = _encoder(model)

    def read(texts: Sequence[str]) -> Vectors:
        rows = []
        with Progress(len(texts), "texts read") as progress:
            for start in range(0, len(texts), READ_AT_ONCE):
                rows.append(encode(texts[start : start + READ_AT_ONCE]))
                progress.add(len(rows[-1]))
        return np.concatenate(rows)

    return read


def _best_mix(
    model: SentenceTransformer,
    old: State,
    new: State,
    held_out: dict[str, list[Pair]],
    before: dict[str, Figures],
    shares: Sequence[float],
) -> tuple[float, dict[str, Figures]]:
    """Puts the best mix of old and tuned weights into the model; its share of the tuned ones, and its figures."""
    found: list[tuple[bool, float, float, dict[str, Figures]]] = []
    for share in shares:
        model.load_state_dict(mix(old, new, share), strict=False)
        _say(f"measuring {share:.0%} of what was learnt")
        after = measure(held_out, _reader(model))
        found.append((better(before, after), gain(before, after), share, after))
    _, _, share, after = max(found, key=lambda item: item[:3])
    model.load_state_dict(mix(old, new, share), strict=False)
    return share, after


def _state(model: SentenceTransformer, recipe: Recipe) -> State:
    weights = trained_weights(model, recipe.frozen)
    return {name: tensor.detach().to("cpu", copy=True) for name, tensor in weights.items()}


def _report(before: dict[str, Figures], after: dict[str, Figures]) -> None:
    print("| held-out pairs | number | hit@1 before | after | MRR before | after |\n|---|---|---|---|---|---|")
    for kind, old in before.items():
        new = after[kind]
        print(f"| {kind} | {old.pairs} | {old.hit:.3f} | {new.hit:.3f} | {old.mrr:.3f} | {new.mrr:.3f} |")


def _provenance(
    args: argparse.Namespace, source: Source, recipe: Recipe, pairs: Sequence[Pair], material: Material
) -> dict[str, Any]:
    return {
        "base": source.name,
        "base_fingerprint": source.fingerprint,
        "base_provenance": base_provenance(source.folder),
        "teachers": [Path(name).name for name in args.teacher],
        "passes": args.passes,
        "batch": args.batch,
        "recipe": asdict(recipe),
        "runs": args.runs,
        "pairs": dict(sorted(Counter(pair.kind for pair in pairs).items())),
        **material.provenance(),
        "mean_with": file_hash(args.mean_with) if args.mean_with else None,
    }


def _counts(pairs: Sequence[Pair]) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in sorted(Counter(pair.kind for pair in pairs).items()))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
