"""Training of the encoder: every pair against the others of its batch, and what a teacher says of their texts."""

from __future__ import annotations

import copy
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.progress import Progress
from indexer.tuning.batches import typed
from indexer.tuning.pairs import Pair
from indexer.tuning.teacher import Teacher
from indexer.tuning.written import FAQ_ENTRY, FAQ_KINDS, list_of
from search.errors import SearchError

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

State = dict[str, "torch.Tensor"]
MAX_TOKENS = 128  # of each text that is trained on
CHUNK = {"cpu": 16, "cuda": 256}  # texts of like length that go through the model together, so that little is padded
SCALE = 20.0  # cosines are multiplied by it: the temperature .05 of most sentence encoders
FROZEN = 2  # the words' vectors and so many of the lowest layers stay as they are: words keep their meaning
FAR = -1e4  # in place of a cosine: a text that is never the nearest
WARM_UP = 0.06  # share of the steps, or of the time, in which the learning rate rises; then it falls to nothing


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long and how strongly to train."""

    rate: float = 8e-5
    decay: float = 0.01
    labels: float = 1.0  # what it costs to take other texts for the right one
    keep: float = 10.0  # what it costs to turn a vector away from where it should be, times one less their cosine
    likeness: float = 0.0  # what it costs to find texts otherwise alike than a teacher does
    alone: int = 0  # texts of no pair that a batch holds besides, for what a teacher says of them
    apart: float = 0.0  # what it costs to find what no entry of a list answers nearer to one than what an entry answers
    tricked: float = 0.0  # what it costs to find a look-alike nearer to its question than a right text to its own
    frozen: int = FROZEN
    seed: int = 7


def train(
    model: SentenceTransformer,
    batches: Sequence[Sequence[Pair]],
    recipe: Recipe,
    teacher: Teacher | None = None,
    alone: Sequence[str] = (),
    seconds: float = math.inf,
) -> int:
    """Changes the model's weights in place: one pass over the batches, or over as many as so many seconds allow (one at
    least). Returns how many it was.

    The loss is cross entropy over the cosines of a batch in both directions (multiple negatives ranking, Henderson et
    al. 2017), with one known wrong text of each pair that has some among the wrong answers of all; pairs of one group
    are left out of each other's wrong answers. To it is added how far the vectors are from where they should be: where
    the model had them before (learning without forgetting, Li and Hoiem 2016), as one that gains on what it is trained
    on else loses as much elsewhere; or where a teacher has them, and then also how much less or more alike the texts of
    the batch are than the teacher finds them (relational knowledge distillation, Park et al. 2019). A teacher reads
    texts as they were written, the model as people type them. It is also asked about some of the texts `alone`, which
    need not belong to any pair. Where the processor can, layers multiply in bfloat16. Raises SearchError where the loss
    is no number any more.
    """
    import torch

    rng = random.Random(recipe.seed)
    torch.manual_seed(recipe.seed)
    old = model if teacher else copy.deepcopy(model).eval().requires_grad_(False)
    weights = trained_weights(model, recipe.frozen)
    optimizer = torch.optim.AdamW(weights.values(), lr=recipe.rate, weight_decay=recipe.decay)
    model.eval()  # no dropout: a pass or two over so many pairs do not learn them by heart
    started = time.monotonic()
    with Progress(sum(map(len, batches)), "pairs trained on") as progress:
        for step, batch in enumerate(batches):
            done = max(step / len(batches), (time.monotonic() - started) / seconds)
            if step and done >= 1:
                return step
            for weighed in optimizer.param_groups:
                weighed["lr"] = recipe.rate * min((done + 1 / len(batches)) / WARM_UP, 1 - done)
            wrong = [(pair, rng.choice(pair.negatives)) for pair in batch if pair.negatives]
            groups = [pair.group for pair in batch] + [pair.group for pair, _ in wrong]
            texts = [pair.positive for pair in batch] + [text for _, text in wrong]
            more = rng.sample(alone, min(recipe.alone, len(alone)))
            written = [*(pair.anchor for pair in batch), *texts, *more]
            read = [*(typed(text, rng) for text in written[: len(batch)]), *texts, *(typed(text, rng) for text in more)]
            rows = embed(model, read)
            loss = recipe.labels * _loss(rows[: len(batch)], rows[len(batch) : len(batch) + len(texts)], groups)
            if recipe.apart:
                of_wrong = [pair for pair, _ in wrong]
                loss = loss + recipe.apart * _not_apart(rows[: len(batch)], rows[len(batch) :], batch, of_wrong)
            if recipe.tricked and wrong:
                owners = [place for place, pair in enumerate(batch) if pair.negatives]
                loss = loss + recipe.tricked * _tricked(rows[: len(batch)], rows[len(batch) :], owners)
            if teacher is None:
                goals = embed(old, read)
            else:
                goals, said = (torch.from_numpy(of).to(rows.device) for of in teacher.of(written))
                loss = loss + recipe.likeness * _unlikeness(rows, said, written)
            loss = loss + recipe.keep * (1 - (rows * goals).sum(dim=1)).mean()
            if not torch.isfinite(loss):
                raise SearchError("training has left all numbers behind: give a lower --rate; nothing was written")
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(weights.values(), 1.0)
            optimizer.step()
            progress.add(len(batch))
    return len(batches)


def trained_weights(model: SentenceTransformer, layers: int = FROZEN) -> State:
    """Names and tensors of what is trained; the words' vectors and the lowest layers, so many, are frozen."""
    found = {}
    for name, tensor in model.named_parameters():
        frozen = ".embeddings." in name or any(f".layer.{number}." in name for number in range(layers))
        tensor.requires_grad_(not frozen)
        if not frozen:
            found[name] = tensor
    return found


