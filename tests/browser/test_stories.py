"""What JavaScript adds: suggestions, shortcuts, links to copy, the map; with the keyboard alone where it can be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_browser import DESK, PHONES

LIP, EYELID = "Twitching or spasms of the lower lip?", "Why does my eyelid keep twitching?"

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A tab; at the end the browser has complained of nothing, run into no error, and asked no other site."""
    context = browser.new_context(viewport=DESK, permissions=["clipboard-read", "clipboard-write"])
    complaints: list[str] = []
    tab = context.new_page()
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("request", lambda request: None if request.url.startswith(site) else complaints.append(request.url))
    yield tab
    context.close()
    assert complaints == []


def test_a_suggestion_is_taken_with_the_keyboard_alone(page: Page, site: str) -> None:
    page.goto(f"{site}/about")
    page.goto(site)
    page.keyboard.press("/")  # the box has the focus, and no slash stands in it
    box = page.locator("#q")
    expect(box).to_be_focused()
    assert box.input_value() == ""
    page.keyboard.type("why")
    option = page.get_by_role("option", name=EYELID)
    expect(option).to_be_visible()
    assert box.get_attribute("aria-controls") == page.get_by_role("listbox").get_attribute("id")
    expect(page.locator("#ask [role=status]")).to_have_text("Suggestions: 1. Use the up and down arrows.")
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What others asked")
    assert page.locator("#q").input_value() == EYELID
    assert page.url == f"{site}/"


def test_suggestions_go_away_and_what_is_typed_is_in_no_address(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site)
    page.locator("#q").press_sequentially("wha")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert page.locator("#q").input_value() == "wha"
    page.locator("#q").fill("wha\nt")  # a message of two lines is completed by no title
    page.wait_for_timeout(300)
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert [url for url in asked if "wha" in url] == []
    assert f"{site}/api/suggest" in asked


def test_a_suggestion_is_taken_with_the_mouse(page: Page, site: str) -> None:
    page.goto(site)
    page.locator("#q").press_sequentially("twi")
    page.get_by_role("option", name=LIP).click()
    expect(page.locator(".card-title").first).to_have_text(LIP)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_button_asks_what_was_typed_while_suggestions_are_open(page: Page, site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site)
    page.locator("#q").press_sequentially("why")
    expect(page.get_by_role("option").first).to_be_visible()
    button = page.get_by_role("button", name="Find answers").bounding_box()
    assert button is not None
    page.mouse.click(button["x"] + button["width"] / 2, button["y"] + button["height"] / 2)
    expect(page.get_by_role("heading", level=1)).not_to_have_text("What would you like to ask?")
    assert page.locator("#q").input_value() == "why"


@pytest.mark.parametrize("address", ["/", "/?q=lip"])
def test_suggestions_are_in_sight_above_the_keyboard_of_a_phone(page: Page, site: str, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 380})  # what the keyboard leaves
    page.goto(site + address)
    page.locator("#q").fill("")
    page.locator("#q").press_sequentially("why")
    expect(page.get_by_role("option").first).to_be_in_viewport(ratio=1)
    expect(page.locator("#q")).to_be_in_viewport(ratio=1)


def test_enter_asks_and_shift_enter_begins_a_line(page: Page, site: str) -> None:
    page.goto(site)
    page.locator("#q").fill("lip")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("twitching")
    assert page.locator("#q").input_value() == "lip\ntwitching"
    page.keyboard.press("Enter")  # a message of several lines goes on
    assert page.locator("#q").input_value() == "lip\ntwitching\n"
    page.locator("#q").fill("lip")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What others asked")


