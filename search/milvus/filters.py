"""Filters as Milvus reads them: expressions over columns, every value of the user's quoted."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.passages import Part
from search.dense import VIEW_OF, View
from search.filters import Filters
from search.milvus.schema import filter_key
from search.rows import PARTS

NOTHING_PASSES = "newest == -1"
ESCAPED = str.maketrans(
    {"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
)  # all that Milvus knows how to read


def expression(filters: Filters) -> str:
    """What the rows of records, or of passages, must be; empty where everything passes."""
    terms = [any_of(name, allowed) for name, allowed in filters.named().items()]
    if days := filters.days():
        terms.append(in_range("newest", *days))
    return " and ".join(terms)


def any_of(column: str, values: Iterable[str]) -> str:
    """The column holds one of these values, as filters compare them."""
    keys = sorted({filter_key(value) for value in values})
    return f"{column} in [{', '.join(map(quoted, keys))}]" if keys else NOTHING_PASSES


def of_view(view: View) -> str:
    """The passages of a view."""
    return in_numbers("part", [PARTS.index(part) for part in Part if VIEW_OF[part] is view])


def in_numbers(column: str, numbers: Iterable[int]) -> str:
    """The column holds one of these whole numbers."""
    return f"{column} in [{', '.join(str(int(number)) for number in numbers)}]"


def in_texts(column: str, texts: Iterable[str]) -> str:
    """The column holds one of these texts."""
    return f"{column} in [{', '.join(map(quoted, texts))}]"


def in_range(column: str, first: int, last: int) -> str:
    """The column holds a whole number from the first to the last."""
    return f"{column} >= {first} and {column} <= {last}"


def both(*terms: str) -> str:
    """All that are not empty hold."""
    return " and ".join(term for term in terms if term)


def quoted(text: str) -> str:
    """A text as a literal, in which nothing of it can be read as anything else."""
    return f'"{text.translate(ESCAPED)}"'
