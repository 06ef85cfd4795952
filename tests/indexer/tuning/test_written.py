"""Questions written for training: what becomes of a line, and the files that are shipped."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from indexer.tuning.pairs import Pair
from indexer.tuning.written import FAQS, GROUPS, REWORDED, TERMS, written_pairs
from search.errors import SearchError

GROUP = {"short": "s", "message": "m", "expert": "e", "title": "t", "others": ["x", "y"]}
REWORDED_LINE = {"q": "q", "same": ["d", "l"], "others": ["x"]}
FAQ = {"topic": "flu", "entries": [{"q": "q1", "asked": ["a", "b"]}, {"q": "q2", "asked": ["c"]}], "unanswered": ["u"]}
TERM = {"lay": "l", "term": "t", "near": ["n"]}


def write(folder: Path, **lines: object) -> Path:
    for name, key in ((GROUPS, "group"), (REWORDED, "reworded"), (FAQS, "faq"), (TERMS, "term")):
        (folder / name).write_text(json.dumps(lines[key]) + "\n")
    return folder


def test_each_line_gives_its_pairs_with_what_is_wrong_for_them(tmp_path: Path) -> None:
    found = list(written_pairs(write(tmp_path, group=GROUP, reworded=REWORDED_LINE, faq=FAQ, term=TERM)))
    others = ("x", "y")
    assert found == [
        Pair("s", "e", "groups.jsonl:1", "written-short", others),
        Pair("s", "t", "groups.jsonl:1", "written-short", others),
        Pair("m", "e", "groups.jsonl:1", "written-message", others),
        Pair("m", "t", "groups.jsonl:1", "written-message", others),
        Pair("m", "s", "groups.jsonl:1", "written-message", others),
        Pair("e", "s", "groups.jsonl:1", "written-expert", others),
        Pair("q", "d", "reworded.jsonl:1", "written-restated", ("x",)),
        Pair("l", "q", "reworded.jsonl:1", "written-other-words", ("x",)),
        Pair("l", "d", "reworded.jsonl:1", "written-far", ("x",)),
        Pair("a", "q1", "faqs.jsonl:1:0", "written-faq", ("q2",)),
        Pair("q1", "a", "faqs.jsonl:1:0", "written-faq-entry", ("u",)),
        Pair("b", "q1", "faqs.jsonl:1:0", "written-faq", ("q2",)),
        Pair("q1", "b", "faqs.jsonl:1:0", "written-faq-entry", ("u",)),
        Pair("c", "q2", "faqs.jsonl:1:1", "written-faq", ("q1",)),
        Pair("q2", "c", "faqs.jsonl:1:1", "written-faq-entry", ("u",)),
        Pair("l", "t", "terms.jsonl:1", "written-term", ("n",)),
    ]


def test_a_line_that_lacks_a_field_is_said(tmp_path: Path) -> None:
    write(tmp_path, group=GROUP, reworded=REWORDED_LINE, faq=FAQ, term={"lay": "l", "near": []})
    with pytest.raises(SearchError, match=r"terms\.jsonl:1: KeyError: 'term'"):
        list(written_pairs(tmp_path))


def test_the_questions_that_are_shipped_are_whole_and_each_is_there_once() -> None:
    pairs = list(written_pairs())
    assert min(Counter(pair.kind for pair in pairs).values()) > 300
    assert all(text.strip() for pair in pairs for text in (pair.anchor, pair.positive, *pair.negatives))
    shorts = [pair.anchor for pair in pairs if pair.kind == "written-short"]
    assert set(Counter(shorts).values()) == {2}
    assert not [pair for pair in pairs if pair.positive in pair.negatives or pair.anchor in pair.negatives]
