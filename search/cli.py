"""The search command line: ask, similar, batch."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from corpus import output
from corpus.arguments import Parser, path
from corpus.jsonl import keep_sources, replacing
from corpus.progress import Progress
from search.command import WrongUsage, index_option, run
from search.errors import NotFound, SearchError
from search.filters import Filters
from search.foreign import is_foreign
from search.hits import HALF_CHARACTER, MAX_K, Question, Results, Switches, Understood
from search.opening import open_index
from search.present import results_json, shown, shown_answer

TAG = "medqa"
MAX_BATCH_K = 1000
SWITCHES = {
    "corrections": "correct the spelling",
    "expansions": "add medical terms for abbreviations and lay terms",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code of one command: 0 done, 1 failed, 2 wrong usage."""
    return run(_parser(), argv)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m search", description="Ask an index from the shell.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    ask = commands.add_parser("ask", help="the pages nearest to a question")
    ask.add_argument("question", help='in quotes, as a person asks: "my lip keeps twitching"')
    ask.add_argument("--specialty", action="append", metavar="S", help="only pages of this specialty; may be repeated")
    for switch, what in SWITCHES.items():
        ask.add_argument(f"--no-{switch}", dest=switch, action="store_false", help=f"do not {what}")
    ask.set_defaults(action=_ask)
    similar = commands.add_parser("similar", help="the pages nearest to a page")
    similar.add_argument(
        "id", metavar="RECORD_ID", help="the id of a page, which stands last in the second line of a result of ask"
    )
    similar.set_defaults(action=_similar)
    for command in (ask, similar):
        command.add_argument("-k", type=_count(MAX_K), default=10, help="how many")
        command.add_argument("--json", action="store_true", help="the answer as the site's JSON")
        index_option(command)
    batch = commands.add_parser("batch", help="answer a file of questions, as a TREC run")
    batch.add_argument("--queries", type=path, required=True, metavar="QUERIES.jsonl", help='lines {"id", "text"}')
    batch.add_argument(
        "--run",
        type=path,
        required=True,
        metavar="OUT.trec",
        help="where to write lines of: question Q0 record rank score tag",
    )
    batch.add_argument("-k", type=_count(MAX_BATCH_K), default=100, help="records a question")
    index_option(batch)
    batch.set_defaults(action=_batch)
    return parser


def _count(most: int):  # type: ignore[no-untyped-def]
    def number(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"must be a number from 1 to {most}, found {text}")
        return int(text)

    return number


def _ask(args: argparse.Namespace) -> None:
    if not args.question.strip():
        raise WrongUsage("the question is empty")
    filters = Filters(specialties=frozenset(args.specialty) if args.specialty else None)
    switches = Switches(**{name: getattr(args, name) for name in SWITCHES})
    question = Question(args.question, args.k, filters=filters, switches=switches)
    _show(open_index(args.index).search(question), args.json)


def _similar(args: argparse.Namespace) -> None:
    engine = open_index(args.index)
    try:
        results = engine.similar(args.id, args.k)
    except NotFound as error:
        raise SearchError(f"{error}; give one of those that ask prints with the pages it finds") from None
    _show(results, args.json)


def _show(results: Results, as_json: bool) -> None:
    if as_json:
        print(output.as_json(results_json(results), indent=2))
        return
    _show_understood(results.query)
    if results.urgent:
        print(f"{results.urgent['title']}\n{results.urgent['text']}")
        for action in results.urgent["actions"]:
            print(f"   {action['label']}: {action['number']}")
        print()
    if is_foreign(results.query.text):
        print("Note: only English is read here; the pages below may have nothing to do with what you asked.")
    for lost in results.degraded:
        print(f"Note: {lost}.")
    for name, value in results.unmatched_filters:
        print(f"Note: no page here has the {name} {value}.")
    hits = shown(results)
    if not results.hits:
        print("No page passes the filter.\n" if results.index.records else "The index is empty.\n")
    elif not hits:
        print("No pages are shown: what others wrote cannot take the place of a person who listens.\n")
    elif results.no_close_match:
        print("No page here is close to this. The nearest, which may be about something else:\n")
    for number, hit in enumerate(hits, 1):
        record = hit.record
        answer = shown_answer(hit)
        who = (answer.responder, answer.specialty, answer.replied) if answer else ("not answered",)
        print(f"{number}. {output.line(record.title or hit.question_snippet.text or hit.answer_snippet.text)}")
        origin = output.line(", ".join(filter(None, (*who, record.source))))
        print("   " + " | ".join(filter(None, (f"{hit.match}, {hit.score:.2f}", origin, record.id))))
        if hit.answer_snippet.text:
            print(f"   {output.line(hit.answer_snippet.text)}")
        print()
    print("Answers were written for other people; they are not a diagnosis.")


def _show_understood(query: Understood) -> None:
    for item in query.corrections:
        print(f"searched for {item['to']} instead of {item['from']} (--no-corrections)")
    for item in query.expansions:
        print(f"also searched for {item['to']} ({item['from']}; {item['source']}; --no-expansions)")
    if query.corrections or query.expansions:
        print()


def _batch(args: argparse.Namespace) -> None:
    keep_sources(args.run, [args.queries], "--run")
    try:
        queries = list(read_queries(args.queries))
    except OSError as error:
        wanted = 'give --queries a file with a line {"id": "...", "text": "..."} for each question'
        raise SearchError(f"{args.queries}: {error.strerror}; {wanted}") from None
    engine = open_index(args.index)
    for lost in engine.missing:
        print(f"Note: {lost}.")
    for query_id in (query_id for query_id, text in queries if not text.strip()):
        print(f"Note: the question {query_id} has no text, and finds nothing.")
    with replacing(args.run) as out, Progress(len(queries), "questions") as progress:
        for query_id, text in queries:
            for rank, (record_id, score) in enumerate(engine.run(text, args.k, without=query_id), 1):
                out.write(f"{query_id} Q0 {record_id} {rank} {score:.6f} {TAG}\n")
            progress.add(1)
    print(f"{len(queries):,} questions answered in {args.run}")


def read_queries(path: Path) -> Iterator[tuple[str, str]]:
    """Ids and texts of a file of questions. Raises SearchError with the line that is wrong."""
    seen: set[str] = set()
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
                query_id, text = value["id"], value["text"]
            except (ValueError, KeyError, TypeError, RecursionError):
                raise SearchError(f'{path}:{number}: expected {{"id": "...", "text": "..."}}') from None
            if not isinstance(query_id, str) or not isinstance(text, str) or query_id.split() != [query_id]:
                raise SearchError(f"{path}:{number}: id and text must be strings, the id without spaces")
            if HALF_CHARACTER.search(query_id + text):
                raise SearchError(f"{path}:{number}: half of a surrogate pair is not a character")
            if query_id in seen:
                raise SearchError(f"{path}:{number}: the id {query_id} was used before")
            seen.add(query_id)
            yield query_id, text
