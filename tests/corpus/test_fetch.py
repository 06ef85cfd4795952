"""Fetching, from a server on this machine: what arrives, and every way in which it may not."""

from __future__ import annotations

import hashlib
import io
import socket
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from corpus import fetch, jsonl
from corpus.errors import CorpusError
from corpus.fetch import Counts, fetch_medquad
from corpus.records import Record

TOY_COUNTS = Counts(pairs=3, answered=2)


@contextmanager
def served(body: bytes, status: int = 200, promised: int | None = None) -> Iterator[str]:
    """Address of a server that answers every request with these bytes, whatever length it promised."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body) if promised is None else promised))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/medquad.zip"
        server.shutdown()
        thread.join()


@pytest.fixture
def archive(toy: Path) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for page in sorted((toy / "medquad").rglob("*.xml")):
            file.write(page, f"MedQuAD-master/{page.relative_to(toy / 'medquad')}")
    return data.getvalue()


def failure(out: Path, url: str, **more: str | Counts) -> str:
    """What is said; nothing may be left in the output's folder."""
    with pytest.raises(CorpusError) as error:
        fetch_medquad(out, url, **more)  # type: ignore[arg-type]
    assert list(out.parent.iterdir()) == []
    assert "\n" not in str(error.value)
    return str(error.value)


def test_the_records_arrive(tmp_path: Path, archive: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    with served(archive) as url:
        done = fetch_medquad(tmp_path / "out.jsonl", url, hashlib.sha256(archive).hexdigest().upper(), TOY_COUNTS)
    assert (done.records, done.left_out["pairs without an answer"]) == (2, 1)
    found = list(jsonl.read_all([tmp_path / "out.jsonl"]))
    assert [item.id for item in found if isinstance(item, Record)] == [
        "medquad:Garden_0000001_Sec1",
        "medquad:Garden_0000001_Sec1.2",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]
    assert capsys.readouterr() == ("", "")


def test_another_data_set_is_refused(tmp_path: Path, archive: bytes) -> None:
    with served(archive) as url:
        assert failure(tmp_path / "out.jsonl", url) == (
            f"{url} holds 3 pairs, 2 of them answered, expected 47,441 pairs, 16,407 of them answered; "
            "nothing was written"
        )


def test_a_wrong_hash_is_refused(tmp_path: Path, archive: bytes) -> None:
    found = hashlib.sha256(archive).hexdigest()
    with served(archive) as url:
        said = failure(tmp_path / "out.jsonl", url, sha256="0" * 64, expected=TOY_COUNTS)
    assert said == f"{url} has the SHA-256 {found}, expected {'0' * 64}; nothing was written"


def test_a_missing_page(tmp_path: Path) -> None:
    with served(b"", status=404) as url:
        assert failure(tmp_path / "out.jsonl", url) == f"{url} answered 404 Not Found; {fetch.NEXT}"


def test_a_download_that_is_cut_off(tmp_path: Path, archive: bytes) -> None:
    with served(archive[:100], promised=len(archive)) as url:
        assert failure(tmp_path / "out.jsonl", url) == (
            f"the download of {url} broke off after 100 of {len(archive):,} bytes; try again"
        )


def test_a_download_that_is_no_zip(tmp_path: Path) -> None:
    with served(b"<html>sign in first</html>") as url:
        assert failure(tmp_path / "out.jsonl", url) == (
            f"{url}: the download is not a good zip file (File is not a zip file); get it again; {fetch.NEXT}"
        )


def test_a_damaged_entry(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("a.xml", "<Document>")
    with served(data.getvalue()) as url:
        said = failure(tmp_path / "out.jsonl", url)
    assert said == (
        f"{url}: 1 damaged entries, the first at the download/a.xml:1: not XML: no element found: line 1, column 10; "
        "nothing was written"
    )


def test_a_download_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_BYTES", 1 << 20)
    with served(b"x" * (2 << 20)) as url:
        assert failure(tmp_path / "out.jsonl", url).startswith(
            f"{url} is larger than 1 MiB, which the data set is not; "
        )


def test_no_server(tmp_path: Path) -> None:
    with socket.socket() as taken:  # bound, but it does not listen
        taken.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        said = failure(tmp_path / "out.jsonl", f"http://{host}/medquad.zip")
    assert said == f"no connection to {host} ([Errno 111] Connection refused); {fetch.NEXT}"


def test_a_server_that_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT_SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/medquad.zip"
        assert failure(tmp_path / "out.jsonl", url) == f"{url} sent nothing for 0.2 seconds; try again, or {fetch.NEXT}"


def test_a_server_that_speaks_no_http(tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/medquad.zip"

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"220 mail ready\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        said = failure(tmp_path / "out.jsonl", url)
        thread.join()
    assert said.startswith(f"the download of {url} broke off (220 mail ready")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/a.zip", "medquad.zip"])
def test_only_web_addresses_are_fetched(tmp_path: Path, url: str) -> None:
    assert failure(tmp_path / "out.jsonl", url) == f"{url} is not an http or https address"


def test_an_old_file_stays_when_the_fetch_fails(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("old")
    with served(b"", status=500) as url, pytest.raises(CorpusError):
        fetch_medquad(out, url)
    assert out.read_text() == "old"
