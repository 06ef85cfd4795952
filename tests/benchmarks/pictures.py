"""Writes the pictures of the README into docs/pictures: the site on the built-in corpus, in a real browser.

python -m tests.benchmarks.pictures --index var/index

It needs a font with Chinese letters (Debian: fonts-noto-cjk): without one the picture of the Chinese pages is of boxes.
"""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.benchmarks.serving import served
from tests.browser.chromium import ARGUMENTS, CHROMIUM

PICTURES = Path(__file__).parents[2] / "docs/pictures"
QUESTION = "im so tired all the time and my iron is low, the doctor says my blood is fine. could it be somthing else?"
CASE = "I am 28 and my fingers on the right hand go numb at night, for three weeks now"
EMERGENCY = "crushing chest pain and my left arm feels numb"
FAR = "how do i change the oil of my car"
WIDE, PHONE = (1280, 1000), (390, 844)
TRIES = 3  # Chromium says now and then that it cannot take a picture


def main() -> None:
    """Writes every picture, each from a window of its own."""
    parser = argparse.ArgumentParser(description="Take the pictures of the README.")
    parser.add_argument("--index", type=Path, default=Path("var/index"))
    index = parser.parse_args().index
    if not subprocess.run(["fc-list", ":lang=zh-tw"], capture_output=True, check=True).stdout:
        parser.error("no font has Chinese letters; install fonts-noto-cjk")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with served(index) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, (size, scheme, story) in STORIES.items():
            _take(browser, site.address, name, size, scheme, story)
        browser.close()


def home(page: Page, site: str) -> None:
    page.goto(site)


def suggestions(page: Page, site: str) -> None:
    page.goto(site)
    page.locator("#q").press_sequentially("my eye")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")


def results(page: Page, site: str, question: str = QUESTION) -> None:
    page.goto(site)
    page.locator("#q").fill(question)
    page.get_by_role("button", name="Find answers").click()


def why(page: Page, site: str) -> None:
    results(page, site)
    page.locator(".why summary").first.click()
    page.locator(".card").first.scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.results').scrollIntoView()")


def emergency(page: Page, site: str) -> None:
    results(page, site, EMERGENCY)


def far(page: Page, site: str) -> None:
    results(page, site, FAR)


def qa(page: Page, site: str) -> None:
    results(page, site)
    page.locator("ol.cards h2 a").first.click()


def compared(page: Page, site: str) -> None:
    results(page, site, CASE)
    page.locator("button[formaction]").first.click()


def similar(page: Page, site: str) -> None:
    qa(page, site)
    page.evaluate("document.querySelector('.similar').scrollIntoView()")


def browse(page: Page, site: str) -> None:
    page.goto(f"{site}/browse")


def corpus_map(page: Page, site: str) -> None:
    page.goto(f"{site}/map")
    page.locator(".map-legend button").first.wait_for()
    page.get_by_label("Find on the map").fill("my hand is numb and tingling at night")
    page.get_by_role("button", name="Show").click()
    page.locator(".map-found li").first.wait_for()


def chinese(page: Page, site: str) -> None:
    results(page, site, EMERGENCY)
    page.get_by_role("button", name="繁體中文").click()


Story = Callable[[Page, str], None]
STORIES: dict[str, tuple[tuple[int, int], str, Story]] = {
    "home": (WIDE, "light", home),
    "home-phone": (PHONE, "light", home),
    "suggestions": (WIDE, "light", suggestions),
    "results": (WIDE, "light", results),
    "results-phone": (PHONE, "light", results),
    "results-dark": (WIDE, "dark", results),
    "why": (WIDE, "light", why),
    "page": (WIDE, "light", qa),
    "page-phone": (PHONE, "light", qa),
    "page-dark": (PHONE, "dark", qa),
    "compared": (WIDE, "light", compared),
    "similar": (WIDE, "light", similar),
    "emergency": (WIDE, "light", emergency),
    "emergency-phone": (PHONE, "dark", emergency),
    "far": (WIDE, "light", far),
    "browse": (WIDE, "light", browse),
    "map": (WIDE, "light", corpus_map),
    "map-dark": (WIDE, "dark", corpus_map),
    "chinese": (PHONE, "light", chinese),
}


def _take(browser: Browser, site: str, name: str, size: tuple[int, int], scheme: str, story: Story) -> None:
    for tries in reversed(range(TRIES)):
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        page = context.new_page()
        story(page, site)
        try:
            page.screenshot(path=PICTURES / f"{name}.png")
            return
        except Error:
            if not tries:
                raise
        finally:
            context.close()


if __name__ == "__main__":
    main()
