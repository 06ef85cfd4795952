"""Saved pages of a Q&A site: the full form, its variants, and pages of another form."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.importers import FORMATS, MERGERS, Options
from corpus.jsonl import BadLine
from corpus.records import Answer, Asker, Record, to_json

read = FORMATS["qa-page"]


def page(path: Path, text: str | bytes, name: str = "page.txt") -> list[Record | BadLine]:
    file = path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read(file, Options()))


def only(items: list[Record | BadLine]) -> Record:
    [record] = items
    assert isinstance(record, Record)
    return record


def test_a_full_page(toy: Path) -> None:
    # The eight digits begin the SHA-1 of the title, a newline, and the message on one line.
    assert list(read(toy / "page.txt", Options())) == [
        Record(
            id="qa-page:cold-hands-while-reading-166c70a2",
            title="Cold hands while reading?",
            question="Hello doctor, my hands get cold when I sit still.\nThey warm up when I walk. Is that all right?",
            asker=Asker("20-29", "male"),
            asked="2019-11-05",
            answers=(
                Answer(
                    "Hello, sitting still makes hands cold.\nPlease reply if it lasts.",
                    "Dr. Ada Fern",
                    "Family Medicine",
                    "2019-11-06",
                ),
                Answer("Warm gloves help.", "Dr. Bo Reed", "Neurology", "2019-11-10"),
            ),
            more_info="Hands cool down at rest.\n- Walk a little.",
            topics=("Cold Hands", "Gloves (wool)"),
            specialty="Family Medicine",
            source="qa-page",
            lang="en",
        ),
        Record(
            id="qa-page:cold-feet-at-night-0536c7fa",
            title="Cold feet at night",
            question="My feet are cold in bed.",
            answers=(Answer("Wear socks.", "Dr. Cy Lane", "Family Medicine"),),
            specialty="Family Medicine",
            source="qa-page",
            lang="en",
        ),
        Record(
            id="qa-page:cold-nose-in-winter-14cef953",
            title="Cold nose in winter",
            question="My nose is cold when I ski and I would like to kn...",
            answers=(Answer("A scarf helps ag...", "Dr. Dee Moss", "Otolaryngology"),),
            specialty="Otolaryngology",
            source="qa-page",
            lang="en",
        ),
    ]


def test_the_asker_s_name_is_nowhere(toy: Path) -> None:
    assert "Rosenblatt" not in json.dumps([to_json(item) for item in read(toy / "page.txt", Options())])  # type: ignore[arg-type]


def test_a_page_with_nothing_but_a_title_and_an_asker(toy: Path) -> None:
    record = only(list(read(toy / "page-short.txt", Options())))
    assert (record.title, record.question, record.answers) == ("Is humming bad for the voice?", "", ())
    assert (record.asker, record.asked, record.topics) == (Asker("80+", "female"), "2021-07-09", ())


def test_a_page_saved_as_html_with_crlf_a_mark_and_entities(toy: Path) -> None:
    record = only(list(read(toy / "page.html", Options())))
    assert (record.title, record.question) == ("Feet & socks?", "My feet are <cold> at night.\nWhy?")
    assert (record.asker, record.asked) == (Asker("00-09", "female"), "2022-02-03")
    assert record.answers == (Answer("Wear two socks.", "Dr. Cy Lane", "Pediatrics", "2022-02-04"),)
    assert record.topics == ("Socks",)


@pytest.mark.parametrize(
    ("line", "asker", "asked"),
    [
        ("Chen, 40~49 year old female. Ask Date: 2012/01/15", Asker("40-49", "female"), "2012-01-15"),
        ("A. B. Chen-Wu, 0~9 year old male. Ask Date: 2012/1/5", Asker("00-09", "male"), "2012-01-05"),
        ("Wu, 30-39 years old, Male Ask Date: 2012-01-15 08:30", Asker("30-39", "male"), "2012-01-15"),
        ("Wu, 33 year-old female. Ask Date：2012.01.15", Asker("30-39", "female"), "2012-01-15"),
        ("Wu, 90~99 year old female. Ask Date: 2012/01/15", Asker("80+", "female"), "2012-01-15"),
        ("Wu, 40~45 year old female. Ask Date: 2012/01/15", Asker("40-49", "female"), "2012-01-15"),
        ("Wu, 18 to 24 years old. Ask Date: 2012/01/15", Asker("20-29", ""), "2012-01-15"),
        ("Wu, female. Ask Date: 2012/01/15", Asker("", "female"), "2012-01-15"),
        ("80+ year old. Ask Date: 2012/01/15", Asker("80+", ""), "2012-01-15"),
        ("Wu. Ask Date: 2012/01/15", None, "2012-01-15"),
        ("Wu, 40~49 year old female.\nAsk Date: 2012/01/15", Asker("40-49", "female"), "2012-01-15"),
        ("Wu, 40~49 year old female.\n\nAsk Date:\n\n2012/01/15", Asker("40-49", "female"), "2012-01-15"),
        ("Wu, Female.\nAsk Date: 2012/01/15 8:30 PM", Asker("", "female"), "2012-01-15"),
        ("Maria del Carmen Garcia-Lopez Wu, female. Ask Date: 2012/01/15", Asker("", "female"), "2012-01-15"),
        ("Wu, 40~49 year old female.", Asker("40-49", "female"), ""),
    ],
)
def test_asker_lines(tmp_path: Path, line: str, asker: Asker | None, asked: str) -> None:
    record = only(
        page(tmp_path, f"Cold hands?\nHello, 35 year old male.\nHelp.\n{line}\nDr. Ada Fern reply Surgery\nYes.")
    )
    assert (record.title, record.question) == ("Cold hands?", "Hello, 35 year old male.\nHelp.")
    assert (record.asker, record.asked) == (asker, asked)
    assert record.answers == (Answer("Yes.", "Dr. Ada Fern", "Surgery"),)


HEAD = "Cold hands?\nHelp.\nWu, 40~49 year old female. Ask Date: 2012/01/15\n"


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("", ()),
        ("More Info\nx", ()),
        ("Dr. Fern reply\nYes.", (Answer("Yes.", "Dr. Fern"),)),
        (
            "Pharmacist J. Reed reply Pharmacy\nYes.\n\nNo.\nReply Date: 2012/2/3",
            (Answer("Yes.\n\nNo.", "Pharmacist J. Reed", "Pharmacy", "2012-02-03"),),
        ),
        ("Dr. 王 reply Obstetrics & Gynecology\nYes.", (Answer("Yes.", "Dr. 王", "Obstetrics & Gynecology"),)),
        ("The clinic says yes.\nReply Date:\n2012/2/3", (Answer("The clinic says yes.", replied="2012-02-03"),)),
        ("The clinic says yes.\nReply Date: 2012/2/3", (Answer("The clinic says yes.", replied="2012-02-03"),)),
        (
            "Dr. Fern reply Surgery\nDr. Reed will reply soon.",
            (Answer("Dr. Reed will reply soon.", "Dr. Fern", "Surgery"),),
        ),
    ],
)
def test_replies(tmp_path: Path, text: str, answers: tuple[Answer, ...]) -> None:
    assert only(page(tmp_path, HEAD + text)).answers == answers


@pytest.mark.parametrize(
    "similar",
    [
        "A\nB\nDr. Fern reply Surgery\nYes.[Read More] A",
        "A\nB\nDr. Fern reply Surgery\nYes.\n[Read More] A",
        "A\nB\nDr. Fern reply Surgery\nYes.\n[Read more]\nA",
        "A\nB\nDr. Fern reply Surgery\nYes.",
    ],
)
def test_the_read_more_tail_is_no_part_of_a_reply(tmp_path: Path, similar: str) -> None:
    _, found = page(tmp_path, f"{HEAD}Similar Q&A\n{similar}\n\nRelated FAQ\nHands(Surgery)")
    assert isinstance(found, Record)
    assert (found.title, found.question, found.answers) == ("A", "B", (Answer("Yes.", "Dr. Fern", "Surgery"),))
    assert found.topics == ()


def test_two_similar_questions_that_run_together_are_bad(tmp_path: Path) -> None:
    block = "A\nB\nDr. Fern reply Surgery\nYes.\n"
    _, found = page(tmp_path, f"{HEAD}Similar Q&A\n{block}{block}")
    assert isinstance(found, BadLine)
    assert (
        found.reason == "a Similar Q&A of another form: a title, a message, one reply and [Read More] were looked for"
    )
    assert found.text == (block + block).strip()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no title: the page's first line must be the question's title"),
        (
            "Cold hands?\nHelp.\nDr. Fern reply Surgery\nYes.",
            'no asker line: a line such as "NAME, 40~49 year old female. Ask Date: 2012/01/15" was looked for',
        ),
        (
            "Wu, 40~49 year old female. Ask Date: 2012/01/15\nDr. Fern reply Surgery\nYes.",
            "no title: a line with the question's title was looked for above the asker line",
        ),
        (
            "Cold hands?\nWu, female. Ask Date: soon",
            'asked must be a date such as 2012-01-15, found "soon", in the question Cold hands?',
        ),
        (
            "Cold hands?\nWu, female. Ask Date: 2012/01/15 Dr. Fern reply Surgery\nYes.",
            'asked must be a date such as 2012-01-15, found "2012/01/15 Dr. Fern reply Surgery", in the question Cold '
            "hands?",
        ),
        (
            HEAD + "Dr. Fern reply\nYes.\nReply Date: 2012-01-15 Come back.",
            'answer 1: replied must be a date such as 2012-01-15, found "2012-01-15 Come back.", in the question Cold '
            "hands?",
        ),
        (
            "Cold hands?\nHelp me, they are blue. Wu, 40~49 year old female. Ask Date: 2012/01/15",
            "the asker line holds a message too; it must be a line of its own, such as "
            '"NAME, 40~49 year old female. Ask Date: 2012/01/15"',
        ),
        (
            HEAD + "Dr. Fern reply\nYes.\nAnd now?\nWu, female. Ask Date: 2012/01/16",
            "a second Ask Date: give each question a page of its own",
        ),
        (b"Cold\nh\xe4nds?", "not UTF-8: byte 0xe4; save the file as UTF-8"),
        (b"x" * 10_000_000, "the file is larger than 8 MiB"),
    ],
)
def test_a_page_of_another_form_is_bad(tmp_path: Path, text: str | bytes, reason: str) -> None:
    [bad] = page(tmp_path, text)
    assert isinstance(bad, BadLine)
    assert (bad.path, bad.line, bad.reason) == (f"{tmp_path}/page.txt", 2 if "UTF-8" in reason else 1, reason)


def test_a_page_of_very_many_lines_takes_no_more_than_its_length(tmp_path: Path) -> None:
    start = time.process_time()
    [bad] = page(tmp_path, "a, 40 year old\n" * 200_000 + "b")
    assert isinstance(bad, BadLine)
    assert time.process_time() - start < 20  # a copy of the lines below for each of them takes minutes


def test_a_similar_question_with_an_asker_line_is_bad(tmp_path: Path) -> None:
    _, found = page(tmp_path, f"{HEAD}Similar Q&A\nA\nB\nWu, female. Ask Date: 2012/01/16\nDr. Fern reply\nYes.")
    assert isinstance(found, BadLine)
    assert found.reason.startswith("a Similar Q&A of another form")


def test_a_question_has_one_id_wherever_it_stands(tmp_path: Path) -> None:
    whole = only(page(tmp_path, "Cold hands?\nHelp  me.\nThanks.\nWu, female. Ask Date: 2012/01/15"))
    _, similar = page(tmp_path, f"{HEAD}Similar Q&A\nCold hands?\nHelp me. Thanks.\n[Read More] Cold hands?")
    assert isinstance(similar, Record)
    assert similar.id == whole.id
    fuller = MERGERS["qa-page"]
    assert fuller(similar, whole) == fuller(whole, similar) == whole


def test_an_id_is_ascii_and_short_whatever_the_title(tmp_path: Path) -> None:
    who = "\nWu, female. Ask Date: 2012/01/15"
    assert only(page(tmp_path, "Ménière’s: naïve?" + who)).id.startswith("qa-page:menieres-naive-")
    assert len(only(page(tmp_path, "a" * 200 + who)).id) == len("qa-page:") + 80 + len("-12345678")
    assert len(only(page(tmp_path, "手冷" + who)).id) == len("qa-page:12345678")


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    for name in ("b.txt", "a.html", ".hidden.txt", "c.pdf"):
        (tmp_path / name).write_text(f"{name}?\nWu, female. Ask Date: 2012/01/15")
    options = Options()
    assert [item.title for item in read(tmp_path, options) if isinstance(item, Record)] == ["a.html?", "b.txt?"]
    assert options.notes.left_out == {"files not named .txt, .html, .htm": 1}


def test_links_of_a_folder_are_read_or_said(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "b.txt").write_text("B?\nWu, female. Ask Date: 2012/01/15")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.txt").symlink_to("../other/b.txt")
    (tmp_path / "pages" / "c").symlink_to("../other")
    options = Options()
    assert [item.title for item in read(tmp_path / "pages", options) if isinstance(item, Record)] == ["B?"]
    assert options.notes.left_out == {"links to folders": 1}
    (tmp_path / "pages" / "d.txt").symlink_to("nowhere")
    with pytest.raises(FileNotFoundError, match=r"d\.txt"):
        list(read(tmp_path / "pages", Options()))


def test_the_real_page(shared: Callable[[str], Path]) -> None:
    found = list(read(shared("page/lip-twitching.txt"), Options()))
    records = [item for item in found if isinstance(item, Record)]
    assert len(found) == len(records) == 5
    assert records[0].title == "Twitching or spasms of the lower lip?"
    assert (records[0].asker, records[0].asked) == (Asker("40-49", "female"), "2012-01-15")
    assert [(answer.responder, answer.specialty, answer.replied) for answer in records[0].answers] == [
        ("Dr. Hou Angting", "Family Medicine", "2012-01-15")
    ]
    assert records[0].topics == (
        "Lip Numbness",
        "Autonomic Nervous System Dysfunction",
        "Involuntary Muscle Movement",
        "Lips",
        "Body Tremors",
        "Muscle Cramps",
        "Bitten Tongue",
        "Tongue-Tie",
    )
    assert records[0].more_info.startswith("Sudden lip twitches, also known as lip fasciculations")
    assert [record.answers[0].responder for record in records[1:]] == [
        "Dr. Lan Shengxing",
        "Dr. Ye Boshou",
        "Dr. Jiang Junyi",
        "Dr. Cai Zongzhang",
    ]
    assert records[3].answers[0].text.endswith("Generally, nerve inflammation typi...")
    assert "Chen" not in json.dumps([to_json(record) for record in records])
