"""A flipped byte, wherever in an index folder, is found by verify, refused by opening, and never served."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.build import build
from indexer.cache import EmbeddingCache, key_of
from indexer.cli import main
from indexer.publish import rollback
from search.errors import IndexRefused, SearchError
from search.layout import Layout
from search.opening import open_index, open_older, published
from tests.toy_encoder import CARD, ToyEncoder
from tests.toy_records import LIP, RECORDS
from tests.web.conftest import Clock
from web import create_app
from web.serving import at_once


def offsets(size: int, chance: random.Random) -> list[int]:
    """Places in a file of this size: its ends, and three between."""
    return sorted({0, size - 1, *(chance.randrange(size) for _ in range(3))}) if size else []


def flip(path: Path, offset: int, bit: int = 0) -> None:
    content = bytearray(path.read_bytes())
    content[offset] ^= 1 << bit
    path.write_bytes(content)


def test_every_flip_in_every_file_of_a_version_is_refused_and_verified(
    index: Layout, toy_model: None, capsys: pytest.CaptureFixture[str]
) -> None:
    version = index.version(index.published() or "")
    chance = random.Random(1)
    flips = 0
    for path in (*version.files(), version.manifest, index.current):
        whole = path.read_bytes()
        for offset in offsets(len(whole), chance):
            flip(path, offset, chance.randrange(8))
            if path == index.current and path.read_text(errors="replace").strip() == version.root.name:
                path.write_bytes(whole)
                continue  # another kind of white space at the end says the same
            with pytest.raises(SearchError):
                open_index(index.root, ToyEncoder())
            assert main(["verify", "--index", str(index.root)]) == 1
            printed = capsys.readouterr()
            assert (printed.out, printed.err.count("\n")) == ("", 1), printed.err
            path.write_bytes(whole)
            flips += 1
    assert flips > 100
    assert main(["verify", "--index", str(index.root)]) == 0


def test_a_damaged_older_version_is_found_before_it_is_needed(
    index: Layout, toy_model: None, capsys: pytest.CaptureFixture[str]
) -> None:
    first = index.version(index.published() or "")
    build([LIP], index, ToyEncoder())
    assert main(["verify", "--index", str(index.root)]) == 0
    assert f"version {first.root.name}, to which it can be rolled back, is whole" in capsys.readouterr().out
    flip(first.records, 100)
    assert main(["verify", "--index", str(index.root)]) == 1
    assert f"{first.records} was changed" in capsys.readouterr().err


def test_a_damaged_cached_vector_is_found_and_made_again(
    index: Layout, toy_model: None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = index.cache / f"{CARD.fingerprint[:32]}-{CARD.kind}.sqlite"
    content = path.read_bytes()
    vector = ToyEncoder().encode(["Eyelid twitching"])[0].tobytes()  # no word and no other passage has it
    path.write_bytes(content.replace(vector, bytes([vector[0] ^ 1]) + vector[1:], 1))
    cache = EmbeddingCache(index.cache, CARD)
    assert cache.get([key_of("Eyelid twitching")]) == {}
    cache.close()
    assert main(["verify", "--index", str(index.root)]) == 1
    said = f"{path}: 1 cached entry was changed; it is not used, build again to replace it\n"
    assert capsys.readouterr().err == f"python -m indexer: {said}"
    assert build(RECORDS, index, ToyEncoder()).embedded == 1
    assert main(["verify", "--index", str(index.root)]) == 0


def test_every_flip_in_every_cache_is_verified_in_one_line_and_mended_by_a_build(
    index: Layout, toy_model: None, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(2)
    good = index.cache.with_name("good")
    shutil.copytree(index.cache, good)
    found = 0
    for path in sorted(index.cache.glob("*.sqlite")):
        for offset in offsets(path.stat().st_size, chance):
            shutil.rmtree(index.cache)
            shutil.copytree(good, index.cache)
            flip(path, offset, chance.randrange(8))
            code = main(["verify", "--index", str(index.root)])
            said = capsys.readouterr().err
            assert (said.count("\n"), str(path) in said) == (code, bool(code)), said
            found += code
            build([LIP], index, ToyEncoder())  # one record of many: all the others are to be forgotten
            capsys.readouterr()
            assert main(["verify", "--index", str(index.root)]) == 0, (path, offset)
    assert found > 4  # what no row, page or pointer stands in is nothing that anybody reads


@pytest.mark.parametrize("page", [1, 2, -1])
def test_a_cache_with_a_torn_page_is_dropped(
    index: Layout, toy_model: None, capsys: pytest.CaptureFixture[str], page: int
) -> None:
    for path in sorted(index.cache.glob("*.sqlite")):
        content = bytearray(path.read_bytes())
        start = (page % (len(content) // 4096)) * 4096
        content[start : start + 16] = b"\xff" * 16
        path.write_bytes(content)
    assert main(["verify", "--index", str(index.root)]) == 1
    assert re.search(r"\.sqlite is damaged \(.*\); delete it, it is only a cache$", capsys.readouterr().err)
    build(RECORDS, index, ToyEncoder())
    assert re.search(r"\.sqlite was damaged \(.*\); it was removed", capsys.readouterr().err)
    assert main(["verify", "--index", str(index.root)]) == 0


def test_what_is_damaged_is_said_with_the_way_out(
    index: Layout, toy_model: None, capsys: pytest.CaptureFixture[str]
) -> None:
    first = index.version(index.published() or "")
    build([LIP], index, ToyEncoder())
    second = index.version(index.published() or "")
    whole = second.records.read_bytes()
    flip(second.records, 100)
    assert main(["verify", "--index", str(index.root)]) == 1
    assert capsys.readouterr().err.endswith("; roll back or build the index again\n")
    second.records.unlink()
    assert main(["verify", "--index", str(index.root)]) == 1
    assert capsys.readouterr().err.endswith("records.sqlite is missing; roll back or build the index again\n")
    second.records.write_bytes(whole)
    flip(first.records, 100)
    assert main(["verify", "--index", str(index.root)]) == 1
    assert capsys.readouterr().err.endswith("; do not roll back to it, the next build or update removes it\n")


@pytest.mark.parametrize("empty", [True, False])
@pytest.mark.parametrize("command", [["verify"], ["info"], ["update", "--remove", "toy:lip"]])
def test_without_a_live_version_the_one_to_go_back_to_is_named(
    index: Layout, toy_model: None, capsys: pytest.CaptureFixture[str], empty: bool, command: list[str]
) -> None:
    live = index.published()
    index.current.write_bytes(b"") if empty else index.current.unlink()
    said = f"no version in {index.root} is live, but {live} is there; make it live with: python -m indexer rollback"
    with pytest.raises(IndexRefused, match=re.escape(said)):
        open_index(index.root, ToyEncoder())
    assert main([*command, "--index", str(index.root)]) == 1
    assert capsys.readouterr().err == f"python -m indexer: {said} --index {index.root}\n"
    assert main(["rollback", "--index", str(index.root)]) == 0
    assert index.published() == live


@pytest.mark.parametrize("said", [b"\xff\xfe\n", b"../../etc\n", b"20261126T000000.000000Z\n", b"a b\n"])
def test_a_current_that_names_nothing_is_refused_and_mended(index: Layout, said: bytes) -> None:
    live, records = index.published(), len(RECORDS)
    index.current.write_bytes(said)
    with pytest.raises(IndexRefused):
        open_index(index.root, ToyEncoder())
    assert open_older(index.root, ToyEncoder()).info.records == records
    assert rollback(index) == ("what could not be read", live)
    assert open_index(index.root, ToyEncoder()).info.id == live


def test_a_build_over_a_current_that_names_nothing_keeps_what_is_good(index: Layout) -> None:
    live = index.published()
    index.current.write_bytes(b"10261126T000000.000000Z\n")  # one flipped byte: all versions look newer
    built = build([LIP], index, ToyEncoder())
    assert index.history() == [live, built.manifest.id]


class Opener:
    """Opens real indexes with the toy encoder."""

    def __init__(self) -> None:
        self.opened = 0

    def newest(self, root: Path) -> object:
        self.opened += 1
        return open_index(root, ToyEncoder())

    def older(self, root: Path) -> object:
        return open_older(root, ToyEncoder())


def visitor(index: Layout, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A visitor of a site over a real index folder."""
    opener = Opener()
    monkeypatch.setattr("search.opening.open_index", opener.newest)
    monkeypatch.setattr("search.opening.open_older", opener.older)
    return create_app(index.root, published=published, clock=clock, start=at_once).test_client()


