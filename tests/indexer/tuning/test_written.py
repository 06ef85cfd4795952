"""Questions written for training: what becomes of a line, and the files that are shipped."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from indexer.tuning.pairs import Pair
from indexer.tuning.written import FAQS, GROUPS, REWORDED, TERMS, written_files, written_pairs
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
    (folder := tmp_path / "first").mkdir()
    found = list(written_pairs([write(folder, group=GROUP, reworded=REWORDED_LINE, faq=FAQ, term=TERM)]))
    others = ("x", "y")
    assert found == [
        Pair("s", "e", "first/groups.jsonl:1", "written-short", others),
        Pair("s", "t", "first/groups.jsonl:1", "written-short", others),
        Pair("m", "e", "first/groups.jsonl:1", "written-message", others),
        Pair("m", "t", "first/groups.jsonl:1", "written-message", others),
        Pair("m", "s", "first/groups.jsonl:1", "written-message", others),
        Pair("e", "s", "first/groups.jsonl:1", "written-expert", others),
        Pair("q", "d", "first/reworded.jsonl:1", "written-restated", ("x",)),
        Pair("l", "q", "first/reworded.jsonl:1", "written-other-words", ("x",)),
        Pair("l", "d", "first/reworded.jsonl:1", "written-far", ("x",)),
        Pair("a", "q1", "first/faqs.jsonl:1:0", "written-faq", ("q2",)),
        Pair("q1", "a", "first/faqs.jsonl:1:0", "written-faq-entry", ("u",)),
        Pair("b", "q1", "first/faqs.jsonl:1:0", "written-faq", ("q2",)),
        Pair("q1", "b", "first/faqs.jsonl:1:0", "written-faq-entry", ("u",)),
        Pair("c", "q2", "first/faqs.jsonl:1:1", "written-faq", ("q1",)),
        Pair("q2", "c", "first/faqs.jsonl:1:1", "written-faq-entry", ("u",)),
        Pair("l", "t", "first/terms.jsonl:1", "written-term", ("n",)),
    ]


def test_a_rewording_in_nearly_the_same_words_belongs_to_both_persons_questions(tmp_path: Path) -> None:
    (folder := tmp_path / "fourth").mkdir()
    (folder / REWORDED).write_text(json.dumps({"q": "q", "same": ["d", "l", "n"], "others": ["x"]}) + "\n")
    near = [pair for pair in written_pairs([folder]) if pair.kind == "written-near"]
    assert near == [
        Pair("n", "q", "fourth/reworded.jsonl:1", "written-near", ("x",)),
        Pair("n", "l", "fourth/reworded.jsonl:1", "written-near", ("x",)),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"lay": "l", "near": []}', "the field term is missing"),
        (b'{"lay": "l", "term": "t", "near": "n"}', 'near must be a list, found "n"'),
        (b'{"lay": 5, "term": "t", "near": []}', "expected a text, found 5"),
        (b'{"lay": "l", "term": "t", "near": [" "]}', 'expected a text, found " "'),
        (b"[1]", "list indices must be integers"),
        (b"\xff\xfe", "'utf-8' codec can't decode byte 0xff"),
        (b"{", "Expecting property name"),
    ],
)
def test_a_line_that_is_no_question_is_said(tmp_path: Path, line: bytes, said: str) -> None:
    good = json.dumps(TERM | {"lay": "a\u2028b"}, ensure_ascii=False).encode()
    (tmp_path / TERMS).write_bytes(good + b"\n\n" + line + b"\n")
    with pytest.raises(SearchError, match=f"^{re.escape(f'{tmp_path / TERMS}:3: {said}')}"):
        list(written_pairs([tmp_path]))


def test_a_folder_may_hold_some_of_the_files_and_not_none(tmp_path: Path) -> None:
    (tmp_path / TERMS).write_text(json.dumps(TERM) + "\n")
    assert written_files([tmp_path]) == [tmp_path / TERMS]
    (tmp_path / "none").mkdir()
    with pytest.raises(SearchError, match=r"none holds no questions for training: groups\.jsonl, reworded\.jsonl"):
        list(written_pairs([tmp_path, tmp_path / "none"]))


def test_the_questions_that_are_shipped_are_whole_and_each_is_there_once() -> None:
    pairs = list(written_pairs())
    assert min(Counter(pair.kind for pair in pairs).values()) > 300
    assert all(text.strip() for pair in pairs for text in (pair.anchor, pair.positive, *pair.negatives))
    shorts = [pair.anchor for pair in pairs if pair.kind == "written-short"]
    assert set(Counter(shorts).values()) == {2}
    assert not [pair for pair in pairs if pair.positive in pair.negatives or pair.anchor in pair.negatives]
