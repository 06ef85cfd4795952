"""A browser for all stories, and the sites that they are told on."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import ARGUMENTS, CHROMIUM, served
from tests.web.toy import ToyEngine
from tests.web.toy_records import AGAIN, TOY


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not CHROMIUM.exists():
        why = f"{CHROMIUM} is not installed: apt-get install chromium"
        pytest.fail(why) if os.environ.get("CI") == "true" else pytest.skip(why)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Address of the site over the toy records."""
    with served(ToyEngine()) as address:
        yield address


@pytest.fixture(scope="session")
def twice() -> Iterator[str]:
    """Address of the site over the same, in which one question was asked twice."""
    with served(ToyEngine((*TOY, AGAIN))) as address:
        yield address
