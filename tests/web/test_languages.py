"""The interface in its languages: which one is answered, that none lacks a text, and that records stay as they are."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from search.safety import alike, urgent
from tests.web.test_pages import read
from web import catalogue
from web.languages import FOLDER, LANGUAGES, SOURCE
from web.notice import in_language

OTHERS = [language for language in LANGUAGES if language != SOURCE]
PLACE = re.compile(r"%\(\w+\)s|\{\w+\}|</?\w+[^>]*>")


def test_the_catalogues_hold_the_texts_of_now() -> None:
    assert catalogue.TEMPLATE.read_bytes() == catalogue._written(catalogue.collected())
    for language in OTHERS:
        assert (FOLDER / f"{language}.po").read_bytes() == catalogue.updated(language)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_with_its_places(language: str) -> None:
    with open(FOLDER / f"{language}.po", "rb") as file:
        messages = [message for message in read_po(file, locale=language.replace("-", "_")) if message.id]
    assert len(messages) > 250
    for message in messages:
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(texts), f"{message.id} is not translated"
        for text in texts:
            assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(sources[-1])), message.id


@pytest.mark.parametrize(
    ("address", "header", "language"),
    [
        ("/", "", "en"),
        ("/", "de, fr", "en"),
        ("/", "zh-TW, en;q=0.8", "zh-Hant"),
        ("/", "zh-HK", "zh-Hant"),
        ("/", "en-GB, zh-TW;q=0.5", "en"),
        ("/?lang=zh-Hant", "en", "zh-Hant"),
        ("/?lang=en", "zh-TW", "en"),
        ("/?lang=tlh", "zh-TW", "zh-Hant"),
        ("/nothing?lang=zh-Hant", "en", "zh-Hant"),
    ],
)
def test_which_language_is_answered(client: FlaskClient, address: str, header: str, language: str) -> None:
    response = client.get(address, headers={"Accept-Language": header})
    assert f'<html lang="{language}">' in response.text
    assert response.headers["Content-Language"] == language
    assert "Accept-Language" in response.headers["Vary"]


def test_the_choice_goes_along_with_links_and_forms(client: FlaskClient) -> None:
    page = client.get("/qa/toy:eyelid-1?lang=zh-Hant").text
    inner = [link for link in re.findall(r'href="(/[^"]*)"', page) if not link.startswith(("/static", "/api"))]
    assert [link for link in inner if "lang=" not in link] == ["/qa/toy:eyelid-1"]  # the canonical address has none
    page = client.post("/?lang=zh-Hant", data={"q": "lip"}).text
    assert 'action="/?lang=zh-Hant"' in page
    again = client.post("/", data={"q": "lip", "lang": "zh-Hant"}).text
    assert '<html lang="zh-Hant">' in again
    assert '<input type="hidden" name="lang" value="zh-Hant">' in client.get("/?q=lip&lang=zh-Hant").text
    assert "lang=" not in client.get("/api/search?q=lip").text


def test_a_page_links_to_itself_in_the_other_language(client: FlaskClient) -> None:
    page = client.get("/topics?initial=S&lang=en").text
    assert '<a href="/topics?initial=S&amp;lang=zh-Hant" hreflang="zh-Hant" lang="zh-Hant">繁體中文</a>' in page
    posted = client.post("/", data={"q": "my secret"}).text
    assert 'name="lang" value="zh-Hant" lang="zh-Hant">繁體中文</button>' in posted
    assert "my+secret" not in posted.split("<footer")[1]


def test_what_a_record_says_is_not_translated_and_marked_as_what_it_is(client: FlaskClient) -> None:
    page = client.get("/qa/toy:lip-1?lang=zh-Hant").text
    assert '<h1 lang="en">Twitching or spasms of the lower lip?</h1>' in page
    assert "第 1 則回覆，共 3 則" in read(page)
    assert "回覆 2012年1月16日" in read(page)
    assert "女性、40–49 歲" in read(page)
    assert ' lang="en"' not in client.get("/qa/toy:lip-1").text.split("<body")[1].split("<footer")[0]


def test_the_words_of_the_site_on_a_card_are_not_marked_as_the_language_of_the_record(client: FlaskClient) -> None:
    page = client.get("/?q=lip&lang=zh-Hant").text.split("<footer")[0]
    spoken = re.findall(r'<(\w+)[^>]* lang="en"[^>]*>(.*?)</\1>', page, re.DOTALL)
    assert {tag for tag, _ in spoken} == {"h2", "blockquote"}
    assert not any("回答" in text or "提問" in text for _, text in spoken)


def test_an_emergency_is_told_in_the_language_of_the_page(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDQA_COUNTRY", "TW")
    text = read(client.get("/?q=chest pain of my hand&lang=zh-Hant").text)
    # The toy notice is of the kind "heart", whose text in the rules has the country's number in it.
    assert "請立即撥打119。請坐下休息，不要自行開車。" in text
    assert text.index("119") < text.index("您的問題")


def test_violence_is_told_with_the_number_of_the_police(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDQA_COUNTRY", "TW")
    notice = urgent("my boyfriend strangled me", "TW")
    assert notice is not None
    with client.application.test_request_context("/?lang=zh-Hant"):
        told = in_language(notice.to_json())
    assert told is not None
    assert "請在安全時撥打110" in told["text"]
    assert told["actions"][0] == {"label": "警察", "number": "110"}


def test_whom_to_call_is_told_in_the_language_of_the_page(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDQA_COUNTRY", "TW")
    with client.application.test_request_context("/?lang=zh-Hant"):
        told = in_language(alike("suicide", "TW").to_json())
    assert told is not None
    assert told["text"].endswith("沒有人必須獨自面對。")
    assert {"label": "1925 安心專線（自殺防治，24 小時）", "number": "1925"} in told["actions"]


def test_an_emergency_in_another_language_is_not_taken_for_one_that_was_read(client: FlaskClient) -> None:
    read_not = "This site reads English only. The pages below may have nothing to do with what you wrote."
    assert read_not in read(client.get("/?q=tengo dolor en el pecho chest pain lip").text)
    assert read_not not in read(client.get("/?q=chest pain lip").text)


def test_an_error_is_told_in_the_language_too(client: FlaskClient) -> None:
    text = read(client.get("/nothing?lang=zh-Hant").text)
    assert text.startswith("找不到頁面 這個網址沒有內容。可能輸入有誤，或頁面已被移除。 您的問題")
