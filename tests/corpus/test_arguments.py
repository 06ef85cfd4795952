"""What the parser of every command line adds to argparse."""

from __future__ import annotations

import shlex

from corpus.arguments import Parser
from corpus.usage import EXAMPLE, parser


def test_help_says_the_default_of_each_option_that_takes_a_text_or_a_number() -> None:
    made = Parser(prog="toy", add_help=False)
    made.add_argument("-k", type=int, default=10, help="how many")
    made.add_argument("--most", type=int, default=3, help="at most (default: as many as there are)")
    made.add_argument("--name", default="", help="any")
    made.add_argument("--file", help="another")
    made.add_argument("--all", action="store_true", help="every one")
    assert made.format_help().splitlines()[3:] == [
        "  -k K         how many (default: 10)",
        "  --most MOST  at most (default: as many as there are)",
        "  --name NAME  any",
        "  --file FILE  another",
        "  --all        every one",
    ]


def test_the_example_in_the_help_of_import_is_a_command() -> None:
    [_, example] = EXAMPLE.replace("\\\n", " ").split("python -m corpus ")
    found = parser().parse_args(shlex.split(example))
    assert found.column == [("id", "Number"), ("title", "Question"), ("answer", "Doctor's reply")]