def device() -> str:
    """Where to train: on the GPU, if torch finds one that it can use."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def reduced() -> torch.autocast:
    """Context in which layers multiply in bfloat16, where the processor can: less than half the time."""
    import torch

    where = device()
    return torch.autocast(where, torch.bfloat16, enabled=where == "cuda" or torch.cpu._is_avx512_bf16_supported())


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
    size = CHUNK[model.device.type]
    for start in range(0, len(order), size):
        chunk = [texts[number] for number in order[start : start + size]]
        tokens = model.tokenizer(chunk, padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
        tokens = tokens.to(model.device)
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
    ids = torch.tensor([numbers[group] for group in groups], device=anchors.device)
    same = (ids[:count, None] == ids[None, :count]) & ~torch.eye(count, dtype=torch.bool, device=ids.device)
    scores = SCALE * anchors @ texts.T
    among = scores[:, :count].masked_fill(same, -torch.inf)
    right = torch.arange(count, device=ids.device)
    entropy = torch.nn.functional.cross_entropy
    return (entropy(torch.cat([among, scores[:, count:]], dim=1), right) + entropy(among.T, right)) / 2


def _not_apart(
    anchors: torch.Tensor, texts: torch.Tensor, batch: Sequence[Pair], of_wrong: Sequence[Pair]
) -> torch.Tensor:
    """How much nearer questions that no entry of a list answers are to one of its entries than others are to the entry
    that answers them: the mean over the lists of a batch of the softplus of SCALE times the difference, for each two of
    a list (as CoSENT, Su 2022). The first `len(batch)` texts are positives, behind them each wrong text, of `of_wrong`.

    It is what tells whether anything fits: the loss of the pairs alone orders what one question finds.
    """
    import torch

    answered: dict[str, list[int]] = {}
    unanswered: dict[str, list[int]] = {}
    for place, pair in enumerate(batch):
        if pair.kind in FAQ_KINDS:
            answered.setdefault(list_of(pair), []).append(place)
    for place, pair in enumerate(of_wrong, len(batch)):
        if pair.kind == FAQ_ENTRY:
            unanswered.setdefault(list_of(pair), []).append(place)
    found = []
    for name in unanswered:
        own = answered[name]
        if len(own) > 1:
            right = (anchors[own] * texts[own]).sum(dim=1)
            entries = torch.stack([(anchors if batch[place].kind == FAQ_ENTRY else texts)[place] for place in own])
            nearest = (texts[unanswered[name]] @ entries.T).max(dim=1).values
            found.append(torch.nn.functional.softplus(SCALE * (nearest[None, :] - right[:, None])).mean())
    return torch.stack(found).mean() if found else anchors.sum() * 0


def _tricked(anchors: torch.Tensor, texts: torch.Tensor, owners: Sequence[int]) -> torch.Tensor:
    """How much nearer a known wrong text is to its own anchor than any right one of those `owners` is to its own: the
    mean of the softplus of SCALE times the difference (CoSENT, Su 2022). The first `len(anchors)` texts are positives;
    behind them stands one wrong text for each owner, a place among the anchors.

    The loss of the pairs orders what one question finds; this one brings scores of all questions to one scale.
    """
    import torch

    right = (anchors * texts[: len(anchors)]).sum(dim=1)[owners]
    wrong = (anchors[owners] * texts[len(anchors) : len(anchors) + len(owners)]).sum(dim=1)
    return torch.nn.functional.softplus(SCALE * (wrong[None, :] - right[:, None])).mean()


def _unlikeness(rows: torch.Tensor, said: torch.Tensor, texts: Sequence[str]) -> torch.Tensor:
    """How otherwise alike the rows are than those that a teacher has for the same texts: for each text the divergence
    (Kullback-Leibler) of which other texts of the batch are nearest to it."""
    import torch

    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    ids = torch.tensor([numbers[text] for text in texts], device=rows.device)
    same = ids[:, None] == ids[None, :]
    own, theirs = ((SCALE * of @ of.T).masked_fill(same, FAR).log_softmax(dim=1) for of in (rows, said))
    return torch.nn.functional.kl_div(own, theirs, log_target=True, reduction="batchmean")
