"""A phrase that is asked by every door is afterwards nowhere: no log, metric, cache, file or error page holds it.

And nothing is sent to anybody: the site answers in a network without a way out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.build import build
from search.layout import Layout
from tests.reliability.site import ROOT, Site, running
from tests.toy_encoder import ToyEncoder
from tests.toy_records import RECORDS

CANARY = "Zyzzyvaquestion"
FORMS = (CANARY.lower(), CANARY.upper(), CANARY[:8].lower(), urllib.parse.quote(CANARY))
QUESTION = f"My lip is twitching since {CANARY} and I have fever"


def send(site: Site, path: str, body: bytes | None = None, kind: str = "", **headers: str) -> str:
    """The answer's body, whatever its status."""
    url = f"http://127.0.0.1:{site.port}{path}"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, body, named | ({"Content-Type": kind} if kind else {}))
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode()


def ask_by_every_door(site: Site) -> None:
    """Sends the phrase by every way that there is into the site, those that are refused among them."""
    quoted = urllib.parse.quote(QUESTION)
    js, form = "application/json", "application/x-www-form-urlencoded"
    for path in ("/?q=", "/api/search?q=", "/api/suggest?q=", "/?source=", "/?after=", "/api/search?q=lip&source="):
        send(site, path + quoted)
    send(site, f"/?{quoted}={quoted}")
    send(site, "/", urllib.parse.urlencode({"q": QUESTION}).encode(), form)
    send(site, "/api/search", json.dumps({"q": QUESTION, "fold": 1}).encode(), js)
    send(site, "/api/search", json.dumps({"q": "lip", "specialty": [QUESTION]}).encode(), js)
    for path in (f"/api/search?q=lip&k={quoted}", f"/api/search?{quoted}=1", f"/api/specialties?q={quoted}"):
        send(site, path)  # refused with 400
    for path in (f"/{quoted}", f"/qa/{quoted}", f"/api/records/{quoted}", f"/api/records/{quoted}/similar"):
        send(site, path)  # 404
    send(site, "/api/search", f'{{"q": "{QUESTION}"'.encode(), js)  # no JSON
    send(site, "/api/search", QUESTION.encode(), "text/plain")
    send(site, "/api/search", json.dumps({"q": QUESTION * 3000}).encode(), js)  # too large
    send(site, "/api/search?q=lip", Referer=f"http://127.0.0.1/?q={quoted}", User_Agent=QUESTION, Cookie=QUESTION)
    send(site, f"/api/search?q=sleep+3&source={quoted}")  # given up
    for raw in (
        f"GET /?q={CANARY} nonsense\r\n\r\n",
        f"{CANARY} / HTTP/1.1\r\n\r\n",
        f"GET / HTTP/1.1\r\n{CANARY}\r\n\r\n",
    ):
        with site.connect(raw.encode()) as client:
            client.recv(1000)
    with site.connect(f"GET /?q={CANARY}".encode()):
        pass  # gone before it was whole


def holding(folder: Path) -> list[str]:
    """The files below a folder that hold the phrase, in any of its forms."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes().lower()
            if any(form.lower().encode() in content for form in FORMS):
                found.append(str(path))
    return found


@pytest.fixture
def private(tmp_path: Path, ontology: Path) -> Iterator[tuple[Site, Path]]:
    """A site that logs all it ever logs, with a home and a temporary folder of its own."""
    root = tmp_path / "index"
    build(RECORDS, Layout(root), ToyEncoder())
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: os.environ.get(name) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME")}
    os.environ.update(dict.fromkeys(kept, str(home)))
    try:
        with running(root, workers=2, log="json", patience=1, slow_after=1, rate_limit="1000 per minute") as site:
            yield site, tmp_path
    finally:
        for name, value in kept.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def test_what_was_asked_is_nowhere_afterwards(private: tuple[Site, Path]) -> None:
    site, folder = private
    ask_by_every_door(site)
    metrics = send(site, "/metrics")
    pages = [send(site, path) for path in ("/", "/about", "/docs", "/readyz", "/nothing", "/api/search?q=lip")]
    assert holding(folder) == []  # index, caches, counters and temporary files while it runs
    output, errors = site.stop()
    assert holding(folder) == []
    logged = [json.loads(line) for line in errors.splitlines()]
    assert len(logged) > 20  # there is a line for each request, or this would prove nothing
    for text in (metrics, *pages, output, errors):
        assert not any(form.lower() in text.lower() for form in FORMS)


def test_an_answer_to_one_holds_nothing_of_another(private: tuple[Site, Path]) -> None:
    site, _ = private
    send(site, "/api/search", json.dumps({"q": QUESTION}).encode(), "application/json")
    for path in ("/", "/api/suggest?q=zy", "/api/search?q=zyzz", "/?q=zyzz", "/nothing"):
        assert CANARY.lower() not in send(site, path).lower()


def written(root: Path) -> dict[Path, int]:
    """When each file was written, but for the notes that files are whole, which whoever opens a version may leave."""
    return {path: path.stat().st_mtime_ns for path in root.rglob("*") if "checked" not in path.parts}


@pytest.mark.usefixtures("toy_model")
def test_a_batch_writes_its_answers_and_no_question(built: Path, tmp_path: Path) -> None:
    queries, run = tmp_path / "queries.jsonl", tmp_path / "out.trec"
    queries.write_text(json.dumps({"id": "q1", "text": QUESTION}) + "\n")
    from search.cli import main

    before = written(built)
    assert main(["batch", "--index", str(built), "--queries", str(queries), "--run", str(run)]) == 0
    queries.unlink()
    assert run.read_text().count("\n") == len(RECORDS)
    assert holding(tmp_path) == holding(built) == []
    assert written(built) == before


NO_WAY_OUT = """
import socket, sys
from pathlib import Path
tried = []
sys.addaudithook(lambda event, args: tried.append((event, args)) if event in ("socket.connect", "socket.getaddrinfo",
    "socket.gethostbyname", "socket.sendto") else None)
from search.opening import open_index, published
from tests.toy_encoder import ToyEncoder
from web import create_app
import openvino
client = create_app(
    Path(sys.argv[1]), opener=lambda root: open_index(root, ToyEncoder()), published=published).test_client()
found = [client.get(path).status_code for path in ("/", "/?q=lip", "/api/search?q=lip", "/metrics", "/about")]
print(found, [event for event, _ in tried], "openvino_telemetry.backend" in sys.modules)
"""


def test_nothing_is_sent_to_anybody(built: Path) -> None:
    tried = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("unshare --net is not permitted here, so that there is no network without a way out")
    command = ["unshare", "--net", sys.executable, "-c", NO_WAY_OUT, str(built)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[200, 200, 200, 200, 200] [] False\n", "")
