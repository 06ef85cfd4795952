"""MedQuAD from its folder and its zip; the archives that are refused; and the real one, where it is at hand."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.fetch import MEDQUAD, Counts
from corpus.importers import FORMATS, Options, archive
from corpus.jsonl import BadLine
from corpus.records import Answer, Record

read = FORMATS["medquad"]

SUNBURN = Record(
    id="medquad:Garden_0000001_Sec1",
    title="What is (are) Sunburn ?",
    answers=(Answer("Red skin after sun.\n\nIt fades & peels in <ten days."),),
    topics=("Sunburn",),
    source="MedQuAD / Garden",
    url="https://example.org/sunburn",
    license="CC BY 4.0",
    lang="en",
)
SHADE = Record(
    id="medquad:Garden_0000001_Sec1.2",
    title="What is Shade ?",
    answers=(Answer("A place without sun."),),
    source="MedQuAD / Garden",
    url="https://example.org/shade",
    license="CC BY 4.0",
    lang="en",
)
LEFT_OUT = {"pairs without an answer": 1, "pairs in files of another form (doc)": 2}


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries.items():
            file.writestr(name, data)
    return path


def bad(path: Path) -> list[str]:
    return [str(item) for item in read(path, Options()) if isinstance(item, BadLine)]


def test_a_folder(toy: Path) -> None:
    options = Options()
    assert list(read(toy / "medquad", options)) == [SUNBURN, SHADE]
    assert options.notes.left_out == LEFT_OUT


def test_a_zip_is_read_as_the_folder_is_whatever_the_order_in_it(toy: Path, tmp_path: Path) -> None:
    files = sorted((toy / "medquad").rglob("*.xml"), reverse=True)
    entries = {f"MedQuAD-master/{file.relative_to(toy / 'medquad')}": file.read_bytes() for file in files}
    options = Options()
    assert list(
        read(zipped(tmp_path / "m.zip", {"LICENSE.txt": b"free", "__MACOSX/M/._1.xml": b"\0"} | entries), options)
    ) == [SUNBURN, SHADE]
    assert options.notes.left_out == LEFT_OUT


def test_one_file(toy: Path) -> None:
    assert list(read(toy / "medquad" / "1_Garden_QA" / "0000001.xml", Options())) == [SUNBURN]


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (
            b'<!DOCTYPE a [<!ENTITY e "x">]><Document>&e;</Document>',
            "refused: it declares a document type or entities",
        ),
        (
            b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><Document/>',
            "refused: it declares a document type or entities",
        ),
        (b"<Document>&undefined;</Document>", "not XML: undefined entity: line 1, column 10"),
        (b"<Document>\n<Focus>\n</Document>", "not XML: mismatched tag: line 3, column 2"),
        (b"", "not XML: no element found: line 1, column 0"),
        (b'<?xml version="1.0" encoding="x-none"?><Document/>', "not XML that can be read: unknown encoding: x-none"),
        (
            b'<?xml version="1.0" encoding="utf-7"?><Document/>',
            "not XML that can be read: multi-byte encodings",
        ),
        (b"<html/>", "not a MedQuAD page: its root is html, expected Document"),
    ],
)
def test_a_file_that_is_no_page_is_bad(tmp_path: Path, xml: bytes, reason: str) -> None:
    (tmp_path / "a.xml").write_bytes(xml)
    [found] = bad(tmp_path)
    assert f": {reason}" in found
    assert found.startswith(f"{tmp_path}/a.xml:{3 if b'Focus' in xml else 1}: ")


def test_a_pair_that_makes_no_record_is_bad(tmp_path: Path) -> None:
    xml = b'<Document id="a b" source="X"><QAPair pid="7"><Answer>Yes.</Answer></QAPair></Document>'
    (tmp_path / "a.xml").write_bytes(xml)
    assert bad(tmp_path) == [
        f'{tmp_path}/a.xml:1: pair 7: id must be 1 to 200 letters, digits or any of . _ : -, found "medquad:X_a b_Sec7"'
    ]


def refused(path: Path) -> str:
    with pytest.raises(CorpusError) as error:
        list(read(path, Options()))
    return str(error.value)


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "bomb.zip", {"a.xml": b"<Document>" + b" " * 5_000_000})
    assert refused(bomb) == (
        f"{bomb} was refused: the entry a.xml unpacks to more than 100 times its size, as a zip bomb does"
    )


@pytest.mark.parametrize(
    ("limit", "value", "said"),
    [
        ("MAX_ENTRIES", 1, "it has 2 entries, more than 1"),
        ("MAX_ENTRY_BYTES", 11, "the entry b.xml unpacks to 12 bytes, more than 11"),
        ("MAX_TOTAL_BYTES", 22, "it unpacks to 23 bytes, more than 22"),
    ],
)
def test_a_zip_beyond_a_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, said: str
) -> None:
    monkeypatch.setattr(archive, limit, value)
    path = zipped(tmp_path / "m.zip", {"a.xml": b"<Document/>", "b.xml": b"<Document />"})
    assert refused(path) == f"{path} was refused: {said}"


def test_names_in_a_zip_are_no_paths(tmp_path: Path) -> None:
    path = zipped(tmp_path / "m.zip", {"../../escaped.xml": b"<html/>", "/etc/escaped.xml": b"<html/>"})
    assert [found.split(":")[0] for found in bad(path)] == [f"{path}/../../escaped.xml", f"{path}//etc/escaped.xml"]
    assert [file.name for file in tmp_path.iterdir()] == ["m.zip"]


def test_a_damaged_entry_is_bad(tmp_path: Path) -> None:
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        file.writestr("a.xml", b"<Document>whole</Document>")
    path.write_bytes(path.read_bytes().replace(b"whole", b"WHOLE"))
    assert bad(path) == [f"{path}/a.xml:1: the entry cannot be unpacked (Bad CRC-32 for file 'a.xml')"]


def test_what_is_no_zip_and_what_holds_no_page(tmp_path: Path) -> None:
    (tmp_path / "m.zip").write_bytes(b"no zip")
    assert (
        refused(tmp_path / "m.zip") == f"{tmp_path}/m.zip is not a good zip file (File is not a zip file); get it again"
    )
    assert refused(tmp_path) == f"{tmp_path} holds no .xml file; give MedQuAD's zip file or its folder"


def test_the_real_archive(shared: Callable[[str], Path]) -> None:
    options = Options()
    found = list(read(shared("raw/medquad-xml.zip"), options))
    assert Counts(pairs=47_441, answered=len(found)) == MEDQUAD
    assert options.notes.left_out == {
        "pairs without an answer": 47_441 - 16_407,
        "pairs in files of another form (doc)": 16,
    }
    first, tenth, last = (item for item in (found[0], found[9], found[-1]) if isinstance(item, Record))
    assert (first.id, first.title) == (
        "medquad:CancerGov_0000001_1_Sec1",
        "What is (are) Adult Acute Lymphoblastic Leukemia ?",
    )
    assert (tenth.id, tenth.title, tenth.topics) == (
        "medquad:CancerGov_0000001_2_Sec3",
        "What are the symptoms of Adult Acute Myeloid Leukemia ?",
        ("Adult Acute Myeloid Leukemia",),
    )
    assert (last.id, last.title, last.url, last.source) == (
        "medquad:CDC_0000440_Sec7",
        "How to prevent Parasites - Zoonotic Hookworm ?",
        "http://www.cdc.gov/parasites/zoonotichookworm/",
        "MedQuAD / CDC",
    )
    _compare(found, shared("medquad/records.jsonl.gz"))


def _compare(found: list[Record | BadLine], pack: Path) -> None:
    """The same ids in the same order, and the same words, but for one answer that the pack has in part."""
    differ = []
    with gzip.open(pack, "rt", encoding="utf-8") as file:
        for line, record in zip(file, found, strict=True):
            given = json.loads(line)
            assert isinstance(record, Record)
            assert record.id == f"medquad:{given['id']}"
            assert record.title.split() == given["title"].split()
            assert list(record.topics) == given.get("topics", [])
            if record.answers[0].text.split() != given["answers"][0]["text"].split():
                differ.append(record)
    assert [record.id for record in differ] == ["medquad:CDC_0000341_Sec1"]
    assert (
        "is low, at < 2% of hospitalized patients." in differ[0].answers[0].text
    )  # the pack takes "< 2% ..." for a tag
