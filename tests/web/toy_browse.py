"""Over the toy records: by topic and specialty, through filters, counted, and the sentence of one to show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from corpus.records import Record
from search import browse
from search.errors import NotFound
from search.filters import Filters
from search.hits import Facets, Snippet


class ToyBrowse:
    """The toy records by topic and specialty, as `search.browse.Browse` has those of an index."""

    def __init__(self, records: tuple[Record, ...]) -> None:
        self.records = records

    def topics(self, initial: str = "", limit: int = 100, offset: int = 0) -> tuple[tuple[str, int], ...]:
        """All topics with their counts, most first, or those with this initial by the alphabet."""
        counted = counts(topic for record in self.records for topic in record.topics)
        if initial:
            counted = tuple(sorted(item for item in counted if item[0].upper().startswith(initial.upper())))
        return counted[offset : offset + limit]

    def initials(self) -> tuple[tuple[str, int], ...]:
        """First letters."""
        letters = Counter(topic[0].upper() for topic, _ in self.topics())
        return tuple(sorted(letters.items()))

    def count_topics(self) -> int:
        """How many there are."""
        return len(self.topics())

    def pages(self, shelf: browse.Shelf, name: str = "", limit: int = 20, offset: int = 0) -> browse.Pages:
        """The records of a shelf. Raises NotFound."""
        carried = {
            browse.Shelf.ALL: lambda record: True,
            browse.Shelf.SPECIALTY: lambda record: record.specialty.casefold() == name.casefold(),
            browse.Shelf.TOPIC: lambda record: name.casefold() in [topic.casefold() for topic in record.topics],
        }[shelf]
        found = sorted(filter(carried, self.records), key=lambda record: record.newest, reverse=True)
        if not found and shelf is not browse.Shelf.ALL:
            raise NotFound(f"no page has the {shelf.value} {name}")
        return browse.Pages(name, len(found), tuple(found[offset : offset + limit]))

    def topics_of(self, specialty: str, limit: int) -> tuple[tuple[str, int], ...]:
        """Topics of the records of a specialty."""
        return counts(topic for record in self.records if record.specialty == specialty for topic in record.topics)


def counts(values: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Each value that is not empty with its count, most first, then by name."""
    return tuple(sorted(Counter(value for value in values if value).items(), key=lambda item: (-item[1], item[0])))


def words(text: str) -> set[str]:
    """The words of a text, in small letters."""
    return set(re.findall(r"\w+", text.casefold()))


def snippet(text: str, whole: str, part: str) -> Snippet:
    """The first sentence of the text's part that holds one of the words, else the first."""
    sentences = [match.span() for match in re.finditer(r"[^.?!\s][^.?!]*[.?!]?", whole)]
    holding = [span for span in sentences if words(text) & words(whole[slice(*span)])]
    start, end = (holding or sentences)[0]
    found = whole[start:end]
    spans = [match.span() for match in re.finditer(r"\w+", found) if match.group().casefold() in words(text)]
    return Snippet(found, tuple(spans), part, 0, start, end)


def passes(record: Record, filters: Filters) -> bool:
    """Whether the record passes all filters."""
    sets = [
        (filters.specialties, record.specialty),
        (filters.sources, record.source),
        (filters.ages, record.asker.age if record.asker else ""),
        (filters.sexes, record.asker.sex if record.asker else ""),
    ]
    named = all(wanted is None or value.casefold() in {item.casefold() for item in wanted} for wanted, value in sets)
    days = (not filters.after or record.newest >= filters.after) and (
        not filters.before or "" < record.newest <= filters.before
    )
    return named and days


def facets(records: Iterable[Record]) -> Facets:
    """Counts of the values that the records have, most first, then by name."""
    kept = list(records)
    askers = [record.asker for record in kept if record.asker]
    return Facets(
        specialties=counts(record.specialty for record in kept),
        sources=counts(record.source for record in kept),
        ages=counts(asker.age for asker in askers),
        sexes=counts(asker.sex for asker in askers),
    )
