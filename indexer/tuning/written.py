"""Pairs out of questions written for training (`questions/`): each with look-alikes that mean something else.

They teach what no collection of pages has: the same question from a worried person and from an expert, and questions
in nearly the same words that must not be taken for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from indexer.tuning.pairs import Pair
from search.errors import SearchError

QUESTIONS = Path(__file__).parent / "questions"
FOLDERS = tuple(QUESTIONS / name for name in ("first", "second", "third", "fourth"))  # in the order of learning
WRITTEN = "written-"  # every kind begins with it
FAQ, FAQ_ENTRY = (
    "written-faq",
    "written-faq-entry",
)  # kinds: what people ask, with its entry; an entry, with what is asked
FAQ_KINDS = (FAQ, FAQ_ENTRY)
GROUPS, REWORDED, FAQS, TERMS = "groups.jsonl", "reworded.jsonl", "faqs.jsonl", "terms.jsonl"


def written_files(folders: Sequence[Path] = FOLDERS) -> list[Path]:
    """The files of questions in some folders, each of which holds one at least. Raises SearchError."""
    found = [[folder / name for name in READ if (folder / name).is_file()] for folder in folders]
    for folder, files in zip(folders, found, strict=True):
        if not files:
            raise SearchError(f"{folder} holds no questions for training: {', '.join(READ)}")
    return [path for files in found for path in files]


def written_pairs(folders: Sequence[Path] = FOLDERS) -> Iterator[Pair]:
    """Pairs of every file in the folders; blank lines pass. Raises SearchError for a line that lacks a field, or is
    none."""
    for path in written_files(folders):
        with open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    if line.strip():
                        found = READ[path.name](json.loads(line.decode()), f"{path.parent.name}/{path.name}:{number}")
                        yield from map(_of_texts, found)
                except KeyError as error:
                    raise SearchError(f"{path}:{number}: the field {error.args[0]} is missing") from None
                except (ValueError, TypeError) as error:
                    raise SearchError(f"{path}:{number}: {error}") from None


def _of_texts(pair: Pair) -> Pair:
    """The pair. Raises ValueError where something in it is no text."""
    for text in (pair.anchor, pair.positive, *pair.negatives):
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"expected a text, found {json.dumps(text)[:60]}")
    return pair


def _list(value: dict[str, Any], name: str) -> list[Any]:
    """The list that a field holds. Raises ValueError for anything else."""
    found = value[name]
    if not isinstance(found, list):
        raise ValueError(f"{name} must be a list, found {json.dumps(found)[:60]}")
    return found


def _of_group(value: dict[str, Any], group: str) -> Iterator[Pair]:
    """A question in four voices, and look-alikes: in a person's words, in an expert's, and another page's title."""
    others = tuple(_list(value, "others"))
    voices = [(a, b) for a in ("short", "message") for b in ("expert", "title")] + [("message", "short")]
    for asked, meant in voices:
        yield Pair(value[asked], value[meant], group, f"written-{asked}", others)
    yield Pair(value["expert"], value["short"], group, "written-expert", others)


def _of_reworded(value: dict[str, Any], group: str) -> Iterator[Pair]:
    """A question, a doctor's rewording of it and another person's, and questions that ask otherwise. Where a third has
    nearly the same words (with look-alikes in other words besides), words do not tell what is the same."""
    asked, others = value["q"], tuple(_list(value, "others"))
    restated, other_words, *near = _list(value, "same")
    yield Pair(asked, restated, group, "written-restated", others)
    yield Pair(other_words, asked, group, "written-other-words", others)
    yield Pair(other_words, restated, group, "written-far", others)
    for nearly in near:
        yield Pair(nearly, asked, group, "written-near", others)
        yield Pair(nearly, other_words, group, "written-near", others)


def _of_faq(value: dict[str, Any], group: str) -> Iterator[Pair]:
    """What people ask, with the entry that answers it, the other entries of the topic being wrong; and each entry with
    what people ask, what no entry answers being wrong."""
    entries: Sequence[dict[str, Any]] = _list(value, "entries")
    unanswered = tuple(_list(value, "unanswered"))
    for number, entry in enumerate(entries):
        wrong = tuple(other["q"] for other in entries if other is not entry)
        for asked in _list(entry, "asked"):
            yield Pair(asked, entry["q"], f"{group}:{number}", FAQ, wrong)
            yield Pair(entry["q"], asked, f"{group}:{number}", FAQ_ENTRY, unanswered)


def list_of(pair: Pair) -> str:
    """The list of frequent questions that a pair of FAQ_KINDS is from."""
    return pair.group.rpartition(":")[0]


def _of_term(value: dict[str, Any], group: str) -> Iterator[Pair]:
    yield Pair(value["lay"], value["term"], group, "written-term", tuple(_list(value, "near")))


READ: dict[str, Callable[[dict[str, Any], str], Iterator[Pair]]] = {
    GROUPS: _of_group, REWORDED: _of_reworded, FAQS: _of_faq, TERMS: _of_term,
}  # fmt: skip
