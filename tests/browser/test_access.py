"""What everybody can use: axe-core finds nothing on any page, in both colors and sizes; the first page is small."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response, ViewportSize

from tests.browser.chromium import served
from tests.browser.test_browser import ADDRESSES, DESK, PHONES
from tests.web.toy import ToyEngine
from web.settings import Settings

FIRST_PAGE_BYTES = 60_000
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# Words of a usual length and without a hyphen, of which a part is on another line or beyond the edge that cuts it off.
BROKEN = """() => {
    const found = new Set();
    const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (!node.parentElement.checkVisibility() || node.parentElement.closest(".unseen, pre, .copy")) continue;
        for (const word of node.data.matchAll(/[^\\s-]{2,14}(?!\\S)/g)) {
            if (word.index && /\\S/.test(node.data[word.index - 1])) continue;
            const range = document.createRange();
            range.setStart(node, word.index);
            range.setEnd(node, word.index + word[0].length);
            const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
            const cut = node.parentElement.closest(".sort, .map-legend");
            const edge = cut ? cut.getBoundingClientRect().right + 1 : Infinity;
            if (lines.size > 1 || range.getBoundingClientRect().right > edge) found.add(word[0]);
        }
    }
    return [...found];
}"""
OPENED = "document.querySelectorAll('details').forEach(item => item.open = true)"

pytestmark = pytest.mark.browser


def violations(page: Page) -> list[str]:
    """What axe-core finds, each with the first element that it is found on."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{item['id']}: {item['help']}: {item['nodes'][0]['html'][:200]}" for item in found]


# On the phone the parts are the same, in other colors: some pages have all of them.
SOME = ["/", "/?q=carburetor", "/?q=chest pain", "/?q=twiching uti", "/qa/toy:lip-1", "/docs", "/browse", "/map"]


@pytest.fixture(params=[(DESK, "light"), (PHONES[1], "dark")], ids=["desk-light", "phone-dark"])
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A window of one size and color scheme."""
    size, scheme = request.param
    found = browser.new_context(viewport=ViewportSize(**size), color_scheme=scheme)
    yield found
    found.close()


def test_axe_finds_nothing_on_any_page(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    found = {}
    wide = (page.viewport_size or DESK)["width"] == DESK["width"]
    for address in ADDRESSES if wide else SOME:
        page.goto(site + address)
        page.evaluate(OPENED)
        found[address] = violations(page)
    page.goto(f"{site}/?q=twitching")
    page.locator("#q").fill("my lower lip is twitching, i am 25")
    page.get_by_role("button", name="Search again").click()
    page.evaluate(OPENED)
    found["results"] = violations(page)
    page.locator("button[formaction]").first.click()
    found["compared"] = violations(page)
    assert found == {address: [] for address in found}


def test_at_twice_the_size_of_text_a_phone_shows_every_word_whole(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport=PHONES[1])
    page = context.new_page()
    addresses = [address for address in ADDRESSES if "lang" not in address]  # Chinese is broken anywhere
    wide, broken = {}, {}
    for address in addresses:
        page.goto(site + address)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide[address] = page.evaluate("document.documentElement.scrollWidth")
        broken[address] = page.evaluate(BROKEN) if address != "/docs" else []  # it has names in code
    context.close()
    assert wide == dict.fromkeys(addresses, PHONES[1]["width"])
    assert broken == {address: [] for address in addresses}


def test_in_the_colors_of_the_system_marks_and_the_page_that_is_open_are_seen(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport=DESK, forced_colors="active")
    page = context.new_page()
    page.goto(f"{site}/?q=lip")
    style = "(item, name) => getComputedStyle(item)[name]"
    near, same = (page.locator(f".legend .{mark}").evaluate(style, "textDecorationStyle") for mark in ("near", "same"))
    here, other = (page.get_by_role("link", name=name, exact=True) for name in ("Ask", "Browse"))
    assert (near, same) == ("dotted", "solid")
    assert here.evaluate(style, "borderBottomColor") != other.evaluate(style, "borderBottomColor")
    context.close()


def test_axe_finds_nothing_while_suggestions_are_open(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(site)
    page.locator("#q").press_sequentially("w")
    page.locator("#q").press_sequentially("h")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert violations(page) == []


def test_axe_finds_nothing_on_the_operators_page(context: BrowserContext) -> None:
    settings = Settings(operator_token="a token for this test", evaluation="docs/eval/packs.json")
    with served(ToyEngine(), settings) as site:
        page = context.new_page()
        page.goto(f"{site}/?q=twitching")  # so that there are latencies to show
        page.set_extra_http_headers({"Authorization": f"Bearer {settings.operator_token}"})
        page.goto(f"{site}/operator")
        page.get_by_role("heading", name="Specialties").wait_for()
        assert violations(page) == []


def test_axe_finds_nothing_on_the_drawn_map(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(f"{site}/map")
    page.locator(".map-legend button").first.wait_for()
    assert violations(page) == []


def test_the_first_page_is_small_and_all_of_it_is_from_here(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(site, wait_until="networkidle")
    sizes = {answer.url: len(answer.body()) for answer in answers}
    context.close()
    assert all(url.startswith(site) for url in sizes)
    assert len(sizes) >= 4
    assert 10_000 < sum(sizes.values()) < FIRST_PAGE_BYTES