def test_the_whole_road_with_the_keyboard_alone(page: Page, site: str) -> None:
    def tab_to(name: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if name in page.evaluate("document.activeElement.innerText || document.activeElement.value || ''"):
                return
        pytest.fail(f"no way to {name!r} with the tab key")

    page.goto(site)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("/")
    page.keyboard.type("lip is twitching at night")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What others asked")
    tab_to("Newest first")
    page.keyboard.press("Enter")
    expect(page.locator(".card-title").first).not_to_have_text(LIP)
    tab_to("Why this result")
    page.keyboard.press("Enter")
    expect(page.locator(".why li").first).to_be_visible()
    tab_to(LIP)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(LIP)
    tab_to("Read more")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(LIP)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(LIP)


def test_what_has_the_focus_is_seen(page: Page, site: str) -> None:
    page.goto(f"{site}/?q=lip")
    seen = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
    assert seen == {"solid"}


def test_a_link_is_copied(page: Page, site: str) -> None:
    page.goto(site)
    page.locator("#q").fill("lip")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Copy a link").click()
    expect(page.locator(".tools .copied")).to_have_text("The link is copied. It holds your question.")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site}/?q=lip"
    assert page.url == f"{site}/"


def test_a_page_beside_the_question_and_back(page: Page, site: str) -> None:
    page.goto(site)
    page.locator("#q").fill("my lower lip is twitching, i am 25")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=f"Read beside your question ({LIP})").click()
    assert page.url == f"{site}/qa/toy:lip-1"
    row = page.get_by_role("row", name=re.compile("Age"))
    expect(row).to_contain_text("i am 25")
    expect(row).to_contain_text("40–49 years")
    page.go_back()
    assert page.locator("#q").input_value() == "my lower lip is twitching, i am 25"


def test_no_match_and_an_emergency(page: Page, site: str) -> None:
    page.goto(site)
    page.locator("#q").fill("carburetor")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing here is close to your question")
    page.locator("#q").fill("chest pain of my hand")
    page.keyboard.press("Enter")
    notice = page.get_by_role("region", name="This may be an emergency")
    expect(notice).to_be_in_viewport()
    above = notice.bounding_box()
    assert above is not None
    assert above["y"] < (page.locator("#q").bounding_box() or {"y": 0})["y"]
    assert page.locator(".card").count() > 0


def test_the_map_is_drawn_searched_and_read(page: Page, site: str) -> None:
    page.goto(f"{site}/map")
    legend = page.locator(".map-legend button")
    expect(legend.first).to_be_visible()
    assert sorted(name.split("\n")[0] for name in legend.all_inner_texts()) == [
        "Dentistry",
        "Emergency <Medicine>",
        "Neurology",
        "no specialty",
    ]
    painted = """() => { const c = document.querySelector('.map canvas');
        return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(part => part > 0) }"""
    assert page.evaluate(painted)
    legend.filter(has_text="Neurology").click()
    expect(legend.filter(has_text="Neurology")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Find on the map").fill("lip twitching")
    page.get_by_role("button", name="Show").click()
    found = page.get_by_role("region", name="Found").get_by_role("link")
    expect(found.first).to_have_text(LIP)
    canvas = page.locator(".map canvas").bounding_box() or {}
    page.mouse.move(canvas["x"] + 14 + 0.6 * (canvas["width"] - 28), canvas["y"] + 14 + 0.5 * (canvas["height"] - 28))
    expect(page.locator(".map-tip")).to_have_text(f"{LIP} (Neurology)")
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url(f"{site}/qa/toy%3Alip-1")


def test_browsing_from_the_overview_to_a_page(page: Page, site: str) -> None:
    page.set_viewport_size(PHONES[1])
    page.goto(site)
    page.get_by_role("link", name="Browse", exact=True).click()
    page.get_by_role("link", name="Lip twitching").click()
    page.get_by_role("link", name=LIP).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(LIP)
    data = page.locator("script[type='application/ld+json']").text_content()
    assert json.loads(data or "")["@type"] == "QAPage"


def test_the_site_in_chinese_keeps_the_question(page: Page, site: str) -> None:
    page.goto(site)
    page.locator("#q").fill("lip twiching")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="繁體中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("別人問過的問題")
    assert page.locator("#q").input_value() == "lip twiching"
    page.get_by_role("link", name=LIP).click()
    expect(page.get_by_role("heading", name="類似問答")).to_be_visible()
