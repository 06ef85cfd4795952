"""Tables: what each column becomes, and what is said of a bad row or a missing column."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.importers import FORMATS, Options
from corpus.jsonl import BadLine
from corpus.records import Answer, Asker, Record


def read(
    path: Path, data: bytes, columns: dict[str, str] | None = None, name: str = "t.csv", without: Sequence[str] = ()
) -> list[Record | BadLine]:
    file = path / name
    file.write_bytes(data)
    return list(FORMATS[file.suffix[1:]](file, Options(columns or {}, without=frozenset(without))))


def test_a_table_whose_columns_are_named_like_the_fields(toy: Path) -> None:
    assert list(FORMATS["csv"](toy / "questions.csv", Options())) == [
        Record(
            id="toy:1",
            title="Can I nap twice?",
            question='My lunch break is long,\nso I nap "properly".',
            asker=Asker("40-49", "female"),
            asked="2020-03-01",
            answers=(Answer("Yes & sleep well.", "Dr. Ada Fern", "Sleep Medicine", "2020-03-02"),),
            topics=("naps", "sleep", "Naps"),
            specialty="Sleep Medicine",
            source="questions",
            extra={"votes": "7"},
        ),
        Record(id="toy:2", title="Why do feet tingle?", source="questions"),
    ]


def test_a_column_map_and_ids_made_from_the_rows(toy: Path) -> None:
    options = Options({"title": "Headline", "answer": "reply", "responder": "Doctor"})
    assert list(FORMATS["tsv"](toy / "headlines.tsv", options)) == [
        # The digits begin the SHA-1 of ["Is tea at night fine?","One cup is fine.","Dr. Bo Reed","green"]
        Record(
            id="headlines:2a226ba718ab",
            title="Is tea at night fine?",
            answers=(Answer("One cup is fine.", "Dr. Bo Reed"),),
            source="headlines",
            extra={"Note": "green"},
        ),
        Record(
            id="headlines:dc856cb29448",
            title="Is warm milk fine?",
            answers=(Answer("Yes.", "Dr. Bo Reed"),),
            source="headlines",
        ),
    ]


def test_a_table_parted_by_semicolons(tmp_path: Path) -> None:
    table = '\ufeff"id";"title";"Weight, kg";"answer"\r\n"1";"Is 1,5 kg much?";"1,5";"No; a little."\r\n'
    assert read(tmp_path, table.encode()) == [
        Record("1", "Is 1,5 kg much?", answers=(Answer("No; a little."),), source="t", extra={"Weight, kg": "1,5"})
    ]
    with pytest.raises(CorpusError, match="seems to be parted by semicolons; use import csv"):
        read(tmp_path, b"id;title\n1;A\n", name="t.tsv")


def test_a_name_of_a_column_in_two_lines_can_be_typed(tmp_path: Path) -> None:
    table = b'"What you\r\nask ","Seen\nby"\nA,b\n'
    [record] = read(tmp_path, table, {"title": "What you ask"})
    assert isinstance(record, Record)
    assert (record.title, record.extra) == ("A", {"Seen by": "b"})


def test_a_line_for_excel_above_the_header_passes(tmp_path: Path) -> None:
    found = read(tmp_path, b"\xef\xbb\xbfsep=;\r\nid;title\r\n1;A, b\r\n2;B;c\r\n")
    assert found[0] == Record("1", "A, b", source="t")
    assert [str(item) for item in found[1:]] == [f"{tmp_path}/t.csv:4: 3 cells, but the header has 2"]


def test_marks_within_a_name_part_no_cells(tmp_path: Path) -> None:
    table = b'"What you ask; as you ask; in full",answer\n"Lip; eyelid",Rest.\n'
    [record] = read(tmp_path, table, {"question": "What you ask; as you ask; in full"})
    assert isinstance(record, Record)
    assert (record.question, record.answers) == ("Lip; eyelid", (Answer("Rest."),))


def test_a_row_keeps_its_id_when_others_come_before_it(tmp_path: Path) -> None:
    [one] = read(tmp_path, b"title\nA\n")
    assert read(tmp_path, b"title\nB\nA\n")[1] == one


def test_a_byte_order_mark_crlf_and_blank_rows_pass(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfid,Title\r\n\r\n1,A\r\n,\r\n") == [Record("1", "A", source="t")]


def test_a_missing_column_names_those_found(tmp_path: Path) -> None:
    with pytest.raises(CorpusError) as error:
        read(tmp_path, b"id,Frage\n1,A\n", {"question": "Ask"})
    assert str(error.value) == (
        f"{tmp_path}/t.csv: there is no column Ask for the field question; the columns found are: id, Frage"
    )


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (b"id,Frage", "no column is a title, question or answer; name one: --column title=NAME"),
        (",".join(map(str, range(9000))).encode(), "28, 29 and 8,970 more"),
        (b"id\ttitle", "t.csv: the header is one cell, which seems to be parted by tabs; use import tsv"),
        (b"\x1f\x8b\x08\0", "t.csv: a gzip file, not text; unpack it, or save it as text in UTF-8"),
        (b"PK\x03\x04\x14", "t.csv: a zip file or a spreadsheet, not text; unpack it, or save it as text in UTF-8"),
        (b"title,Title", "two columns have the same name; the columns found are: title, Title"),
        (b"title,answers", "say what the column answers holds, for example --column answer=answers"),
        (b'title,"open', "the header line cannot be read"),
    ],
)
def test_a_header_that_cannot_be_used(tmp_path: Path, header: bytes, said: str) -> None:
    with pytest.raises(CorpusError) as error:
        read(tmp_path, header + b"\nA,B\n")
    assert said in str(error.value)


def test_bad_rows_are_named_by_their_first_line_and_the_rest_is_read(tmp_path: Path) -> None:
    rows = [
        b"id,title,asked",
        b'1,"A\nB",',
        b"2,A",
        b"3,caf\xe9,",
        b'4,"A"x,',
        b"5,A,yesterday",
        b"a b,A,",
        b"7,A,",
    ]
    found = read(tmp_path, b"\n".join(rows))
    assert [(item.line, item.reason) for item in found if isinstance(item, BadLine)] == [
        (4, "2 cells, but the header has 3"),
        (5, "not UTF-8: byte 0xe9 in the column title; save the file as UTF-8"),
        (6, "not a row of a table: ',' expected after '\"'"),
        (7, 'asked must be a date such as 2012-01-15, found "yesterday"'),
        (8, 'id must be 1 to 200 letters, digits or any of . _ : -, found "a b"'),
    ]
    assert [item for item in found if isinstance(item, Record)] == [
        Record("1", "A B", source="t"),
        Record("7", "A", source="t"),
    ]


def test_an_open_quotation_mark_is_said_and_ends_the_reading(tmp_path: Path) -> None:
    found = read(tmp_path, b'id,title\n1,A\n2,"B\n3,C\n')
    assert found[0] == Record("1", "A", source="t")
    assert [str(item) for item in found[1:]] == [
        f"{tmp_path}/t.csv:3: not a row of a table: unexpected end of data; a quotation mark may be open, "
        "and nothing after it was read"
    ]


def test_what_was_not_read_after_an_open_quotation_mark_is_held(tmp_path: Path) -> None:
    rows = "".join(f"{number},title {number}\n" for number in range(3, 200))
    file = tmp_path / "t.csv"
    file.write_text(f'id,title\n1,A\n2,"open quote\n{rows}')
    options = Options()
    first, bad = FORMATS["csv"](file, options)
    assert first == Record("1", "A", source="t")
    assert isinstance(bad, BadLine)
    assert bad.text == f'2,"open quote\n{rows}'.rstrip()
    assert options.notes.unread == {f"{file}:3": 198}


def test_a_bad_row_is_held_as_it_stands_in_the_file(tmp_path: Path) -> None:
    found = read(tmp_path, b'id,title,asked\n1,"caf\xe9, ""x""\ntwo",\n2,"b"x,\n')
    assert [item.text for item in found if isinstance(item, BadLine)] == [
        '1,"caf\\xe9, ""x""\ntwo",',
        '2,"b"x,',
    ]


def test_plain_synonyms_are_understood_where_no_column_has_the_field_s_name(tmp_path: Path) -> None:
    [record] = read(tmp_path, b"id,Subject,Message,Reply,Dept,Tags\n1,A,b,c,d,e;f\n")
    assert record == Record("1", "A", "b", answers=(Answer("c"),), topics=("e", "f"), specialty="d", source="t")
    [record] = read(tmp_path, b"id,title,subject,answer,reply\n1,A,b,c,d\n")
    assert record == Record("1", "A", answers=(Answer("c"),), source="t", extra={"subject": "b", "reply": "d"})
    [record] = read(tmp_path, b"id,title,message,reply\n1,A,b,c\n", {"more_info": "message"})
    assert record == Record("1", "A", more_info="b", answers=(Answer("c"),), source="t")


@pytest.mark.parametrize("name", ["name", "Name", "patient", "full_name", "surname"])
def test_a_name_beside_an_age_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CorpusError, match=rf"t\.csv: {name} would keep who a patient is; leave out"):
        read(tmp_path, f"id,title,{name},age\n1,A,Ada,43\n".encode())
    assert read(tmp_path, f"id,title,{name}\n1,A,Aspirin\n".encode()) == [
        Record("1", "A", source="t", extra={name: "Aspirin"})
    ]
    [record] = read(tmp_path, f"id,title,answer,{name},age\n1,A,b,Dr. Fern,43\n".encode(), {"responder": name})
    assert isinstance(record, Record)
    assert record.answers == (Answer("b", "Dr. Fern"),)


def test_what_tells_who_a_patient_is_is_refused_until_it_is_left_out(tmp_path: Path) -> None:
    table = b"id,title,Patient name,E-mail,City,MRN\n1,A,Ada,a@b.org,Ghent,7\n2,B,,,,\n"
    with pytest.raises(
        CorpusError,
        match=r"t\.csv: Patient name, E-mail, MRN would keep who a patient is; leave out what is a patient's: "
        r"--without 'Patient name' --without E-mail --without MRN; or say what else a column holds",
    ):
        read(tmp_path, table)
    assert read(tmp_path, table, without=("patient name", "e-mail", "MRN")) == [
        Record("1", "A", source="t", extra={"City": "Ghent"}),
        Record("2", "B", source="t"),
    ]


def test_a_column_that_is_left_out_is_no_field_and_must_be_there(tmp_path: Path) -> None:
    assert read(tmp_path, b"id,title,asked\n1,A,last spring\n", without=("asked",)) == [Record("1", "A", source="t")]
    with pytest.raises(CorpusError, match="there is no column emial to leave out; the columns found are: id, title"):
        read(tmp_path, b"id,title\n1,A\n", without=("emial",))


def test_nul_is_said_and_not_taken_out_in_silence(tmp_path: Path) -> None:
    [bad] = read(tmp_path, b"id,title\n1,null\x00byte\n")
    assert isinstance(bad, BadLine)
    assert bad.reason == "the column title holds the character NUL; take it out"


def test_a_table_in_utf_16_is_said(tmp_path: Path) -> None:
    with pytest.raises(CorpusError) as error:
        read(tmp_path, "id,title\n1,A\n".encode("utf-16"))
    assert str(error.value).endswith("t.csv: not UTF-8: byte 0xff in the header line; save the file as UTF-8")


def test_a_cell_of_one_megabyte_is_read_and_one_of_ten_is_bad(tmp_path: Path) -> None:
    [record] = read(tmp_path, b"id,title,answer\n1,A," + b"x" * 1_000_000)
    assert isinstance(record, Record)
    assert record.answers == (Answer("x" * 1_000_000),)
    [bad] = read(tmp_path, b"id,title,answer\n1,A," + b"x" * 10_000_000)
    assert isinstance(bad, BadLine)
    assert bad.reason.startswith("not a row of a table: field larger than field limit (8388608)")


def test_no_cell_is_lost_when_another_column_takes_its_field(tmp_path: Path) -> None:
    assert read(tmp_path, b"id,title,Headline,doctor,\n1,old,new,Dr. Fern,3\n", {"title": "Headline"}) == [
        Record("1", "new", source="t", extra={"column_title": "old", "doctor": "Dr. Fern", "column 5": "3"})
    ]


def test_a_responder_without_an_answer_is_kept(tmp_path: Path) -> None:
    assert read(tmp_path, b"id,title,answer,responder\n1,A,,Dr. Fern\n") == [
        Record("1", "A", source="t", extra={"responder": "Dr. Fern"})
    ]


def test_an_empty_file_has_no_records(tmp_path: Path) -> None:
    assert read(tmp_path, b"") == []
    assert read(tmp_path, b"id,title\n") == []
