"""The indexer's command line: exit codes, what it says, and what is on disk afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.jsonl import write
from indexer.cli import main
from search.layout import Layout
from search.store import Store
from tests.toy_encoder import CARD
from tests.toy_records import ACCENTS, EYELID, LIP, RECORDS

pytestmark = pytest.mark.usefixtures("toy_model")

CHECK = "check the path, its permissions and the room on the disk"
BAD = '{"id": "bad one", "title": "x"}'
BAD_REASON = 'id must be 1 to 200 letters, digits or any of . _ : -, found "bad one"'


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file of two records."""
    path = tmp_path / "records.jsonl"
    write([LIP, EYELID], path)
    return path


@pytest.fixture
def spoilt(source: Path) -> Path:
    """The same file with a bad line between them."""
    first, second = source.read_text().splitlines()
    source.write_text("\n".join((first, BAD, second, "")))
    return source


def ids(index: Path) -> list[str]:
    """Ids of the records of the published version."""
    layout = Layout(index)
    store = Store(layout.version(layout.published() or "").records)
    found = [record.id for record in store.all()]
    store.close()
    return found


def test_build(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index = tmp_path / "index"
    assert main(["build", str(source), "--index", str(index)]) == 0
    assert ids(index) == ["toy:eyelid", "toy:lip"]
    assert capsys.readouterr().out == (
        f"published {Layout(index).published()} in {index}: 2 records, 13 passages (13 embedded now, 0 known before)\n"
    )
    assert main(["build", str(source), "--index", str(index)]) == 0
    assert capsys.readouterr().out.endswith("2 records, 13 passages (0 embedded now, 13 known before)\n")
    replaced = Layout(index).published()
    write([LIP], source)
    assert main(["build", str(source), "--index", str(index)]) == 0
    assert capsys.readouterr().out.endswith(
        f"\nthis took the place of {replaced}, which held 2 records: rollback brings it back\n"
    )


def test_build_reads_several_files(source: Path, tmp_path: Path) -> None:
    write([ACCENTS], tmp_path / "more.jsonl.gz")
    index = tmp_path / "index"
    assert main(["build", str(source), str(tmp_path / "more.jsonl.gz"), "--index", str(index)]) == 0
    assert ids(index) == ["toy:eyelid", "toy:lip", "toy:rash"]


def test_bad_lines_are_all_named_and_nothing_is_built(
    spoilt: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = tmp_path / "more.jsonl"
    write([LIP], more)
    assert main(["build", str(spoilt), str(more), "--index", str(tmp_path / "index")]) == 1
    assert capsys.readouterr() == (
        "",
        f"{spoilt}:2: {BAD_REASON}\n"
        f"{more}:1: id toy:lip was used before, at {spoilt}:1\n"
        "python -m indexer: 2 bad lines, nothing was indexed; mend them, or set them aside with --rejects FILE\n",
    )
    assert not (tmp_path / "index").exists()


def test_bad_lines_are_set_aside_with_rejects(spoilt: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index, rejects = tmp_path / "index", tmp_path / "rejects.jsonl"
    assert main(["build", str(spoilt), "--index", str(index), "--rejects", str(rejects)]) == 0
    assert ids(index) == ["toy:eyelid", "toy:lip"]
    assert [json.loads(line) for line in rejects.read_text().splitlines()] == [
        {"path": str(spoilt), "line": 2, "reason": BAD_REASON, "text": BAD}
    ]
    assert f"1 bad line put into {rejects}\n" in capsys.readouterr().err


def test_a_second_use_of_an_id_is_set_aside_as_it_stood(source: Path, tmp_path: Path) -> None:
    rejects, again = tmp_path / "rejects.jsonl", '{"id":"toy:lip","title":"dup"}'
    source.write_text(f"{source.read_text()}{again}\n")
    assert main(["build", str(source), "--index", str(tmp_path / "index"), "--rejects", str(rejects)]) == 0
    assert [json.loads(line)["text"] for line in rejects.read_text().splitlines()] == [again]


@pytest.mark.parametrize("command", ["build", "update"])
def test_what_is_read_is_not_written_over_by_rejects(
    command: str, spoilt: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = spoilt.read_bytes()
    (tmp_path / "there").symlink_to(spoilt)
    for rejects in (spoilt, tmp_path / "there"):
        assert main([command, str(spoilt), "--index", str(tmp_path / "index"), "--rejects", str(rejects)]) == 1
        assert f"{rejects} is read here; give another file with --rejects\n" in capsys.readouterr().err
    assert spoilt.read_bytes() == held
    assert (tmp_path / "there").is_symlink()


@pytest.mark.parametrize(
    ("command", "written"),
    [
        ("evaluate PACK --json", "qrels.txt"),
        ("evaluate PACKS --each --json", "records.jsonl.gz"),
        ("evaluate PACK --floor PACK/floor.json --json", "floor.json"),
        ("calibrate PACKS --json", "queries.jsonl"),
        ("calibrate PACKS --out", "negatives.txt"),
        ("compare PACKS PACKS --pack PACK --json", "qrels.txt"),
        ("evaluate-specialty PACK/records.jsonl --json", "records.jsonl"),
        ("tune PACK/records.jsonl -o PACKS/model --weights", "records.jsonl"),
        ("tune PACK/records.jsonl -o PACKS/model --pack PACK --weights", "qrels.txt"),
    ],
)
def test_what_is_measured_or_learnt_from_is_not_written_over(
    command: str, written: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = tmp_path / "packs" / "toys"
    pack.mkdir(parents=True)
    for name in ("queries.jsonl", "qrels.txt", "negatives.txt", "records.jsonl", "records.jsonl.gz", "floor.json"):
        (pack / name).write_text("as it was\n")
    filled = command.replace("PACKS", str(pack.parent)).replace("PACK", str(pack))
    assert main([*filled.split(), str(pack / written)]) == 1
    option = command.split()[-1]
    said = f"python -m indexer: {pack / written} is read here; give another file with {option}\n"
    assert capsys.readouterr() == ("", said)
    assert {path.read_text() for path in pack.iterdir()} == {"as it was\n"}


def test_the_note_beside_weights_does_not_take_the_place_of_the_records(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = tmp_path / "toys.json"
    records.write_text("as it was\n")
    weights = str(records.with_suffix(".safetensors"))
    assert main(["tune", str(records), "-o", str(tmp_path / "model"), "--weights", weights]) == 1
    assert f"{records} is read here; give another file with --weights\n" in capsys.readouterr().err


def test_update_puts_in_and_takes_out(index: Layout, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "new.jsonl").write_text('{"id": "toy:new", "title": "Hives"}\n')
    arguments = ["update", str(tmp_path / "new.jsonl"), "--remove", "toy:lip", "--remove", "toy:tip"]
    assert main([*arguments, "--index", str(index.root)]) == 0
    assert ids(index.root) == ["toy:cough", "toy:eyelid", "toy:fever", "toy:new", "toy:numb", "toy:rash"]
    assert "6 records, " in capsys.readouterr().out
    assert main(["update", "--remove", "toy:new", "--index", str(index.root)]) == 0
    assert "toy:new" not in ids(index.root)


def test_info(index: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "--index", str(index.root)]) == 0
    said = json.loads(capsys.readouterr().out)
    live = index.published()
    assert (said["id"], said["records"], said["versions"]) == (live, len(RECORDS), [live])
    assert said["model"]["fingerprint"] == CARD.fingerprint
    assert said["files"] == len(list(index.version(live or "").files()))


def test_verify(index: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    live = index.version(index.published() or "")
    assert main(["verify", "--index", str(index.root)]) == 0
    assert capsys.readouterr().out == (
        f"{index.root}: version {live.root.name} is whole: {len(RECORDS)} records, {len(list(live.files()))} files\n"
    )
    with open(live.passages, "ab") as file:
        file.write(b"x")
    assert main(["verify", "--index", str(index.root)]) == 1
    assert capsys.readouterr().err.startswith(f"python -m indexer: {live.passages} was changed: expected ")


def test_rollback(index: Layout, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = index.published()
    assert main(["rollback", "--index", str(index.root)]) == 1
    assert (
        capsys.readouterr().err
        == f"python -m indexer: {index.root} holds no older version to go back to; build it again from its records\n"
    )
    assert main(["build", str(source), "--index", str(index.root)]) == 0
    second = index.published()
    capsys.readouterr()
    assert main(["rollback", "--index", str(index.root)]) == 0
    assert capsys.readouterr().out == f"{index.root}: {first} is published again instead of {second}\n"
    assert len(ids(index.root)) == len(RECORDS)


@pytest.mark.parametrize("command", [["info"], ["verify"], ["update", "--remove", "x"], ["rollback"]])
def test_without_an_index_the_way_out_is_said(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "none"
    assert main([*command, "--index", str(index)]) == 1
    assert capsys.readouterr() == (
        "",
        f"python -m indexer: there is no index in {index}; "
        f"build one with: python -m indexer build RECORDS --index {index}\n",
    )
    assert not index.exists()


@pytest.mark.parametrize("command", [["info"], ["verify"], ["update", "--remove", "x"], ["rollback"], ["erase", "x"]])
def test_a_file_is_no_index(command: list[str], source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--index", str(source)]) == 1
    said = f"{source} is no folder, and holds no index; give another --index"
    assert capsys.readouterr() == ("", f"python -m indexer: {said}\n")


def test_no_index_is_built_where_a_file_is(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(source), "--index", str(source)]) == 1
    said = f"{source} cannot be written to (Not a directory); give another --index"
    assert capsys.readouterr() == ("", f"python -m indexer: {said}\n")


def test_an_update_that_puts_in_what_it_removes_is_refused(
    index: Layout, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = index.published()
    command = ["update", str(source), "--remove", "toy:rash", "--remove", "toy:lip", "--index", str(index.root)]
    assert main(command) == 1
    assert capsys.readouterr() == (
        "",
        "python -m indexer: toy:lip is to be put in and to be removed; "
        "take it out of RECORDS, or leave out --remove toy:lip\n",
    )
    assert index.published() == before
    assert "toy:rash" in ids(index.root)


def test_an_update_of_nothing_is_wrong_usage(index: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["update", "--index", str(index.root)]) == 2
    said = "nothing to do: give RECORDS to put in, or --remove ID; see python -m indexer --help"
    assert capsys.readouterr().err == f"python -m indexer: {said}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["update", "--remove", "toy:gone"], "cannot remove toy:gone: no record of "),
        (["build", "absent.jsonl"], f"absent.jsonl: No such file or directory; {CHECK}"),
        (["build", "/proc"], f"/proc: Is a directory; {CHECK}"),
        (["build", "/dev/null", "--rejects", "/proc/none"], f"/proc/none: No such file or directory; {CHECK}"),
        (["build", "/dev/null"], "there are no records to index in /dev/null; nothing was changed"),
        (["update", "/dev/null"], "there are no records to index in /dev/null; nothing was changed"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_1(
    index: Layout, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    before = index.published()
    assert main([*arguments, "--index", str(index.root)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"python -m indexer: {message}")
    assert printed.err.count("\n") == 1
    assert index.published() == before


def test_without_ray_the_extra_is_named(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("indexer.spread.cluster.find_spec", lambda name: None)
    assert main(["build", str(source), "--index", str(tmp_path / "index"), "--ray", "local"]) == 1
    assert capsys.readouterr().err == (
        "python -m indexer: Ray is not installed; run at the top of the source: pip install -e '.[ray]'\n"
    )


def test_bad_lines_stop_a_build_on_a_cluster_as_they_stop_others(
    spoilt: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", str(spoilt), "--index", str(tmp_path / "index"), "--ray", "local"]) == 1
    assert capsys.readouterr().err.startswith(f"{spoilt}:2: {BAD_REASON}\n")
