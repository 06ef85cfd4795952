"""Why a result is where it is, from what was measured: which part of the page is nearest, which words it shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from corpus.text import sentences
from search.hits import Hit, Results, Snippet, Why
from search.lexical import record_text, stem, stems
from search.meaning import WORD, WordVectors, asked_words, near_words, tells

SAME_SHARE = 0.5  # of a sentence's words that are asked or mean what is asked: from here on it says the same
SAME_WORDS = 3  # so many different words of the question at least, or all where it has fewer
MOST_WORDS = 8  # words shown of each kind

Opened = tuple[set[str], set[str]]  # the stems of a phrase of the question, and of the term that it was opened to


def explained(results: Results, vectors: WordVectors) -> Results:
    """The results with `why` and, in their extracts, the words and sentences that mean what was asked."""
    query = results.query
    asked = asked_words(query.used)
    own = asked_words(query.used.removesuffix("".join(f"; {item['to']}" for item in query.expansions)))
    opened = [(set(stems(item["from"])), set(stems(item["to"]))) for item in query.expansions]
    return replace(results, hits=tuple(_explained(hit, vectors, asked, own, opened) for hit in results.hits))


def _explained(
    hit: Hit, vectors: WordVectors, asked: Mapping[str, str], own: Mapping[str, str], opened: Sequence[Opened]
) -> Hit:
    """The result with its marks; it lacks of a question's `own` words those that stand on its page neither themselves
    nor by the term that they were `opened` to."""
    question, in_question = _marked(hit.question_snippet, vectors, asked)
    answer, in_answer = _marked(hit.answer_snippet, vectors, asked)
    here = set(stems(record_text(hit.record)))
    said = here.union(*(phrase for phrase, term in opened if term <= here))
    near = in_question | in_answer
    meant = {wanted for _, wanted in near.items()}
    why = Why(
        views=tuple(sorted(hit.views, key=lambda view: -view[1])),
        words=_some(word for root, word in asked.items() if root in here),
        near=tuple(near.items())[:MOST_WORDS],
        missing=_some(word for root, word in own.items() if root not in said and word not in meant),
    )
    return replace(hit, question_snippet=question, answer_snippet=answer, why=why)


def _some(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(words)[:MOST_WORDS]


def _marked(snippet: Snippet, vectors: WordVectors, asked: Mapping[str, str]) -> tuple[Snippet, dict[str, str]]:
    """The extract with its marks, and each word of it that means what another that was asked means."""
    near = near_words(snippet.text, vectors, asked)
    same = tuple(
        (start, end)
        for start, end in sentences(snippet.text)
        if _says_the_same(snippet.text[start:end], start, near, asked)
    )
    pairs = {snippet.text[start:end].casefold(): word for (start, end), word in near.items()}
    return replace(snippet, near=tuple(near), same=same), pairs


def _says_the_same(sentence: str, at: int, near: Mapping[tuple[int, int], str], asked: Mapping[str, str]) -> bool:
    """Whether most words of a sentence, which begins `at`, are asked or mean what is asked."""
    words = [(match.span(), match.group().casefold()) for match in WORD.finditer(sentence)]
    telling = [(span, word) for span, word in words if tells(word)]
    met = [asked.get(stem(word)) or near.get((span[0] + at, span[1] + at)) for span, word in telling]
    found = [word for word in met if word]
    enough = len(set(found)) >= min(SAME_WORDS, len(asked)) > 0
    return enough and len(found) / len(telling) >= SAME_SHARE
