"""The commands of the README fit each other; the answer and the fields that documents show are those there are."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus import cli as corpus
from corpus import records
from corpus.jsonl import write
from indexer import cli as indexer
from search.layout import Layout
from search.store import Store
from tests.toy_records import LIP
from tests.web.toy import Shelf, ToyEngine
from web import create_app
from web.serving import at_once

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLE = "Number,Question,Reply\n16,What causes gout?,Uric acid.\n17,What is acne?,Blocked pores.\n"


def arguments(command: str) -> Sequence[str]:
    """What follows a command in the first line of the README that begins with it."""
    [found] = re.findall(rf"^python -m {command} (.*)$", README, re.MULTILINE)[:1]
    return [*command.split(), *shlex.split(found, comments=True)]


@pytest.mark.usefixtures("toy_model")
def test_what_is_imported_can_be_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("faq.csv").write_text(TABLE)
    write([LIP], Path("new.jsonl"))
    assert corpus.main(arguments("corpus import")[1:]) == 0
    assert indexer.main(arguments("indexer build")[1:]) == 0
    assert indexer.main(arguments("indexer update")[1:]) == 0
    layout = Layout(Path("var/mine"))
    store = Store(layout.version(layout.published() or "").records)
    assert store.hashes().keys() == {"16", LIP.id}
    store.close()


def test_the_answer_that_is_shown_is_of_the_form_of_answers() -> None:
    shelf = Shelf(ToyEngine())
    app = create_app(Path("toy"), opener=shelf.open, published=shelf.published, start=at_once)
    given = app.test_client().post("/api/search", json={"q": "lip"}).get_json()
    shown = json.loads(re.findall(r"^```json\n(.*?)^```", README, re.MULTILINE | re.DOTALL)[0])
    assert shown.keys() <= given.keys()
    assert shown["query"].keys() == given["query"].keys()
    assert shown["results"][0].keys() <= given["results"][0].keys()


def test_every_field_of_a_record_is_explained() -> None:
    table, _, _ = (ROOT / "docs" / "records.md").read_text(encoding="utf-8").partition("\n## ")
    named = {name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert named == records.RECORD_FIELDS
