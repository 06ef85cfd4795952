"""Names of medicines: each is one of one medicine, and is met where it stands in a text."""

from __future__ import annotations

import tomllib

from search.medicines import TABLE, WORD, medicine


def test_each_name_stands_for_one_medicine_and_can_be_met() -> None:
    table: dict[str, list[str]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["names"]
    pairs = [(name, usual) for usual, names in table.items() for name in (usual, *names)]
    assert [name for name, usual in pairs if medicine(name) != usual] == []
    assert [name for name, _ in pairs if not WORD.fullmatch(name) or name != name.lower()] == []
