"""Writes the pictures of the README into docs/pictures: the site on the built-in corpus, in a real browser.

python -m tests.benchmarks.pictures --index var/index
"""

from __future__ import annotations

import argparse
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.serving import served
from tests.browser.chromium import ARGUMENTS, CHROMIUM

PICTURES = Path(__file__).parents[2] / "docs/pictures"
QUESTION = "im so tired all the time and my iron is low, the doctor says my blood is fine. could it be somthing else?"
SIZES = {"": (1280, 1000), "-phone": (390, 844)}


def main() -> None:
    """Writes home, results and Q&A page, wide and on a phone."""
    parser = argparse.ArgumentParser(description="Take the pictures of the README.")
    parser.add_argument("--index", type=Path, default=Path("var/index"))
    index = parser.parse_args().index
    PICTURES.mkdir(parents=True, exist_ok=True)
    with served(index) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, (width, height) in SIZES.items():
            context = browser.new_context(viewport={"width": width, "height": height})
            _take(context.new_page(), site.address, name)
        browser.close()


def _take(page: Page, site: str, name: str) -> None:
    page.goto(site)
    page.screenshot(path=PICTURES / f"home{name}.png")
    page.get_by_label("Your question or message").fill(QUESTION)
    page.get_by_role("button", name="Find answers").click()
    page.screenshot(path=PICTURES / f"results{name}.png")
    page.locator("ol.cards h2 a").first.click()
    page.screenshot(path=PICTURES / f"page{name}.png")


if __name__ == "__main__":
    main()
