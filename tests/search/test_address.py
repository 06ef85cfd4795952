"""Addresses of indexes: what is taken, what is refused in one line, and that no secret is ever shown."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from search.address import MilvusAddress, folder_of, parse
from search.command import index_option
from search.errors import SearchError
from search.opening import open_index

SECRET = "geheim"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("var/index", Path("var/index")),
        ("/srv/milvus:x/index", Path("/srv/milvus:x/index")),
        ("milvus://db/medqa", MilvusAddress("http://db:19530", "medqa")),
        ("milvus://db.example:21000/a_1", MilvusAddress("http://db.example:21000", "a_1")),
        ("milvus://[::1]/medqa", MilvusAddress("http://[::1]:19530", "medqa")),
        (f"milvus://root:{SECRET}%40@db/medqa", MilvusAddress("http://db:19530", "medqa", f"root:{SECRET}@")),
        ("milvus-lite:/tmp/a/home.db/medqa", MilvusAddress("/tmp/a/home.db", "medqa")),
    ],
)
def test_an_address_is_a_folder_or_a_name_in_milvus(text: str, expected: object) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "milvus://db",
        "milvus:///medqa",
        "milvus://db/",
        "milvus://db/med-qa",
        "milvus://db/a/b",
        "milvus://db:port/medqa",
        "milvus://db:99999/medqa",
        f"milvus://db/{'a' * 61}",
        "milvus://db/medqa?x=1",
        "milvus-lite:home.db",
        "milvus-lite:home/medqa",
        "",
        " ",
        "http://db:19530/medqa",
        f"milvus://root:{SECRET}@db/med-qa",
        f"milvus://root:x/{SECRET}@db/medqa",
        f"milvus://root:x#{SECRET}@db/medqa",
        f"postgres://root:{SECRET}@db/medqa",
    ],
)
def test_another_address_is_refused_in_one_line_without_its_secret(text: str) -> None:
    with pytest.raises(SearchError, match="is no address of an index") as refused:
        parse(text)
    assert "\n" not in str(refused.value)
    assert SECRET not in str(refused.value)


def test_an_address_shows_no_secret_and_is_read_again() -> None:
    address = parse(f"milvus://root:{SECRET}@db/medqa")
    assert str(address) == "milvus://db:19530/medqa"
    assert SECRET not in repr(address)
    assert str(parse(str(parse("milvus-lite:/tmp/home.db/medqa")))) == "milvus-lite:/tmp/home.db/medqa"


def test_the_token_may_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDQA_MILVUS_TOKEN", SECRET)
    assert parse("milvus://db/medqa") == MilvusAddress("http://db:19530", "medqa", SECRET)


def test_what_needs_a_folder_says_so() -> None:
    assert folder_of(Path("var/index")) == Path("var/index")
    with pytest.raises(SearchError, match=r"milvus://db:19530/medqa is not a folder, which this command needs"):
        folder_of(parse("milvus://db/medqa"))


def test_the_option_shows_its_default_without_a_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MEDQA_INDEX", f"milvus://root:{SECRET}@db/medqa")
    parser = argparse.ArgumentParser()
    index_option(parser)
    assert parser.parse_args([]).index == MilvusAddress("http://db:19530", "medqa", f"root:{SECRET}")
    assert SECRET not in parser.format_help()
    with pytest.raises(SystemExit) as stopped:
        parser.parse_args(["--index", "milvus://db"])
    assert stopped.value.code == 2
    assert "argument --index: milvus://db is no address of an index" in capsys.readouterr().err


def test_without_its_client_milvus_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("search.milvus")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(SearchError, match=r"run at the top of the source: pip install -e '\.\[distributed\]'"):
        open_index(parse("milvus://127.0.0.1:1/medqa"))


def test_a_folder_is_opened_without_the_client_of_milvus(built: Path) -> None:
    check = (
        "import sys; from pathlib import Path; from search.opening import open_index, published;"
        "from tests.toy_encoder import ToyEncoder;"
        f"open_index(Path({str(built)!r}), ToyEncoder()); published(Path({str(built)!r}));"
        "print([name for name in sys.modules if 'milvus' in name or name == 'grpc'])"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")