def refused(client: FlaskClient) -> str:
    [line] = [line for line in client.get("/metrics").text.splitlines() if line.startswith("medqa_index_refused ")]
    return line.split()[1]


def test_a_damaged_new_version_is_refused_while_the_last_good_one_answers(
    index: Layout, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    client = visitor(index, clock, monkeypatch)
    first = index.published()
    assert (client.get("/readyz").get_json()["index"]["id"], refused(client)) == (first, "0.0")
    second = index.version(build([LIP], index, ToyEncoder()).manifest.id)
    changed = max(second.dense.iterdir(), key=lambda path: path.stat().st_size)
    flip(changed, 70)
    clock.now += 1
    ready = client.get("/readyz")
    assert (ready.status_code, ready.get_json()["index"]["id"]) == (200, first)
    assert f"version {second.root.name} was refused: {changed} was changed" in ready.get_json()["detail"]
    assert refused(client) == "1.0"
    assert [record for record in caplog.messages if "the version open now stays" in record]
    assert len(client.get("/api/search?q=lip").get_json()["results"]) > 1
    third = build(RECORDS, index, ToyEncoder()).manifest.id
    clock.now += 1
    ready = client.get("/readyz")
    assert (ready.get_json()["index"]["id"], ready.get_json()["detail"], refused(client)) == (third, "", "0.0")


def test_a_site_that_starts_over_a_damaged_version_answers_from_the_one_before(
    index: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = index.published()
    second = index.version(build([LIP], index, ToyEncoder()).manifest.id)
    flip(second.records, 5000)
    client = visitor(index, Clock(), monkeypatch)
    ready = client.get("/readyz").get_json()
    assert ready["index"]["id"] == first
    assert f"version {second.root.name} was refused" in ready["detail"]
    assert refused(client) == "1.0"


def test_a_site_without_any_good_version_is_not_ready(index: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    flip(index.version(index.published() or "").records, 5000)
    client = visitor(index, Clock(), monkeypatch)
    assert client.get("/readyz").status_code == 503
    assert "was refused" in client.get("/readyz").get_json()["detail"]
    assert client.get("/healthz").status_code == 200
    assert client.get("/api/search?q=lip").status_code == 503
    assert refused(client) == "1.0"
