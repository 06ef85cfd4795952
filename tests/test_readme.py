"""The commands of the README fit each other."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus import cli as corpus
from corpus.jsonl import write
from indexer import cli as indexer
from search.layout import Layout
from search.store import Store
from tests.toy_records import LIP

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
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
