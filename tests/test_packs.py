"""The packs that come with the program are whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from indexer.evaluate import read_records, records_of
from indexer.measures import read_pack

LISTS = Path(__file__).parent / "packs/faq"


@pytest.mark.parametrize("name", ["chemotherapy", "covid-vaccination", "ivf"])
def test_a_list_of_questions_is_as_its_table_says(name: str) -> None:
    pack = read_pack(LISTS / name)
    entries = {record.id for record in read_records(records_of(LISTS / name))}
    row = re.search(rf"^\| `{name}` \| (\d+) \| (\d+) \| (\d+) \|$", (LISTS / "README.md").read_text(), re.MULTILINE)
    assert row is not None
    answered = {query for query in pack.queries if query in pack.qrels}
    assert tuple(map(int, row.groups())) == (len(entries), len(answered), len(pack.queries) - len(answered))
    assert all(len(grades) == 1 and grades.keys() <= entries for grades in pack.qrels.values())
    assert {query for query in pack.queries if "-none-" not in query} == answered == pack.qrels.keys()
    assert len(set(pack.queries.values())) == len(pack.queries)
