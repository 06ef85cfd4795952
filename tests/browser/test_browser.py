"""A person's story in a real browser, without JavaScript, wide and on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

PHONES = [ViewportSize(width=320, height=640), ViewportSize(width=390, height=844)]
DESK = ViewportSize(width=1280, height=900)
WITH_LONG_WORDS = """document.querySelectorAll(
  ".facts span, .by strong, .provenance span, .browse span:not(.count, .count *)"
).forEach((each) => each.append("https://clinic.example/" + "a".repeat(100)))"""
ADDRESSES = [
    "/",
    "/?q=lip",
    "/?q=carburetor",
    "/?q=chest pain",
    "/?q=twiching uti",
    "/qa/toy:lip-1",
    "/qa/toy:hostile",
    "/about",
    "/docs",
    "/browse",
    "/topics?initial=L",
    "/topics/Stress",
    "/specialties/Neurology",
    "/newest",
    "/map",
    "/widget",
    "/embed",
    "/nothing",
    "/?q=lip&lang=zh-Hant",
]
TARGET_PX = 44
SMALL_TARGETS = """least =>
    [...document.querySelectorAll("button, input[type=text], textarea, summary, .choice, .site-head a, .browse a,"
        + " .letters a, a.button, .foot-links a, .ways a")]
    .filter(item => item.checkVisibility() && item.getBoundingClientRect().height < least)
    .map(item => item.outerHTML)"""

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A tab without JavaScript; at the end the browser has complained of nothing and asked no other site."""
    context = browser.new_context(java_script_enabled=False, viewport=DESK)
    complaints: list[str] = []
    tab = context.new_page()
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("request", lambda request: None if request.url.startswith(site) else complaints.append(request.url))
    yield tab
    context.close()
    assert complaints == []


