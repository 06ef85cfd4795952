"""Kills builds and updates in Milvus with -9 at random moments, and counts what is lost or doubled.

python -m tests.homes.kills milvus://127.0.0.1:19530 --kills 40 --json docs/scaling/kills.json
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import select
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.records import Record
from indexer.milvus.versions import Versions
from search.address import MilvusAddress, parse
from search.milvus.client import Client
from tests.homes.crash import STEPS
from tests.homes.held import Live, gaps, live, strange
from tests.reliability.crash import changes_of, records_of, stored
from tests.reliability.reports import write

ROOT = Path(__file__).parents[2]
PATIENCE_S = 180  # the longest that a step may take on a busy machine
FIRST_GUESS_S = {"build": 10.0, "update": 5.0}  # how long a step takes, until one was timed

Records = dict[str, Record]


@dataclass(slots=True)
class Storm:
    """What came of the kills so far."""

    address: MilvusAddress
    cache: Path
    chance: random.Random
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=lambda: dict(FIRST_GUESS_S))
    server: str = ""

    def start(self, step: str, number: int) -> subprocess.Popen[str]:
        """The step, begun in a process of its own."""
        command = [sys.executable, "-m", "tests.homes.crash", str(self.address), step, str(number)]
        env = os.environ | {"MEDQA_CACHE": str(self.cache)}
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        return process

    def whole(self, step: str, number: int) -> str:
        """What the step says on stderr when it is left alone; it must succeed."""
        process = self.start(step, number)
        started = time.monotonic()
        out, said = process.communicate(timeout=PATIENCE_S)
        if (process.returncode, out) != (0, "done\n"):
            self.wrong.append(f"{step} {number} left alone: exit {process.returncode}, {said.strip()}")
        self.seconds[step] = time.monotonic() - started
        return said


def outcome(before: Records, step: str, number: int) -> Records:
    """The records that are live when the step is done."""
    put = records_of(number) if step == "build" else changes_of(number).put
    return (before if step == "update" else {}) | {record.id: stored(record) for record in put}


def kill(storm: Storm, step: str, number: int) -> None:
    """One step is killed, and what is live then must be as it was, or as it should be; then it is run again."""
    before = live(storm.address)
    after = outcome(before.records, step, number)
    process = storm.start(step, number)
    wait = storm.chance.uniform(0, storm.seconds[step])
    assert process.stdout is not None
    done = bool(select.select([process.stdout], [], [], wait)[0])
    process.kill()
    process.communicate()
    meanwhile(storm, step, number, before, after)
    said = storm.whole(step, number)
    storm.outcomes[f"{step}: {'done' if done else 'killed'}"] += 1
    storm.outcomes["gone on with"] += "going on with version" in said
    found = live(storm.address)
    complain(storm, f"{step} {number} run again", found.records == after, found)
    if storm.wrong:
        return
    if (extra := strange(found)) or found.rows != len(after):
        storm.wrong.append(f"{step} {number} run again: {extra} strange passages, {found.rows} rows of records")
    if len(found.collections) > 6:  # three of the live version, three of the one before
        storm.wrong.append(f"{step} {number} run again left {found.collections}")


def meanwhile(storm: Storm, step: str, number: int, before: Live, after: Records) -> None:
    """Of a build, all is as before or as after; of an update, each record is."""
    found = live(storm.address)
    if step == "build":
        fits = found.records in (before.records, after)
    else:
        states = (before.records, after)
        fits = found.records.keys() <= {*before.records, *after}
        fits &= all(record in [state.get(name) for state in states] for name, record in found.records.items())
    complain(storm, f"{step} {number} killed", fits, found)


def complain(storm: Storm, when: str, fits: bool, found: Live) -> None:
    """Notes what is wrong with what is live."""
    if not fits:
        storm.wrong.append(f"{when}: found {sorted(found.records.items())}")
    if lacking := gaps(found):
        storm.wrong.append(f"{when}: passages of {lacking} are missing")


def storm(base: str, kills: int, seed: int, cache: Path) -> Storm:
    """So many kills, the steps by turns, on a new index at a server; it is removed at the end."""
    address = parse(f"{base}/kills_{secrets.token_hex(4)}")
    assert isinstance(address, MilvusAddress)
    made = Storm(address, cache, random.Random(seed))
    try:
        made.whole("build", 1)
        for turn in range(kills):
            if made.wrong:
                break
            kill(made, STEPS[turn % len(STEPS)], turn + 2)
    finally:
        client = Client(address)
        made.server, versions = client.server, Versions(client, address.name)
        for each in versions.all():
            versions.drop(each)
        client.close()
    return made


def figures(made: Storm, seed: int, seconds: float) -> Mapping[str, Any]:
    """The report of a storm."""
    kills = {name: count for name, count in made.outcomes.items() if name != "gone on with"}
    return {
        "server": made.server,
        "kills": sum(kills.values()),
        "seed": seed,
        "seconds": round(seconds),
        "killed_in_the_middle": sum(count for name, count in kills.items() if name.endswith("killed")),
        "builds_gone_on_with": made.outcomes["gone on with"],
        "outcomes": dict(sorted(kills.items())),
        "lost_doubled_or_mixed": len(made.wrong),
        "what_was_wrong": made.wrong,
    }


def main() -> int:
    """0 when nothing was lost or doubled."""
    parser = argparse.ArgumentParser(description="Kill builds and updates in Milvus at random moments.")
    parser.add_argument("server", help="milvus://host:port of a server for tests")
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the report there as well")
    args = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="medqa-kills-") as cache:
        made = storm(args.server, args.kills, args.seed, Path(cache))
    write(figures(made, args.seed, time.monotonic() - started), args.json)
    return 1 if made.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
