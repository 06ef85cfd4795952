"""Training of the encoder: every pair against the others of its batch, and the tuned weights mixed with the old."""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.progress import Progress
from indexer.tuning.batches import BATCH, typed
from indexer.tuning.pairs import Pair

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

State = dict[str, "torch.Tensor"]
MAX_TOKENS = 128  # of each text that is trained on
CHUNK = 16  # texts of like length that go through the model together, so that little is padded
SCALE = 20.0  # cosines are multiplied by it: the temperature .05 of most sentence encoders
FROZEN_LAYERS = (
    2  # the words' vectors and the lowest layers stay as they are: words keep their meaning, and time is saved
)
WARM_UP = 0.06  # share of the steps in which the learning rate rises; after that it falls to nothing


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long and how strongly to train."""

    rate: float = 8e-5
    decay: float = 0.01
    keep: float = 10.0  # what it costs to turn a vector away from the old model's, times one less their cosine
    seed: int = 7


def train(model: SentenceTransformer, batches: Sequence[Sequence[Pair]], recipe: Recipe) -> None:
    """Changes the model's weights in place: one pass over the batches.

    The loss is cross entropy over the cosines of a batch in both directions (multiple negatives ranking, Henderson et
    al. 2017), with one known wrong text of each pair that has some among the wrong answers of all; pairs of one group
    are left out of each other's wrong answers. To it is added how far the vectors turn away from those of the model as
    it was (learning without forgetting, Li and Hoiem 2016): without that, a model that gains on what it is trained on
    loses as much elsewhere. Where the processor multiplies in bfloat16, the layers do.
    """
    import torch

    rng = random.Random(recipe.seed)
    torch.manual_seed(recipe.seed)
    old = copy.deepcopy(model).eval().requires_grad_(False)
    weights = trained_weights(model)
    optimizer = torch.optim.AdamW(weights.values(), lr=recipe.rate, weight_decay=recipe.decay)
    steps = len(batches)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / max(1, WARM_UP * steps), (steps - step) / max(1, steps))
    )
    model.eval()  # no dropout: one pass over so many pairs does not learn them by heart
    with Progress(steps * BATCH, "pairs trained on") as progress:
        for batch in batches:
            wrong = [(pair.group, rng.choice(pair.negatives)) for pair in batch if pair.negatives]
            groups = [pair.group for pair in batch] + [group for group, _ in wrong]
            texts = [pair.positive for pair in batch] + [text for _, text in wrong]
            texts = [*(typed(pair.anchor, rng) for pair in batch), *texts]
            rows = embed(model, texts)
            turned = (1 - (rows * embed(old, texts)).sum(dim=1)).mean()
            loss = _loss(rows[: len(batch)], rows[len(batch) :], groups) + recipe.keep * turned
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(weights.values(), 1.0)
            optimizer.step()
            schedule.step()
            progress.add(len(batch))


def trained_weights(model: SentenceTransformer) -> State:
    """Names and tensors of what is trained; everything else is frozen."""
    found = {}
    for name, tensor in model.named_parameters():
        frozen = ".embeddings." in name or any(f".layer.{number}." in name for number in range(FROZEN_LAYERS))
        tensor.requires_grad_(not frozen)
        if not frozen:
            found[name] = tensor
    return found


def reduced() -> torch.autocast:
    """Context in which layers multiply in bfloat16, where the processor can: less than half the time."""
    import torch

    return torch.autocast("cpu", torch.bfloat16, enabled=torch.cpu._is_avx512_bf16_supported())


def mix(old: State, new: State, share: float) -> State:
    """Weights between two models, `share` of the way from old to new (Wortsman et al. 2022b, WiSE-FT)."""
    return {name: old[name] + share * (new[name] - old[name]) for name in old}


def mean(states: Sequence[State]) -> State:
    """The mean of some models' weights: trained from one, they are together better than each (Wortsman et al. 2022a,
    model soups)."""
    return {name: sum((state[name] for state in states[1:]), states[0][name]) / len(states) for name in states[0]}


def embed(model: SentenceTransformer, texts: Sequence[str]) -> torch.Tensor:
    """Unit rows, shape (len(texts), dimension), with their gradients."""
    import torch

    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    rows: list[torch.Tensor] = []
    for start in range(0, len(order), CHUNK):
        chunk = [texts[number] for number in order[start : start + CHUNK]]
        tokens = model.tokenizer(chunk, padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
        features = {"input_ids": tokens["input_ids"], "attention_mask": tokens["attention_mask"]}
        with reduced():
            rows.append(model(features)["sentence_embedding"].float())
    places = torch.empty(len(order), dtype=torch.long)
    places[torch.tensor(order)] = torch.arange(len(order))
    return torch.nn.functional.normalize(torch.cat(rows)[places], dim=1)


def _loss(anchors: torch.Tensor, texts: torch.Tensor, groups: Sequence[str]) -> torch.Tensor:
    """Of n anchors, and of n positives with m wrong texts behind them; `groups` of shape (n + m,) are those of `texts`.

    A group's own wrong texts stay among its wrong answers; its other positives do not.
    """
    import torch

    count = len(anchors)
    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    ids = torch.tensor([numbers[group] for group in groups])
    same = (ids[:count, None] == ids[None, :count]) & ~torch.eye(count, dtype=torch.bool)
    scores = SCALE * anchors @ texts.T
    among = scores[:, :count].masked_fill(same, -torch.inf)
    right = torch.arange(count)
    entropy = torch.nn.functional.cross_entropy
    return (entropy(torch.cat([among, scores[:, count:]], dim=1), right) + entropy(among.T, right)) / 2