def test_ask_open_a_result_go_to_a_similar_one_and_back(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_label("Your question or message").fill("my lip keeps twitching at night")
    page.get_by_role("button", name="Find answers").click()
    assert page.url == f"{site}/"  # the question is not in the address
    assert page.get_by_label("Your question", exact=True).input_value() == "my lip keeps twitching at night"

    page.get_by_role("link", name="Twitching or spasms of the lower lip?").click()
    assert page.url == f"{site}/qa/toy:lip-1"

    similar = page.get_by_role("region", name="Similar Q&A")
    similar.get_by_role("link", name="Read more of: Why does my eyelid keep twitching?").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Why does my eyelid keep twitching?"
    page.go_back()
    assert page.get_by_role("heading", level=1).inner_text() == "Twitching or spasms of the lower lip?"
    page.go_back()  # the results are still there, although the question was posted
    assert page.get_by_role("heading", level=1).inner_text() == "What others asked"
    page.go_back()  # and so is the question, to be put otherwise
    assert page.get_by_label("Your question or message").input_value() == "my lip keeps twitching at night"


def test_a_correction_is_shown_and_taken_back(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_label("Your question or message").fill("my lip is twiching, is it a uti?")
    page.get_by_role("button", name="Find answers").click()
    assert (
        "Searched for twitching instead of twiching." in page.get_by_role("group", name="How the question").inner_text()
    )
    page.get_by_role("button", name="Search for it as typed").click()
    assert page.url == f"{site}/"
    assert "The spelling was not corrected." in page.get_by_role("group", name="How the question").inner_text()
    assert page.get_by_label("Your question", exact=True).input_value() == "my lip is twiching, is it a uti?"


def test_filters_open_on_a_phone_and_come_off_one_by_one(page: Page, site: str) -> None:
    page.set_viewport_size(PHONES[1])
    page.goto(f"{site}/?q=twitching")
    assert not page.get_by_label("Neurology").is_visible()
    page.get_by_text("Filter the results").first.click()
    page.get_by_label("Neurology").check()
    page.get_by_role("button", name="Apply filters").click()
    assert page.locator(".card-title").all_inner_texts() == [
        "Why does my eyelid keep twitching?",
        "Twitching or spasms of the lower lip?",
    ]
    page.get_by_role("button", name="Remove the filter Specialty: Neurology").click()
    assert page.locator(".card-title").count() == 5


def test_a_question_asked_twice_is_one_card_that_opens_to_all_who_answered(browser: Browser, twice: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONES[1])
    page = context.new_page()
    page.goto(f"{twice}/?q=lower lip twitching")
    other = page.locator("details.family a")
    assert not other.is_visible()
    page.get_by_text("Asked 2 times, answered by 4 doctors").click()
    other.click()
    assert page.url == f"{twice}/qa/toy:lip-9"
    assert page.get_by_role("heading", name="The same was asked 2 times").is_visible()
    context.close()


def test_a_phone_shows_every_page_whole_with_targets_for_a_thumb(browser: Browser, site: str) -> None:
    context = browser.new_context()  # measuring takes JavaScript
    tab = context.new_page()
    wide, small = {}, {}
    for address in ADDRESSES:
        tab.set_viewport_size(PHONES[0])
        tab.goto(site + address)
        for size in PHONES:  # the second as where a phone is turned
            tab.set_viewport_size(size)
            wide[address, size["width"]] = tab.evaluate("document.documentElement.scrollWidth")
            small[address, size["width"]] = tab.evaluate(SMALL_TARGETS, TARGET_PX)
        tab.evaluate(WITH_LONG_WORDS)
        wide[address, size["width"]] = max(
            wide[address, size["width"]], tab.evaluate("document.documentElement.scrollWidth")
        )
    context.close()
    assert wide == {(address, width): width for address, width in wide}
    assert small == {key: [] for key in wide}
    assert len(wide) == len(PHONES) * len(ADDRESSES)


@pytest.mark.parametrize("address", ["/", "/browse", "/?q=lip"])
def test_a_number_beside_a_long_name_stays_in_one_line(browser: Browser, site: str, address: str) -> None:
    context = browser.new_context()  # measuring takes JavaScript
    tab = context.new_page()
    for width in (320, 390, 1280):
        tab.set_viewport_size({"width": width, "height": 844})
        tab.goto(site + address)
        tab.evaluate("document.querySelectorAll('details').forEach(item => item.open = true)")
        found = tab.evaluate(
            """[...document.querySelectorAll(".count")].map(count => {
                count.previousElementSibling.textContent = "Allergy and Immunology of Grown People";
                count.firstChild.data = "12,345";
                const range = document.createRange();
                range.selectNode(count.firstChild);
                return range.getClientRects().length;
            })"""
        )
        assert set(found) == {1}, width
    context.close()


def test_what_is_written_from_right_to_left_begins_at_the_right(page: Page, site: str) -> None:
    begins = """item => { const range = document.createRange(); range.selectNodeContents(item);
        const [text, box] = [range.getBoundingClientRect(), item.getBoundingClientRect()];
        return [text.left - box.left, box.right - text.right].map(Math.round) }"""
    page.goto(f"{site}/qa/toy:lip-1?q=عندي صداع")
    page.locator(".your-question summary").click()
    left, right = page.locator(".your-question .kept").evaluate(begins)
    assert right == 0 < left
    left, right = page.locator("h1").evaluate(begins)
    assert left == 0 < right


def test_the_page_follows_the_colors_of_the_system(browser: Browser, site: str) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        context = browser.new_context(viewport=DESK, color_scheme=scheme)
        tab = context.new_page()
        tab.goto(f"{site}/?q=lip")
        grounds[scheme] = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        context.close()
    assert grounds == {"light": "rgb(246, 247, 245)", "dark": "rgb(16, 23, 26)"}


def test_on_paper_a_page_of_results_says_all_that_was_asked(page: Page, site: str) -> None:
    page.goto(f"{site}/?q={'my lip keeps twitching at night, ' * 30}")
    page.emulate_media(media="print")
    box = page.get_by_label("Your question")
    assert box.is_visible()
    assert box.evaluate("box => box.scrollHeight - box.clientHeight") <= 1
    assert not page.get_by_role("button", name="Search again").is_visible()


def test_on_paper_the_colors_are_those_of_light_whatever_the_system_has(browser: Browser, site: str) -> None:
    inks = """[...document.querySelectorAll("a, mark, .near, .tag, .differs-item, .legend")]
        .map(item => [getComputedStyle(item).color, getComputedStyle(item).backgroundColor])"""
    found = []
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(f"{site}/?q=my lip keeps twitching at night, i am 25")
        page.emulate_media(media="print")
        found.append(page.evaluate(inks))
        context.close()
    assert found[0] == found[1] != []
