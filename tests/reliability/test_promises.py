"""Each promise names a test that is there, and the page says what the reports say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.reliability.promises import PAGE, REPORTS, ROOT, page, promises

FAULTS = {"kills": ("lost_or_mixed",), "fuzz": ("broken",), "swaps": ("failed", "mixed"), "soak": ("failed",)}


@pytest.mark.parametrize("promise", promises(), ids=lambda promise: promise["says"][:40])
def test_each_promise_is_held_by_a_test(promise: dict[str, str]) -> None:
    file, _, name = promise["test"].partition("::")
    text = (ROOT / file).read_text(encoding="utf-8")
    assert not name or f"\ndef {name}(" in text


def test_the_page_says_what_the_reports_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.reliability.promises"


@pytest.mark.parametrize("name", FAULTS)
def test_the_reports_kept_are_of_runs_without_a_fault(name: str) -> None:
    value = json.loads((REPORTS / f"{name}.json").read_text(encoding="utf-8"))
    assert {fault: value[fault] for fault in FAULTS[name]} == dict.fromkeys(FAULTS[name], 0)
    assert value["command"].startswith("python -m tests.reliability.")


def test_no_report_is_kept_that_no_promise_names() -> None:
    named = {promise["report"] for promise in promises() if "report" in promise}
    assert {Path(path).stem for path in REPORTS.glob("*.json")} == named == FAULTS.keys()
