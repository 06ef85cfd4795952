"""The packs that come with the program are whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from indexer.evaluate import read_records, records_of
from indexer.measures import read_pack
from indexer.tuning.written import written_pairs
from tests.benchmarks import judged

PACKS = Path(__file__).parent / "packs"
LISTS, REWORDED = PACKS / "faq", PACKS / "reworded"


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


def test_each_rewording_has_one_right_question_and_five_look_alikes() -> None:
    pack = read_pack(REWORDED)
    titles = {record.id: record.title for record in read_records(records_of(REWORDED))}
    assert len(pack.queries) == 3 * len({query.split("-")[1] for query in pack.queries})
    assert all(len(pack.qrels[query]) == 1 and len(pack.negatives[query]) == 5 for query in pack.queries)
    named = {record for query in pack.queries for record in (*pack.qrels[query], *pack.negatives[query])}
    assert named == titles.keys()
    assert len({*titles.values(), *pack.queries.values()}) == len(titles) + len(pack.queries)


def test_the_encoder_was_trained_on_none_of_the_rewordings() -> None:
    trained = {text for pair in written_pairs() for text in (pair.anchor, pair.positive, *pair.negatives)}
    pack = read_pack(REWORDED)
    right = {record for grades in pack.qrels.values() for record in grades}
    asked = {record.title for record in read_records(records_of(REWORDED)) if record.id in right}
    persons = {text for query, text in pack.queries.items() if not query.endswith("-expert")}
    assert trained.isdisjoint(asked | persons)  # a title that an expert gives may be another question's, too


@pytest.mark.parametrize(("packs", "said"), [("none", "is no folder of packs"), ("out", "give another PACKS")])
def test_packs_that_are_read_are_not_written_over(
    packs: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out" / "mine").mkdir(parents=True)
    monkeypatch.setattr("sys.argv", ["judged", str(tmp_path / packs), str(tmp_path / "out")])
    with pytest.raises(SystemExit, match="2"):
        judged.main()
    assert said in capsys.readouterr().err
    assert (tmp_path / "out" / "mine").is_dir()
