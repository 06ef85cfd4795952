"""`python -m indexer.likeness`: learns what vectors of emergencies are like, and measures it on phrases it never saw.

python -m indexer.likeness PHRASES ORDINARY UNSEEN --questions FILE... --index FOLDER --json FILE [--out FILE]

PHRASES and ORDINARY are tables for `python -m search.safety`. UNSEEN has lines of `emergency` or `ordinary`, phrase,
and the set it is of. `--questions` are records or queries of real people, as JSON lines (gzipped or not): how like an
emergency a question must be is set by how many of them would raise a notice. The index folder is for the model.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from corpus.arguments import Parser, path
from corpus.jsonl import keep_sources, replacing
from corpus.progress import Progress
from indexer.convert import open_encoder
from indexer.tuning.written import written_pairs
from search.command import run
from search.dense import Vectors
from search.encoder import Encoder
from search.errors import SearchError
from search.layout import Layout
from search.safety import urgent
from search.safety.likeness import LEARNT, Likeness
from search.safety.report import Phrase, read

WRITTEN = 16_000  # at least so many of the questions written for training; what the rules do not know is ordinary
LOOSE = 10.0  # inverse strength of the regularization (C of scikit-learn)
LOOK_ALIKE, ANY = 2.0, 0.5  # what an ordinary phrase and a written question count for, an emergency being one
RAISED = 0.0125  # share of real questions without a notice that get one
CHUNK = 512


def learnt(encoder: Encoder, emergencies: Sequence[tuple[str, str]], ordinary: Sequence[str]) -> Likeness:
    """From emergencies (kind, phrase) and ordinary phrases, beside what was written for training; `least` is open."""
    from sklearn.linear_model import LogisticRegression

    kinds = tuple(sorted({kind for kind, _ in emergencies}))
    others = [text for text in _written() if not urgent(text)]
    texts = [*(text for _, text in emergencies), *ordinary, *others]
    classes = [*(1 + kinds.index(kind) for kind, _ in emergencies), *[0] * (len(ordinary) + len(others))]
    weights = [*[1.0] * len(emergencies), *[LOOK_ALIKE] * len(ordinary), *[ANY] * len(others)]
    model = LogisticRegression(C=LOOSE, max_iter=1000).fit(_vectors(encoder, texts), classes, weights)
    kept = model.coef_.astype(np.float16).astype(np.float32)  # as they are saved
    return Likeness(encoder.card.fingerprint, kinds, kept, model.intercept_.astype(np.float32), np.inf)


def least_for(likeness: Likeness, vectors: Vectors) -> float:
    """The log odds that a share RAISED of real questions, which the rules do not know, reach."""
    return round(float(np.quantile(likeness.log_odds(vectors), 1 - RAISED)), 3)


def shares(likeness: Likeness, encoder: Encoder, texts: Sequence[str]) -> dict[str, Any]:
    """How many of some texts raise a notice: by the rules, by likeness alone, and by either."""
    ruled = np.array([urgent(text) is not None for text in texts])
    vectors = _vectors(encoder, texts)
    alike = np.array([likeness.kind(text, vector) is not None for text, vector in zip(texts, vectors, strict=True)])
    return {
        "texts": len(texts),
        "rules": round(float(ruled.mean()), 4),
        "likeness": round(float(alike.mean()), 4),
        "either": round(float((ruled | alike).mean()), 4),
    }


def table(figures: dict[str, Any]) -> str:
    """The figures as they stand in docs/safety.md."""
    rows = [("texts", "number", "by the rules", "by likeness", "by either"), ("---",) * 5]
    for part in ("unseen", "real"):
        for name, found in figures[part].items():
            texts = found["texts"]  # a share is rounded once: 40 of 3,195 are 1.3%, though 0.0125 would be 1.2%
            percents = (f"{round(found[way] * texts) / texts:.1%}" for way in ("rules", "likeness", "either"))
            rows.append((name, str(texts), *percents))
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def unseen(path: Path) -> dict[tuple[str, str], list[str]]:
    """The phrases of a table by their set and label. Raises SearchError."""
    found: dict[tuple[str, str], list[str]] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise SearchError(f"{path} is not UTF-8") from None
    for number, line in enumerate(lines, 1):
        label, _, rest = line.partition("\t")
        phrase, _, name = rest.rpartition("\t")
        if label not in ("emergency", "ordinary") or not phrase or not name:
            raise SearchError(f"{path}:{number}: expected emergency or ordinary, phrase and set, between tabs")
        found.setdefault((name, label), []).append(phrase)
    return found


def _written() -> list[str]:
    """Questions written for training, each once, from all over them."""
    texts = [text for pair in written_pairs() for text in (pair.anchor, pair.positive, *pair.negatives)]
    texts = list(dict.fromkeys(texts))
    return texts[:: max(1, len(texts) // WRITTEN)]


def _vectors(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
    found = np.empty((len(texts), encoder.card.dimension), np.float32)
    with Progress(len(texts), "texts embedded") as progress:
        for start in range(0, len(order), CHUNK):
            some = order[start : start + CHUNK]
            found[some] = encoder.encode([texts[number] for number in some])
            progress.add(len(some))
    return found


def _phrases(path: Path) -> list[Phrase]:
    """The phrases of a table, of which there is one at least. Raises SearchError."""
    if not (found := read(path)):
        raise SearchError(f"{path} holds no phrases")
    return found


def questions(path: Path) -> Iterator[str]:
    """What people ask in a file: the text of a query; of a record its message, under its title. Raises SearchError."""
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SearchError(f"{path} is damaged ({error})") from None
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            try:
                value = json.loads(line)
                said = [value["text"]] if "text" in value else [value.get("title", ""), value.get("question", "")]
                yield "\n".join(said).strip()
            except (ValueError, TypeError, AttributeError):
                raise SearchError(f"{path}:{number}: expected a query with a text, or a record") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0 done, 1 failed with a line on stderr, 2 wrong usage."""
    parser = Parser(prog="python -m indexer.likeness", description="Learn what emergencies are like.")
    parser.add_argument("phrases", type=path, help="a table of emergencies: kind, phrase, dev or test, parted by tabs")
    parser.add_argument("ordinary", type=path, help="the same of what is none")
    parser.add_argument("unseen", type=path, help="what is measured and not learnt: label, phrase, set")
    parser.add_argument(
        "--questions", type=path, nargs="+", required=True, help="real ones, which say how much is too much"
    )
    parser.add_argument("--index", type=path, required=True, help="index folder that holds the converted model")
    parser.add_argument("--json", type=path, required=True, help="write the figures there")
    parser.add_argument(
        "--out", type=path, default=LEARNT, help="write what was learnt there (default: the program's own)"
    )
    parser.set_defaults(action=_learn)
    return run(parser, arguments)


