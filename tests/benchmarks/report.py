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

PAGE = """# How good

The tables are written by `python -m tests.benchmarks.report` from what `make eval`, `make quality` and `make
calibrate` measured; [benchmarks.md](benchmarks.md) says how fast it is. The weights and the rules for what is a term,
a question or a message were chosen on these packs and on messages to doctors (`consumer`), not on a held-out half,
and differences of a few thousandths are within chance. The encoder has trained on nine tenths of `rqe`,
`long-messages`, `medquad-similar` and of the terms of `lay-terms` ([model-card.md](model-card.md) has figures of the
tenth that was held out), and so on most messages of `medquad-messages` with their summaries, not with their pages; it
has seen nothing of `mqp`, `mediqa-alexa` and `sample`. `medquad-messages` and `medquad-summaries` are 80 messages and
their summaries, judged over all of MedQuAD for this project (`tests/packs/judged`). `medquad-names` are names of
diseases in small letters, as people type them; right is the page that asks what just that is. The weight of such a
page was chosen on other names of MedQuAD and on `lay-terms`. `medquad-everyday` are the everyday names of
`search/everyday.toml`, alone and in a question; right are pages with the medical name, and not the everyday one, in
their title: it tells what the list does, not what it lacks. `faq-chemotherapy`, `faq-covid-vaccination` and `faq-ivf`
are lists of frequent questions about one topic each, with what people ask of them and half as much that no entry
answers (`tests/packs/faq`): the words of an entry are mostly avoided, and its AUROC is within the topic. `reworded` are
questions asked again in three ways among five look-alikes each (`tests/packs/reworded`); the encoder trained on others
that were written in the same way. `medquad-british` are the names of diseases that are spelt otherwise in Britain, so
spelt, alone and in "what can i do about", where every page on just that is right. `sample-among-messages` is `sample`
with its 280 pages among 3,307 messages to doctors, which nobody judged.

## How good

Each pack has records, questions and judgements. Each is measured on an index of its own, with the one setting
that the site has (`make eval PACKS=folder`). nDCG uses exponential gains; "condensed" leaves out records that
nobody judged; the trap rate is the share of look-alikes (another question in nearly the same words) not
ranked below the right one; AUROC says how well the first score tells questions that something answers from others.
Where a pack has grades of 2 and more, a record is relevant from grade 2 on; questions that have only grade 1 count as
having nothing relevant, and `evaluate` says how many they are.

{packs}

With the encoder as it was before tuning (all-MiniLM-L6-v2), all else the same but for names of medicines, which
came later, as did two packs:

{base}

Bare terms are looked up in the lay terms of the Human Phenotype Ontology. The pack `lay-terms` was made from
the same ontology, so that its figures above say that the lookup works, not how well the search does with lay
words that are in no list. As asked, with nothing corrected and nothing looked up:

{plain}

### The parts against the whole

Each part alone, over the same candidates, with how much the whole is above it and the bounds of that for 95%
confidence (paired bootstrap over the questions). Where the bounds hold 0, it may be chance.

![nDCG@10 of each system and pack](pictures/systems.svg)

{systems}

### The built-in corpus

`tests/packs/sample` has 280 questions written for the built-in corpus in other words than its pages', and 120 that
no page answers. Its figures are the floor that the tests hold every change to. They are from an index in 8 bits on a
processor without instructions for it; those of the packs above are from one in float32, where `sample` has
{exact[ndcg@10]:.3f} of nDCG@10, {exact[hit@1]:.3f} of hit@1 and {exact[auroc]:.3f} of AUROC.

{sample}

### What a score is worth

A score becomes the probability that a result asks and answers the same by a logistic curve for each kind of question
and each form of page: a title alone, a title with answers, or a message somebody wrote (`make calibrate`; Platt 1999).
They are fitted together, one curve for all and what each kind and each form adds to it, on one half of the questions,
for half of which the right pages were left out, and checked here on the other half. Where a title is all but the
question (a cosine of {title_same} and more), the probability is at least {at_least}: the table says how often that is
true. Bare names and lists on one topic are left out: where every page is about the same thing, a score is worth less
than elsewhere, and fitted on those as well half of the medical questions that nothing answers had a close match on the
built-in corpus. The Brier score is the mean square error of the probability; a pack that is better than its mean is
told something.

![probability said and share right](pictures/reliability.svg)

{calibration}

`same question` is said from 2/3, `related` from 1/20; where nothing reaches that, the page says that nothing is
close. On the built-in corpus' questions (`tests.benchmarks.close`, in `make quality`): of those that something answers
{close[long]:.0%} of the long and {close[short]:.0%} of the short have a close match, of medical ones that nothing
answers {close[medical, unanswered]:.0%}, of others {close[other, unanswered]:.0%}. The bound of 1/20 was chosen on
these.

Up to four telling words that ask nothing are a name, and a message that somebody wrote under another title is at most
one in two likely to ask the same as they do. Of forty names asked of the built-in corpus (a trial) 30 had a first
result called the same question by its score, about half of them a case of another kind ("glaucoma surgery", "lump in
my breast"); of the 188 right results of the pack that were called so, 6 are not any more. The curves and the table
above are of the scores alone.

Of first results, by their score: how many questions there were, and the share of them whose first result is right.

{reliability}

Where it is low for a high score (`medquad-similar`), many pages are about the same disease and one of its
many questions is asked for; the first result is then usually about the right disease and another question.

### What was tried

From trials on the same packs that no command here repeats:

- A second stage over the first 30: the untrained late interaction of the encoder's own token vectors with those of
  titles (sum of the best match of each token, weighed by rarity): between a loss of .02 and a gain of .001
  everywhere.
- A trained second stage: question and title together through the encoder, whose upper four layers look from one to the
  other, at first hardly, so that it starts as good as the vectors (4,200 questions, each with seven wrong titles, three
  of which were written to look right; 24 minutes on two cores). Held-out questions of all kinds: .538 to .571 of hit@1
  among eight. On the first four results by titles alone, with its score at its best share: .929 to .932 on `mqp`, .873
  to .882 on `mediqa-alexa`, .639 to .650 on `sample`, .624 to .634 and .471 to .448 on two lists of frequent questions;
  .940 to .957 on `rqe`, nine tenths of which it had seen. Four titles take 4.2 times as long as the question's own
  vector (median; 7.0 at the 95th percentile): too much for that. More data and a GPU may change it.
- Function words of a question left out of its words, or counted for less, everywhere or where no page has them: up to
  .008 of nDCG@10 and a loss of .010 of AUROC on `mediqa-alexa`, within .004 everywhere else, up in one pack and down in
  the next.
- A title with nothing below it as a heading, as it was: for questions a loss of .004 of hit@1 on `mqp` with three more
  of a thousand look-alikes first, and of .001 to .012 of the reciprocal rank on lists of frequent questions; a gain of
  .001 on `rqe`. Left out for messages as well: a loss of .005 on `long-messages`.
- Moving the question's vector towards the first 3, 5 or 10 results (pseudo relevance feedback): nothing, or a loss of
  .01.
- Taking how near a page is to questions of every kind off its score: nothing, or a loss of .01.
- A bonus for a title of the same type of question (cause, treatment, outlook ...): .01 on `mediqa-alexa`, a loss of as
  much on messages and on the same question at another site; the vectors know it.
- What contradicts a question, in messages too: a loss of .016 on `sample`. They tell of many people and sides; so it
  counts in short questions and bare terms alone.
- BM25 as it is, s / (s + 5), beside the vectors: it is full for any long message. Alone, it ranks the judged summaries
  with .51 and their messages with .15; the share of rare words met, which replaced it, needs no scale and no other
  weight for long questions.
- Titles alone are .05 better on `medquad-similar` in the table above. Many of its pages have the same title, and there
  the order of their ids decides, which happens to be a good order of the sites: with a tenth of the weight on the
  answers, or any other tie break, an earlier encoder lost what it gained by them.
- What an abbreviation stands for as further words of the question, each of which a page may lack: `What is COPD?` then
  asks for five words, and a page that says COPD alone has one of them. On `mediqa-alexa` that cost .010 of the
  reciprocal rank and .06 of AUROC; a page that has the one lacks nothing of the other now. The same for a term that is
  spelt out where a page may have its abbreviation, and for lay terms within a sentence: nothing, in any pack.
- The mean vector of an index taken off its vectors and off the question's, by a quarter or a half: a gain of .004 on
  `sample` and of .006 on lists of frequent questions about one topic, a loss of .006 on `medquad-summaries` and of
  .001 on `mqp` and `long-messages`.
- Patients' questions corrected in the pages, too, before they are embedded: a gain of .002 in hit@1 on `mqp`, of .001
  on `sample`, nothing on `rqe`; a page would be embedded anew whenever the index learns a word.
- A bare term held against titles as a short question is, by their vectors and by how much of them is asked for: .82 to
  .97 of hit@1 on names of diseases, but .36 to .12 on `lay-terms` as asked, whose right titles share no word with the
  question. Only a title that is the very name counts more now, which gains the one and costs the other nothing.
- A ranker learned from everything that the views say (gradient boosted trees, LambdaMART, twelve features), tried on
  each pack after learning from the others: alone a loss of up to .04; added to the score, from a loss of .001 to a
  gain of .008. The weights that were chosen by hand take out what there is.
- The mean of all vectors of a page as one more view: from a loss of .004 to a gain of .002.
- Rare tokens weighed more in the pooling (idf to the power of .15, .3 or .5), in questions alone or in pages too,
  without training anew: a gain of .007 on `sample`, a loss of as much on `mediqa-alexa`, nothing elsewhere.
- The lead of the first result over the next, and the length of the question, for telling whether anything fits: as
  good as the first score alone, which is kept; the length is in the kinds of curves.
- all-mpnet-base-v2 instead of the encoder, its cosines with titles and whole pages alone: .927 of nDCG@10 on `sample`
  (.873 before there was a teacher), as good as the tuned small one elsewhere; but a text takes six times as long, so
  that it became a teacher instead. As it came, all of what was learnt from it cost look-alikes (a trap rate of .034 on
  `mqp` instead of .029), so that three fifths were taken. Tuned on the pairs first it teaches more and costs less, and
  all of it is shipped ([model-card.md](model-card.md)); half of it would be worse almost everywhere.
- The vectors of both together through a linear map that was trained on the labels: nothing on `mqp`, a loss of .011 of
  hit@1 on `mediqa-alexa`; what the labels teach is learnt by the encoder itself.
- Every weight of the sum anew after the teacher was tuned, one at a time, over 13 packs. How much of a title is asked
  for counts twice as much now: .01 to .03 on judged messages, their summaries and `medquad-everyday`, a loss of .004 of
  nDCG@10 and of .015 of AUROC on `mediqa-alexa`; three times as much gains no more. What contradicts a short question
  counts half: .001 to .005 on lists and rewordings, where the encoder knows better; taking it out is no better yet, and
  then a left knee is as good as a right one wherever the vectors are equal. A title beside a message counts a little
  less (.003 on `sample`). All others: within .003, up in one pack and down in the next; they stay.
- The other side of the body costs twice what other contrasts do: one question more of `mqp` has its own page first, a
  right side's pain not that of a left one, and nothing else changes in seven packs. Twice the cost of another sex or of
  a negation is a loss of .001 on `mqp`; of age, amount and duration nothing.
- What the judgements of `mediqa-alexa` leave out: 13 of its 102 questions have a first result that is not of grade 2 or
  more. Nobody judged 10 of these, seven of which have the question itself as their title ("How to diagnose
  Appendicitis?"), and the other 3 have it, too, with grade 1. Among judged pages alone the reciprocal rank is .977 and
  nDCG@10 .959.
- Leaving out the words of a question that no record has, as was done before: for the same questions as above, from a
  loss of .07 (`faq-chemotherapy`) to one of .01 (`faq-covid-vaccination`) in the reciprocal rank, of .03 to .08 in
  AUROC, and of .004 in hit@1 on `mqp`; a gain of .002 of nDCG@10 on `sample`, nothing on `rqe` and `mediqa-alexa`. In
  a small index most words of a question are unknown, and what the few others hit by chance decided.
- How rare a word is among questions that people ask, beside how rare it is in the index: up to .005 on `mediqa-alexa`,
  up to .004 more on `sample`, nothing or a small loss on lists of frequent questions.
- How like all pages a question is, off its score, for telling whether anything fits: .03 to .05 of AUROC on
  `faq-covid-vaccination`, nothing on the other two lists, a loss of .005 to .02 on `sample` and `mediqa-alexa`.
- The means of the encoder's lower layers beside its last one, which cost nothing more: by plain cosine on eight packs,
  up to .015 of hit@1 on `mediqa-alexa` and lists of frequent questions, a loss of .004 to .02 on `mqp`, `rqe` and
  `reworded`. The sentences of a question embedded each by itself, the best of them or their mean beside the whole: from
  a loss of .01 to a gain of .004 (`sample`), nothing on `mqp`.
- A regression over products and differences of the two vectors, learnt from look-alikes, added to the first ten by
  plain cosine: up to .024 more hit@1 on what it learnt from (`reworded`), nothing on `mqp` and `rqe`, up to .01 less on
  `mediqa-alexa`.
- The power mean and the maximum of title and answer: between the two in every pack, best in none.
- A page that never names the medicine a question names, less by .03 to .15: nothing on `mqp` or `sample`, a loss of up
  to .006 of hit@1 on `rqe` and of .004 to .05 of AUROC on `sample`. By the names that people use or all of DrugBank's.
- The encoder before its teacher was tuned, beside the one of now, the mean of their cosines: .937 to .945 of hit@1 on
  `mqp`, nothing on `mediqa-alexa`, a loss of .007 on `sample`; twice the vectors and twice the time to embed.
- The model that the encoder was tuned from beside it, by plain cosine of titles: a fifth of its cosine brings .015 of
  hit@1 on `mqp` and .010 on `mediqa-alexa`, and costs .004 on `rqe`, .010 on `reworded` and .011 on one list of
  frequent questions of three. As much of it as of the encoder brings .020 and .019, for .016 to .069 on the six
  others: what was taught since is given back. The weights a tenth of the way back to it, which takes no more time: .004
  and .019, for .004 to .010 on `rqe`, `sample` and `reworded`.
- The same in the whole ranking, the vectors of both side by side, the untuned ones at a fifth: .939 to .950 of hit@1 on
  `mqp`, with a trap rate of .027 to .022; but .926 to .920 of the reciprocal rank on `mediqa-alexa`, .828 to .818 on
  lists of frequent questions with .822 to .785 of AUROC (means of the three), and of hit@1 .981 to .978 on `rqe`, .967
  to .963 on `long-messages`, .820 to .812 on `reworded`, .954 to .939 on `sample`. It takes twice the time for each
  text; as a teacher it would teach the same exchange.
- One curve for each kind of question, whatever the page holds, as it was: the same score is worth so much less on pages
  of an encyclopedia that hardly any result was ever called the same question elsewhere (none of the right ones on
  `sample`; a Brier score of .121 there, .054 on `mqp` and .037 on `rqe`). A curve for each kind and form by itself:
  better for half of the packs on their other halves, worse for most on packs it was not fitted on. The length of the
  question besides: within .002.
- Taking a title's mean cosine to its neighbors off its score (a hubness correction): a point up on lay terms,
  a point down on the same question at another site.
- BM25 as a share of the best BM25 score of the query: as good, but then a score depends on what else was found.
- Adding looked-up medical terms to whole sentences, not only to bare terms: no gain on messages, a loss on
  short questions.
- Condensing a message of more than 60 words to the sentences that ask and tell most (30, 50 or 80 words): a loss
  of 3 to 23 points in the vector and of 1 to 7 in BM25; its vector beside the whole one's, a loss of 0 to 4.
- Adding what abbreviations stand for to the text that is embedded: a slight loss; to BM25's terms: a slight gain
  on messages.
"""


def main() -> None:
    """Writes the page."""
    packs, plain, base, sample, fit = (
        json.loads(path.read_text()) for path in (PACKS, AS_ASKED, BASE, SAMPLE, CALIBRATION)
    )
    systems_chart(_systems_of(packs | sample), DOCS / "pictures/systems.svg")
    curves = {name: [(said, right) for said, right, _ in found["curve"]] for name, found in fit.items()}
    reliability_chart(curves, DOCS / "pictures/reliability.svg")
    page = PAGE.format(
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
