"""Packs for `make eval`: those in a folder; messages to a library judged over MedQuAD, whole and as summaries; names of
diseases, as people type them and as the British spell them, whose page is the one that MedQuAD has on just that;
everyday names, whose pages are those with the medical name in their title; lists of frequent questions; questions
reworded, among look-alikes; and the built-in corpus' questions, its pages among messages to doctors.

python -m tests.benchmarks.judged PACKS OUT      writes OUT, a folder of packs (links to those that are there already)
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tomllib
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from corpus.jsonl import write
from corpus.records import Record
from indexer.evaluate import read_records, records_of
from indexer.measures import read_pack
from indexer.vocabulary import general_words
from search.lay_terms import EVERYDAY
from search.lexical import stems
from search.respelling import others

WRITTEN = Path(__file__).parents[1] / "packs"
QRELS, LISTS, REWORDED = WRITTEN / "judged/qrels.txt", WRITTEN / "faq", WRITTEN / "reworded"
MESSAGES, PAGES = "long-messages", "medquad"  # folders that the judgements are about
SAMPLE, BUILT_IN = WRITTEN / "sample", Path(__file__).parents[2] / "corpus/sample"
OTHERS, AMONG = "consumer", "sample-among-messages"  # pages that nobody judged; the pack whose records are among them
# A title that is nothing but a name, of five words at most.
ABOUT = re.compile(r"What is \(are\) (\S+(?: \S+){0,4}) \?")
EACH = 8  # of so many names, one is asked for


def main() -> None:
    parser = argparse.ArgumentParser(description="Lay out the packs that are measured.")
    parser.add_argument("packs", type=Path, metavar="PACKS")
    parser.add_argument("out", type=Path, metavar="OUT")
    args = parser.parse_args()
    if not args.packs.is_dir():
        parser.error(f"{args.packs} is no folder of packs")
    if args.packs.resolve().is_relative_to(args.out.resolve()):
        parser.error(f"{args.out} is written anew, and the packs to read are in it; give another PACKS")
    shutil.rmtree(args.out, ignore_errors=True)
    args.out.mkdir(parents=True)
    for folder in sorted(path for path in args.packs.iterdir() if path.is_dir()):
        (args.out / folder.name).symlink_to(folder.resolve())
    for folder in sorted(path for path in LISTS.iterdir() if path.is_dir()):
        (args.out / f"{LISTS.name}-{folder.name}").symlink_to(folder)
    (args.out / REWORDED.name).symlink_to(REWORDED)
    if (args.packs / MESSAGES).is_dir() and (args.packs / PAGES).is_dir():
        pack = read_pack(args.packs / MESSAGES)
        titles = {record.id: record.title for record in read_records(args.packs / MESSAGES / "records.jsonl")}
        summaries = {query: titles[next(iter(grades))] for query, grades in pack.qrels.items()}
        for name, texts in (("messages", pack.queries), ("summaries", summaries)):
            _write(args.out / f"{PAGES}-{name}", texts, QRELS.read_text().splitlines())
    else:
        print(f"{args.packs} lacks {MESSAGES} or {PAGES}: the judged messages are left out")
    if (args.packs / PAGES).is_dir():
        records = list(read_records(records_of(args.packs / PAGES)))
        about = names(records)
        lines = [f"{_id(name)} 0 {page} 1" for name, pages in about.items() for page in pages]
        _write(args.out / f"{PAGES}-names", {_id(name): name for name in about}, lines)
        spelt = british(records)
        lines = [f"{_id(name)} 0 {page} 1" for name, pages in spelt.items() for page in pages]
        _write(args.out / f"{PAGES}-british", {_id(name): name for name in spelt}, lines)
        called = everyday(records)
        lines = [f"{_id(asked)} 0 {page} 1" for asked, pages in called.items() for page in pages]
        _write(args.out / f"{PAGES}-everyday", {_id(asked): asked for asked in called}, lines)
    if (args.packs / OTHERS).is_dir():
        among(args.packs / OTHERS, args.out / AMONG)


def among(others: Path, folder: Path) -> None:
    """The built-in corpus' pack over its own pages and those of another folder, which nobody judged."""
    folder.mkdir()
    for file in SAMPLE.iterdir():
        (folder / file.name).symlink_to(file)
    own = [record for path in sorted(BUILT_IN.glob("*.jsonl")) for record in read_records(path)]
    write([*own, *read_records(records_of(others))], folder / "records.jsonl")


def names(records: Iterable[Record]) -> dict[str, list[str]]:
    """Some names in small letters, with the ids of the records whose title asks what that is."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for record in records:
        if (about := ABOUT.fullmatch(record.title)) and zlib.crc32(about[1].lower().encode()) % EACH == 0:
            found[about[1].lower()].append(record.id)
    return dict(sorted(found.items()))


def british(records: Sequence[Record]) -> dict[str, list[str]]:
    """Names as they are spelt in Britain, of all that are spelt otherwise there: alone, with the pages that ask what
    just that is, and in a question of what to do, with every page on just that."""
    known = general_words()
    titles = {record.id: record.title.lower().removesuffix("?").strip() for record in records}
    called: defaultdict[str, list[str]] = defaultdict(list)
    for record in records:
        if about := ABOUT.fullmatch(record.title):
            called[about[1].lower()].append(record.id)
    found = {}
    for name, pages in called.items():
        longer = {word: [other for other in others(word) if len(other) > len(word)] for word in name.split()}
        spelt = " ".join(next((other for other in longer[word] if other in known), word) for word in name.split())
        if spelt != name:
            found[spelt] = pages
            found[f"what can i do about {spelt}"] = [
                page for page, title in titles.items() if title.endswith(f" {name}")
            ]
    return dict(sorted(found.items()))


def everyday(records: Iterable[Record]) -> dict[str, list[str]]:
    """Everyday names, alone and in a question, with the ids of the records whose title says the medical one alone."""
    titles = {record.id: set(stems(record.title)) for record in records}
    found = {}
    for name, term in tomllib.loads(EVERYDAY.read_text(encoding="utf-8")).items():
        means, says = set(stems(term)), set(stems(name))
        if pages := [page for page, title in titles.items() if means <= title and not says <= title]:
            found |= {name: pages, f"what can i do about {name}": pages}
    return found


def _id(name: str) -> str:
    return "-".join(name.split())


def _write(folder: Path, texts: dict[str, str], lines: list[str]) -> None:
    folder.mkdir()
    queries = dict.fromkeys(line.split()[0] for line in lines)
    (folder / "qrels.txt").write_text("\n".join(lines) + "\n")
    (folder / "queries.jsonl").write_text(
        "".join(json.dumps({"id": query, "text": texts[query]}) + "\n" for query in queries)
    )


if __name__ == "__main__":
    main()
