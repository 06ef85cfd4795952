"""Kills steps on an index with -9 at random moments, and counts what is lost: `python -m tests.reliability.kills`."""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from corpus.records import Record
from indexer.verify import verify
from search.layout import Layout
from search.store import Store
from tests.reliability.crash import PROCESSES, STEPS, Step, outcome, run
from tests.reliability.reports import write
from tests.toy_encoder import ToyEncoder
from tests.toy_records import ONTOLOGY

PATIENCE_S = 60  # the longest that a step may take on a busy machine
WHOLE_EVERY = 4  # after so many kills one step is left alone, and must clean up

Held = dict[str, Record]


@dataclass(slots=True)
class Storm:
    """What came of the kills so far."""

    root: Path
    chance: random.Random
    outcomes: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    number: int = 0

    def step(self, name: str) -> Step:
        """The next step of this name."""
        self.number += 1
        return Step(name, self.root / "index", self.number, self.root / "toy.obo", self.root / "none.toml")


def held(layout: Layout, version_id: str) -> Held:
    """The records of a version, by id."""
    store = Store(layout.version(version_id).records)
    found = {record.id: record for record in store.all()}
    store.close()
    return found


def live(layout: Layout) -> Held:
    """The records of the published version, which is verified: every part holds the same, and each file is whole."""
    version_id = layout.published()
    if version_id is None:
        return {}
    verify(layout.version(version_id), ToyEncoder())
    return held(layout, version_id)


def kill(storm: Storm, name: str) -> None:
    """One step is killed, and what the index then holds is held against what it held before and should hold after."""
    layout, step = Layout(storm.root / "index"), storm.step(name)
    before, older = live(layout), layout.older()
    after = outcome(before, held(layout, older[-1]) if older else None, step)
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=run, args=(step, theirs))
    process.start()
    theirs.close()
    wait_for(ours, "publishing" if name == "publish" else "begun")
    started = time.monotonic()
    done = wait_for(ours, "done", storm.chance.uniform(0, 1.1 * storm.seconds[name]))
    if done:
        storm.seconds[name] = time.monotonic() - started
    process.kill()
    process.join(PATIENCE_S)
    found = live(layout)
    if found not in (before, after):
        storm.lost.append(f"{name} {step.number}: {sorted(before)} or {sorted(after)}, found {sorted(found)}")
    state = "done" if done else "new" if found == after else "old"
    storm.outcomes[f"{name}: {state}"] += 1


def whole(storm: Storm) -> None:
    """One step is left alone: it must succeed, and leave nothing of the killed ones."""
    layout, step = Layout(storm.root / "index"), storm.step(storm.chance.choice(("build", "update")))
    after = outcome(live(layout), None, step)
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=run, args=(step, theirs))
    process.start()
    process.join(PATIENCE_S)
    found = live(layout)
    names = sorted(path.name for path in layout.versions.iterdir())
    if process.exitcode != 0 or found != after or names != layout.history():
        storm.lost.append(f"{step.name} {step.number} after a kill: exit {process.exitcode}, {names}, {sorted(found)}")
    ours.close()
    storm.outcomes["left alone"] += 1


def wait_for(pipe: Connection, word: str, seconds: float = PATIENCE_S) -> bool:
    """Whether the process said so in that time."""
    deadline = time.monotonic() + seconds
    try:
        while pipe.poll(max(0.0, deadline - time.monotonic())):
            if pipe.recv() == word:
                return True
    except EOFError:
        pass
    return False


def storm(kills: int, seed: int, root: Path) -> Storm:
    """So many kills, the steps by turns."""
    (root / "toy.obo").write_text(ONTOLOGY, encoding="utf-8")
    (root / "none.toml").write_text("", encoding="utf-8")
    made = Storm(root, random.Random(seed))
    for name in ("build", "build", *STEPS):
        made.seconds[name] = timed(made, name)
    for turn in range(kills):
        kill(made, STEPS[turn % len(STEPS)])
        if turn % WHOLE_EVERY == WHOLE_EVERY - 1:
            whole(made)
    return made


def timed(made: Storm, name: str) -> float:
    """Seconds that a step takes, from where its kills begin, when it is left alone; the first one makes the index."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=run, args=(made.step(name), theirs))
    process.start()
    theirs.close()
    wait_for(ours, "publishing" if name == "publish" else "begun")
    started = time.monotonic()
    wait_for(ours, "done")
    process.join(PATIENCE_S)
    return time.monotonic() - started


def figures(made: Storm, seed: int, seconds: float) -> Mapping[str, Any]:
    """The report of a storm."""
    kills = sum(count for name, count in made.outcomes.items() if name != "left alone")
    return {
        "kills": kills,
        "seed": seed,
        "seconds": round(seconds),
        "killed_in_the_middle": sum(c for n, c in made.outcomes.items() if n.endswith((": old", ": new"))),
        "steps_left_alone_afterwards": made.outcomes["left alone"],
        "outcomes": dict(sorted(made.outcomes.items())),
        "lost_or_mixed": len(made.lost),
        "what_was_lost": made.lost,
    }


def main() -> int:
    """0 when nothing was lost."""
    parser = argparse.ArgumentParser(description="Kill steps on an index at random moments.")
    parser.add_argument("--kills", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the report there as well")
    args = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="medqa-kills-") as root:
        made = storm(args.kills, args.seed, Path(root))
    write(figures(made, args.seed, time.monotonic() - started), args.json)
    return 1 if made.lost else 0


if __name__ == "__main__":
    raise SystemExit(main())