def _learn(args: argparse.Namespace) -> None:
    for option in ("json", "out"):
        read_here = (args.phrases, args.ordinary, args.unseen, *args.questions)
        keep_sources(getattr(args, option), read_here, f"--{option}")
    emergencies = [(phrase.kind, phrase.text) for phrase in _phrases(args.phrases)]
    ordinary = [phrase.text for phrase in _phrases(args.ordinary)]
    sets = unseen(args.unseen)
    real = {path: list(dict.fromkeys(questions(path))) for path in args.questions}
    asked = [text for texts in real.values() for text in texts if not urgent(text)]
    if not asked:
        raise SearchError("--questions holds none that raises no notice; give files of what people ask")
    encoder = open_encoder(Layout(args.index))
    found = learnt(encoder, emergencies, ordinary)
    found = replace(found, least=least_for(found, _vectors(encoder, asked)))
    figures = {
        "encoder": encoder.card.name,
        "kind": encoder.card.kind,
        "least": found.least,
        "unseen": {
            f"set {name}, {label}": shares(found, encoder, texts) for (name, label), texts in sorted(sets.items())
        },
        "real": {path.parent.name: shares(found, encoder, texts) for path, texts in real.items()},
    }
    found.save(args.out)
    with replacing(args.json) as file:
        file.write(json.dumps(figures, indent=2) + "\n")
    print(table(figures), end="")


if __name__ == "__main__":
    sys.exit(main())
