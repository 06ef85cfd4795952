"""JSON exports as files: those that break off, cannot be read, hold nothing, or lie in a folder."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from corpus.importers import Options
from corpus.jsonl import BadLine
from corpus.records import Record
from tests.corpus.qa_items import items, read, said

GOOD = '{"question": "A?"}'


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (
            f"[{GOOD},\n{{]",
            2,
            "not JSON: Expecting property name enclosed in double quotes at position 2 of its line;",
        ),
        (
            f'[{GOOD},\n{{"title":\n"B?" 3}}]',
            3,
            "not JSON: Expecting ',' delimiter at position 6 of its line",
        ),
        (f"[{GOOD}\n{GOOD}]", 2, "not JSON: the list is not closed, or a comma is missing; the rest was not read"),
        (f"[{GOOD}\n", 2, "not JSON: the list is not closed, or a comma is missing; the rest was not read"),
        (f"[{GOOD},\n{'[' * 100_000}", 2, "not JSON that can be read: nested too deep, or a number of too many digits"),
        (f"[{GOOD},\n{'9' * 5000}]", 2, "not JSON that can be read: nested too deep, or a number of too many digits"),
        (f"{GOOD}\n{{", 2, "not JSON: Expecting property name enclosed in double quotes at position 2 of its line"),
    ],
)
def test_a_file_that_breaks_off(tmp_path: Path, text: str, line: int, reason: str) -> None:
    found = items(tmp_path, text)
    assert isinstance(found[0], Record)
    assert found[0].title == "A?"
    [(at, given)] = said(found)
    assert (at, given[: len(reason)]) == (line, reason)


def test_what_is_not_read_is_held_as_it_stands_in_the_file(tmp_path: Path) -> None:
    twice = '{"title": "B?",  "title": "C?"}'
    found = items(tmp_path, f'[{GOOD}, {twice},\n{{"title" "D?"}}, {GOOD}]\n')
    assert [item.text for item in found if isinstance(item, BadLine)] == [twice, f'{{"title" "D?"}}, {GOOD}]\n']


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('{"train": [{"q": 1}], "test": [{"q": 2}]}', 1, "the object holds several lists (train, test); "),
        ('{"data": [{"q": 1}], "data": [{"q": 2}]}', 1, "the object holds several lists named data; "),
        ('{"question": "Q?", "answer": "A", "answer": "B"}', 1, 'the field "answer" stands twice in one object; '),
        ('{"question": "Q?"}\n{"question": "Q?", "answer": "A", "answer": "B"}', 2, 'the field "answer" stands twice'),
        ("{", 1, "not JSON: Expecting property name"),
        (b"\x1f\x8b\x08", 1, "a gzip file, not text; unpack it, or save it as text in UTF-8"),
        (b'[\n"\xe9"]', 2, "not UTF-8: byte 0xe9; save the file as UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, text: str | bytes, line: int, reason: str) -> None:
    [(at, given)] = said(items(tmp_path, text))
    assert (at, given[: len(reason)]) == (line, reason)


def test_an_empty_file_and_an_empty_list_have_no_records(tmp_path: Path) -> None:
    assert items(tmp_path, "") == items(tmp_path, " \n") == items(tmp_path, "[]") == items(tmp_path, "[ ]") == []


def test_words_after_the_list_are_said(tmp_path: Path) -> None:
    [_, bad] = items(tmp_path, f"[{GOOD}]\nand more")
    assert bad == BadLine(f"{tmp_path}/qa.json", 2, "not JSON: there is more after the end of the list", "and more")


def test_ids_are_stable_and_of_a_good_form_whatever_the_file_is_called(tmp_path: Path) -> None:
    [one] = items(tmp_path, f"[{GOOD}]", "Fragen & Antworten.json")
    [_, other] = items(tmp_path, '[{"question": "B?"}, {"question": "A?"}]', "Fragen & Antworten.json")
    assert isinstance(one, Record)
    assert one == other
    assert re.fullmatch("Fragen-Antworten:[0-9a-f]{12}", one.id)


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    for name in ("b.json", "a.json"):
        (tmp_path / name).write_text(json.dumps({"question": f"{name}?"}))
    assert [item.title for item in read(tmp_path, Options()) if isinstance(item, Record)] == ["a.json?", "b.json?"]
