"""Cleaning and sentences."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text import clean, sentences


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("\ufeffhands &amp; feet&nbsp;at &lt;b&gt; &#39;rest&#39;", "hands & feet at <b> 'rest'"),
        ("<p class='x'>One</p><p>Two <b>three <i>four</i></b></p>", "One\n\nTwo three four"),
        ("<ul><li>a<li>b</ul>c<br/>d", "a\nb\nc\nd"),
        ("<table><tr><td>Iron</td><td>low</td></tr></table>", "Iron low"),
        ('<img alt="a > b" src=x hidden>after', "after"),
        ('<div itemprop="answer" itemscope itemtype="https://schema.org/Answer">Rest.</div>', "Rest."),
        ("<p data-v-7ba5bd90 class=q _ngcontent-abc-c12>It <video controls muted src=a></video>is</p>", "It is"),
        ("<!DOCTYPE html><html><head><title>Site</title></head><body>Hello</body></html>", "Hello"),
        ("a<script type=x>var p = '<p>';</script>b<STYLE>p{}</STYLE >c<!-- <p> -->d", "a b cd"),
        ("<!-- never closed", "<!-- never closed"),
        ("<script> never closed", "never closed"),
        ("a<o:p></o:p>b", "ab"),
        ("tabs\tand   spaces \n\n\n\n end ", "tabs and spaces\n\nend"),
        ("a\x00b\x0cc\x1fd", "ab c d"),
        ("&amp;lt;", "&lt;"),
        ("&#xD800;", "\ufffd"),
        ("5 x 10<sup>9</sup>/L, 10<SUP class='x'> -3</SUP>, CO<sub>2</sub>", "5 x 10^9/L, 10^-3, CO2"),
        ("the 1<sup>st</sup> day, as told<sup>2</sup>", "the 1st day, as told2"),
        ("&lt 5&nbsp&#39s &#X41&frac12; &copy", "< 5 's A½ ©"),
    ],
)
def test_clean(markup: str, plain: str) -> None:
    assert clean(markup) == plain


@pytest.mark.parametrize(
    "text",
    [
        "platelets <fifty and WBC >ten",
        "if a <b and c> d, wait",
        "GM>1< gangliosidosis",
        "fewer than < 2% of patients and titres > 1:800",
        "<five days",
        "a <p value of 0.05 and b> c",
        "if a <b open and c> d, or <i data> e",
        "see <https://example.org/a>",
        "R&D, A&E, Q&A",
        "see https://example.org/a?b=1&section=2&copy=3 and &notit;",
        f"&#{'1' * 5000};",
    ],
)
def test_clean_takes_no_word_of_the_writer(text: str) -> None:
    assert clean(text) == text


@given(st.text())
def test_cleaned_text_has_no_rough_edges(text: str) -> None:
    found = clean(text)
    assert found == found.strip()
    assert [rough for rough in ("\r", "\n\n\n", "  ") if rough in found] == []


@pytest.mark.parametrize("piece", ["<!--", "<script>", "<a ", '<a x="', "<p hidden "])
def test_a_hostile_text_takes_no_more_than_its_length(piece: str) -> None:
    start = time.perf_counter()
    clean(piece * 200_000)
    assert time.perf_counter() - start < 10  # a search from each opening to the end would take hours


@pytest.mark.parametrize("mark", ["!", ".", "。", '."'])
def test_sentences_of_a_hostile_text_take_no_more_than_its_length(mark: str) -> None:
    start = time.process_time()
    assert split(mark * 200_000 + "x")[-1].endswith("x")
    assert time.process_time() - start < 10


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Drink water. Rest!  Why?", ["Drink water.", "Rest!", "Why?"]),
        ("Take 2.5 ml. Twice.", ["Take 2.5 ml.", "Twice."]),
        ("See Dr. Fern, e.g. today. Go.", ["See Dr. Fern, e.g. today.", "Go."]),
        ("1. Walk\n2. Rest", ["1. Walk", "2. Rest"]),
        ('He said "yes." Then he left.', ['He said "yes."', "Then he left."]),
        ("多喝水。多休息！", ["多喝水。", "多休息！"]),
        ("Why?!... Wait!!x 好。。x", ["Why?!...", "Wait!!x 好。", "。", "x"]),
        ("no end", ["no end"]),
        (" \n ", []),
        ("", []),
    ],
)
def test_sentences(text: str, found: list[str]) -> None:
    assert split(text) == found


@given(st.text(alphabet=st.sampled_from("ab.!?。 \n\t1\"'Dr\u3000\x1f")) | st.text())
def test_sentences_are_in_order_apart_and_cover_every_word(text: str) -> None:
    covered: set[int] = set()
    last = 0
    for start, end in sentences(text):
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        covered.update(range(start, end))
        last = end
    assert all(at in covered for at, char in enumerate(text) if not char.isspace())
