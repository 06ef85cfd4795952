"""The gate lets small changes through and nothing else."""

from __future__ import annotations

import pytest

from indexer.gate import fallen

FLOOR = {"toys": {"ndcg@10": 0.8, "hit@1": 0.7, "trap_rate": 0.05, "queries": 9, "first_result": []}}


def test_figures_as_good_as_before_pass() -> None:
    assert fallen(FLOOR, FLOOR) == []
    assert fallen({"toys": {"ndcg@10": 0.9, "hit@1": 0.691, "trap_rate": 0.0}}, FLOOR) == []
    assert fallen({"toys": {"ndcg@10": 0.8, "hit@1": 0.7, "trap_rate": 0.0599}}, FLOOR) == []


def test_each_figure_that_fell_is_named_with_both_values() -> None:
    assert fallen({"toys": {"ndcg@10": 0.78, "hit@1": 0.7, "trap_rate": 0.07}}, FLOOR) == [
        "toys: ndcg@10 was 0.8, is now 0.78",
        "toys: trap_rate was 0.05, is now 0.07",
    ]


@pytest.mark.parametrize("name", ["ndcg@10", "mrr@10", "hit@1", "hit@10", "recall@100", "auroc"])
def test_each_of_the_figures_is_watched(name: str) -> None:
    floor = {"toys": {name: 0.5}}
    assert fallen({"toys": {name: 0.48}}, floor) == [f"toys: {name} was 0.5, is now 0.48"]
    assert fallen({"toys": {name: 0.52}}, floor) == []


def test_a_figure_that_is_missing_has_fallen() -> None:
    assert fallen({"toys": {"ndcg@10": 0.8, "trap_rate": 0.05}}, FLOOR) == ["toys: hit@1 was 0.7, is now None"]
    assert len(fallen({}, FLOOR)) == 3
