"""Publishes versions while clients ask, and holds every answer against the version that it says it is from.

`python -m tests.reliability.swaps` writes the report of a longer run.
"""

from __future__ import annotations

import argparse
import http.client
import json
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from corpus.records import Answer, Record
from indexer.build import build
from search.layout import Layout
from tests.reliability.reports import write
from tests.reliability.site import Site, running
from tests.toy_encoder import WORDS, ToyEncoder
from tests.toy_records import ONTOLOGY


@dataclass(slots=True)
class Asked:
    """What came of asking: how many answers, from which versions, and what was wrong with any of them."""

    answers: int = 0
    versions: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)


def edition(number: int) -> list[Record]:
    """The records of one version: each names it in every part, and there are more of them in each."""
    return [
        Record(
            f"toy:{word}",
            title=f"{word} {number}",
            question=f"My {word} in edition {number}?",
            answers=(Answer(f"{word} answer {number}.", f"Dr. {number}", f"Field {number}"),),
        )
        for word in WORDS[: 2 + number % (len(WORDS) - 1)]
    ]


def ask_through(layout: Layout, publishes: int, clients: int, seconds_between: float) -> Asked:
    """The answers of a site over which so many versions were published meanwhile."""
    editions = {build(edition(0), layout, ToyEncoder()).manifest.id: 0}
    found, stop, lock = Asked(), threading.Event(), threading.Lock()
    with running(layout.root, workers=2) as site:
        threads = [
            threading.Thread(target=_ask, args=(site, found, stop, lock, editions, turn)) for turn in range(clients)
        ]
        for thread in threads:
            thread.start()
        for number in range(1, publishes + 1):
            records = edition(number)
            with lock:  # an answer from a version is looked up after it is known which one that is
                editions[build(records, layout, ToyEncoder()).manifest.id] = number
            time.sleep(seconds_between)
        time.sleep(2)
        stop.set()
        for thread in threads:
            thread.join()
    return found


def _ask(
    site: Site, found: Asked, stop: threading.Event, lock: threading.Lock, editions: dict[str, int], turn: int
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    seen: list[tuple[str, str]] = []
    while not stop.is_set():
        turn += 1
        try:
            connection.request("GET", f"/api/search?q={WORDS[turn % len(WORDS)]}&k=20")
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            found.failed.append(f"{type(error).__name__}: {error}")
            connection.close()
            continue
        if answer.status != 200:
            found.failed.append(f"{answer.status}: {text[:200]}")
        else:
            value = json.loads(text)
            seen.append((value["index"]["id"], text))
    connection.close()
    with lock:
        for version, text in seen:
            found.answers += 1
            found.versions.add(version)
            if why := _mixed(json.loads(text)["results"], editions[version]):
                found.mixed.append(f"{version}: {why}")


def _mixed(results: list[dict[str, object]], number: int) -> str:
    """What in the results is not of this edition; empty if nothing."""
    expected = {(record.id, record.title, f"Dr. {number}", f"Field {number}") for record in edition(number)}
    given = {(item["id"], item["title"], item["responder"], item["specialty"]) for item in results}
    return "" if given == expected else f"{sorted(map(str, given ^ expected))[:4]}"


def main() -> int:
    """0 when no answer failed or was mixed."""
    parser = argparse.ArgumentParser(description="Publish versions while clients ask.")
    parser.add_argument("--publishes", type=int, default=60)
    parser.add_argument("--json", type=Path, help="write the report there as well")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="medqa-swaps-") as name:
        folder = Path(name)
        (folder / "toy.obo").write_text(ONTOLOGY, encoding="utf-8")
        (folder / "none.toml").write_text("", encoding="utf-8")
        with (
            mock.patch("indexer.derive.ontology_file", return_value=folder / "toy.obo"),
            mock.patch("indexer.derive.departments_file", return_value=folder / "none.toml"),
            mock.patch("indexer.together.word_lists", return_value={}),
        ):
            found = ask_through(Layout(folder / "index"), args.publishes, clients=4, seconds_between=1.0)
    write(
        {
            "publishes": args.publishes,
            "answers": found.answers,
            "versions_seen": len(found.versions),
            "failed": len(found.failed),
            "mixed": len(found.mixed),
            "what_went_wrong": [*found.failed, *found.mixed][:20],
        },
        args.json,
    )
    return 1 if found.failed or found.mixed else 0


if __name__ == "__main__":
    raise SystemExit(main())
