"""Records on disk: good lines, every kind of bad line, and files that appear whole or not at all."""

from __future__ import annotations

import errno
import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus import jsonl
from corpus.jsonl import BadLine
from corpus.records import Answer, Asker, Record

GOOD = b'{"id": "a", "title": "One?"}\n'


def read(path: Path, data: bytes, name: str = "records.jsonl") -> list[Record | BadLine]:
    file = path / name
    file.write_bytes(data)
    return list(jsonl.read_all([file]))


def reasons(items: list[Record | BadLine]) -> list[tuple[int, str]]:
    return [(item.line, item.reason) for item in items if isinstance(item, BadLine)]


def test_a_file_of_records(toy: Path) -> None:
    found = list(jsonl.read_all([toy / "records.jsonl"]))
    assert found[0] == Record(
        id="toy:hiccups",
        title="Hiccups after lunch?",
        question="They stop when I drink water.",
        asker=Asker("40-49", "female"),
        asked="2020-03-01",
        answers=(
            Answer("Eat slowly. Hiccups are harmless.", "Dr. Ada Fern", "Family Medicine", "2020-03-02", {"votes": 3}),
        ),
        topics=("Hiccups",),
        specialty="Family Medicine",
        source="toy",
        extra={"mood": "cheerful"},
    )
    assert [item.id for item in found if isinstance(item, Record)] == ["toy:hiccups", "toy:yawning", "toy:freckles"]


def test_a_byte_order_mark_and_crlf_pass(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n") + b"\r\n") == [Record("a", "One?")]


def test_bad_bytes_are_named(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD + b'{"id": "b", "title": "caf\xe9"}\n' + GOOD.replace(b'"a"', b'"c"'))
    assert reasons(found) == [(2, "not UTF-8: byte 0xe9 at position 26; save the file as UTF-8")]
    assert (found[0], found[2]) == (Record("a", "One?"), Record("c", "One?"))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": "a"', "not JSON: Expecting ',' delimiter at position 11"),
        (b"[1]", "a record must be a JSON object, found a list"),
        (b'{"id": "a", "title": "\\ud800"}', "a text holds half of a surrogate pair, which is not a character"),
        (b'{"id": "a", "title": "b", "n": NaN}', "a number is NaN, infinite or too long, which JSON cannot hold"),
        (b'{"id": "a", "title": "b", "n": 1e999}', "a number is NaN, infinite or too long, which JSON cannot hold"),
        (b"[" * 100_000, "not JSON that can be read: lists or objects nested too deep"),
    ],
)
def test_a_line_that_is_no_record(tmp_path: Path, line: bytes, reason: str) -> None:
    assert reasons(read(tmp_path, line)) == [(1, reason)]


def test_a_number_of_too_many_digits_is_a_bad_line(tmp_path: Path) -> None:
    [found] = reasons(read(tmp_path, b'{"id": "a", "title": "b", "n": ' + b"9" * 5000 + b"}"))
    assert found == (1, "a number has more digits than can be read")


def test_a_control_character_is_said_where_it_is(tmp_path: Path) -> None:
    [found] = reasons(read(tmp_path, b'{"id": "a", "title": "b\nc"}'.replace(b"\n", b"\x01")))
    assert found == (1, "not JSON: Invalid control character at position 24")


@pytest.mark.parametrize(
    "line", [b'{"id": "a", "title": "b", "id": "c"}', b'{"id": "a", "title": "b", "x": {"id": 1, "id": 2}}']
)
def test_a_field_that_stands_twice_is_a_bad_line(tmp_path: Path, line: bytes) -> None:
    assert reasons(read(tmp_path, line)) == [(1, 'the field "id" stands twice in one object; leave one')]


def test_a_field_that_stands_twice_is_found_at_once_among_many(tmp_path: Path) -> None:
    names = [*map(str, range(80_000)), "id", "id"]
    line = "{" + ", ".join(f'"{name}": ""' for name in names) + "}"
    start = time.process_time()
    assert reasons(read(tmp_path, line.encode())) == [(1, 'the field "id" stands twice in one object; leave one')]
    assert time.process_time() - start < 10  # a count of each among all others takes minutes


def test_of_a_line_that_is_not_utf_8_every_byte_is_held(tmp_path: Path) -> None:
    [bad] = read(tmp_path, b'{"id": "a", "title": "caf\xe9"}\n')
    assert isinstance(bad, BadLine)
    assert bad.text == r'{"id": "a", "title": "caf\xe9"}'


def test_a_line_of_ten_megabytes_is_bad_and_the_next_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, b'{"id": "' + b"x" * 10_000_000 + b'"}\n' + GOOD)
    assert reasons(found) == [(1, "the line is longer than 8 MiB")]
    assert found[1] == Record("a", "One?")


def test_a_gzip_file_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, gzip.compress(GOOD), "records.jsonl.gz") == [Record("a", "One?")]
    assert read(tmp_path, gzip.compress(GOOD), "saved by a browser.jsonl") == [Record("a", "One?")]


def test_a_damaged_gzip_file_is_said_after_its_good_lines(tmp_path: Path) -> None:
    lines = b"".join(b'{"id": "%d", "title": "%d"}\n' % (number, number) for number in range(20_000))
    found = read(tmp_path, gzip.compress(lines)[:-2000], "records.jsonl.gz")
    good = [item for item in found if isinstance(item, Record)]
    [(line, reason)] = reasons(found)
    assert good == [Record(str(number), str(number)) for number in range(len(good))]
    assert (line, reason.startswith("the gzip file is damaged from here on")) == (len(good) + 1, True)


def test_a_file_named_gz_that_is_none(tmp_path: Path) -> None:
    [(line, reason)] = reasons(read(tmp_path, GOOD, "records.jsonl.gz"))
    assert (line, reason) == (1, "the gzip file is damaged from here on (Not a gzipped file (b'{\"'))")


def test_the_second_use_of_an_id_is_bad_in_any_file(tmp_path: Path) -> None:
    first, second = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    first.write_bytes(GOOD + b"\n" + GOOD)
    second.write_bytes(GOOD)
    found = list(jsonl.read_all([first, second]))
    assert [str(item) for item in found if isinstance(item, BadLine)] == [
        f"{first}:3: id a was used before, at {first}:1",
        f"{second}:1: id a was used before, at {first}:1",
    ]


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_what_is_written_is_read_back(tmp_path: Path, toy: Path, name: str) -> None:
    records = [item for item in jsonl.read_all([toy / "records.jsonl"]) if isinstance(item, Record)]
    assert jsonl.write(records, tmp_path / "new" / name) == 3
    assert list(jsonl.read_all([tmp_path / "new" / name])) == records


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("old")

    def records() -> Iterator[Record]:
        yield Record("a", "One?")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        jsonl.write(records(), out)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"out.jsonl": "old"}


@pytest.mark.parametrize("name", ["none", "folder"])
def test_a_file_that_cannot_be_written_is_known_by_its_own_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path("/proc/none") if name == "none" else tmp_path / name
    if name == "folder":
        path.mkdir()
    with pytest.raises(OSError, match=r"No such file|Is a directory") as caught, jsonl.replacing(path):
        pass
    assert (caught.value.filename, caught.value.filename2) == (str(path), None if name == "none" else str(path))


def test_a_full_disk_is_said_of_the_file_that_is_written(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with pytest.raises(OSError, match="No space left on device") as caught, jsonl.replacing(path):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.filename == str(path)


def test_what_a_killed_command_left_of_a_file_goes_and_what_another_is_writing_stays(tmp_path: Path) -> None:
    path, left = tmp_path / "a.jsonl", tmp_path / ".a.jsonl.1.part"
    left.write_text("of a command that was killed\n")
    (tmp_path / ".b.jsonl.1.part").write_text("of another file\n")
    with jsonl.replacing(path):
        [held] = tmp_path.glob(".a.jsonl.*")
        held.rename(tmp_path / ".a.jsonl.2.part")
        jsonl.write([Record("a", "One?")], path)
        (tmp_path / ".a.jsonl.2.part").rename(held)
    assert sorted(found.name for found in tmp_path.iterdir()) == [".b.jsonl.1.part", "a.jsonl"]


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with open(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
        assert jsonl.write([Record("a", "One?")], pipe) == 1
        assert json.loads(reader.read())["id"] == "a"
    assert pipe.is_fifo()


def test_records_are_appended_to_what_standard_output_leads_to(tmp_path: Path) -> None:
    out = tmp_path / "all.jsonl"
    out.write_text("what was there\n")
    program = "from corpus import jsonl, records; jsonl.write([records.Record('a', 'One?')], jsonl.STDOUT[0])"
    with open(out, "a") as appended:
        subprocess.run([sys.executable, "-c", program], stdout=appended, check=True)
    there, record = out.read_text().splitlines()
    assert (there, json.loads(record)["id"]) == ("what was there", "a")
    assert [path.name for path in tmp_path.iterdir()] == ["all.jsonl"]


def test_what_a_link_leads_to_is_replaced_and_not_the_link(tmp_path: Path) -> None:
    there, link = tmp_path / "there" / "records.jsonl", tmp_path / "records.jsonl"
    there.parent.mkdir()
    link.symlink_to(there)
    for title in ("One?", "Two?"):  # the first time the link leads nowhere
        jsonl.write([Record("a", title)], link)
        assert link.is_symlink()
        assert list(jsonl.read_all([there])) == [Record("a", title)]
    assert [path.name for path in there.parent.iterdir()] == ["records.jsonl"]
