"""The words that a new index knows: those of general and medical lists, and those that its own records teach it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from corpus.records import Record
from search.errors import SearchError
from search.spelling import Spelling
from search.vocabulary import Vocabulary

# The English list of the package symspellpy (MIT): words of SCOWL with their counts in the Google Books Ngrams.
GENERAL = ("symspellpy", "frequency_dictionary_en_82_765.txt")
GENERAL_SCALE = 1000  # that list counts about 10^12 words: a thousandth is the count in a thousand million
LISTED = 10  # how common a rare word is, or one of the ontology (0 if only the encoder knows it: mostly names),
SAID = DRUG = 30  # or only the list of what people write, or of medicines,
OWN = 4000  # or only our own list of medical words,
MEDICAL = 30  # and how much more common a word of medicine is here than among all words,
EVERYDAY = 30_000  # or, if it is met so often there and is not of our own list,
EVERYDAY_MEDICAL = 10  # how much
PER = 1_000_000_000
LEAST_TOTAL = 1_000_000  # words; a smaller corpus is counted as part of so many: it knows little of what is common
FEW_ASKED = 3  # pages on which people use a word before it counts as one: titles and messages are full of misspellings
FEW_TOLD = 3  # pages on which answers use it, too, if many mean another word by it
RARER = 10  # times as rare as the word that seems to be meant: rarer ones are slips
SHORTEST = 3  # letters; of shorter words any is like any other
WORD = re.compile(r"(?<![\w@./-])[^\W\d_]+(?:['’][^\W\d_]+)?(?![\w@-])")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}\b(?!-)")
ONTOLOGY_NAME = re.compile(r"^name: (.*)", re.MULTILINE)
ONTOLOGY_TEXT = re.compile(r'^(?:synonym|def): "((?:[^"\\]|\\.)*)', re.MULTILINE)


def vocabulary(records: Sequence[Record], lists: Mapping[str, int]) -> dict[str, int]:
    """How often each word is met in a thousand million words: by the lists, and by the records on top of that.

    Of words that the lists lack, the records teach those that an answer or an explanation holds, or the questions of
    FEW_ASKED pages. One by which people plainly mean a listed word is misspelt, however often they write it; unless it
    is mostly a name where it is answered, or not RARER times as rare there as the word that is meant, or on
    FEW_TOLD pages in what is answered and on FEW_ASKED in what is asked.
    """
    told: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for record in records:
        said = [*(answer.text for answer in record.answers), record.more_info]
        told.update(words_of(said))
        asked.update(words_of([record.title, record.question]))
        named.update(names_in(said))
    total = max(LEAST_TOTAL, told.total() + asked.total())
    known = {word: count + (told[word] + asked[word]) * PER // total for word, count in lists.items()}
    spelling = Spelling(Vocabulary(known))
    taught = {word for word in told.keys() | asked.keys() if told[word] or asked[word] >= FEW_ASKED} - known.keys()
    meant = spelling.meant_each(taught)

    def right(word: str) -> bool:
        other = meant[word]
        if other is None or named[word] * 2 > told[word]:
            return True
        return told[word] * RARER >= max(1, told[other]) or (told[word] >= FEW_TOLD and asked[word] >= FEW_ASKED)

    return known | {word: (told[word] + asked[word]) * PER // total for word in taught if right(word)}


def names_in(texts: Iterable[str]) -> set[str]:
    """The words that texts write with a capital where no sentence begins, in small letters."""
    return {word.casefold() for text in texts for word in NAME.findall(text)}


def words_of(texts: Iterable[str]) -> set[str]:
    """The words of some texts that can be told apart by their letters, in small letters, without `'s`."""
    written = "\n".join(texts).casefold().replace("’", "'")
    found = set(WORD.findall(written))
    if "'s" in written:
        found = {word.removesuffix("'s") for word in found}
    return {word for word in found if len(word) >= SHORTEST}


def word_lists(ontology: Path, encoder_words: Iterable[str]) -> dict[str, int]:
    """Every word of the lists with how often it is met in a thousand million words."""
    known = general_words()
    own = own_words("medical.txt")
    medical = dict.fromkeys(ontology_words(ontology), LISTED) | dict.fromkeys(own, OWN)
    listed = dict.fromkeys(words_of(encoder_words), 0) | dict.fromkeys(own_words("rare.txt"), LISTED)
    listed |= dict.fromkeys(own_words("said.txt"), SAID) | dict.fromkeys(own_words("drugs.txt"), DRUG)
    for word, least in medical.items():
        among_all = known.get(word, 0)
        more = MEDICAL if word in own or among_all < EVERYDAY else EVERYDAY_MEDICAL
        listed[word] = more * max(least, among_all)
    return known | {word: max(count, known.get(word, 0)) for word, count in listed.items()}


def own_words(name: str) -> set[str]:
    """The words of a list that comes with the program."""
    lines = (Path(__file__).parent / "words" / name).read_text(encoding="utf-8").splitlines()
    return {word for line in lines if not line.startswith("#") for word in line.split()}


def ontology_words(ontology: Path) -> set[str]:
    """Words of the names, and of synonyms and definitions those that two hold: some of these are misspelt."""
    text = ontology.read_text(encoding="utf-8")
    counts = Counter(word for found in ONTOLOGY_TEXT.findall(text) for word in words_of([found]))
    return words_of(ONTOLOGY_NAME.findall(text)) | {word for word, count in counts.items() if count > 1}


def general_words() -> dict[str, int]:
    """English words, each with how often it is met in a thousand million words. Raises SearchError."""
    lines = _general_file().read_text(encoding="utf-8-sig").splitlines()
    return {word: max(LISTED, int(count) // GENERAL_SCALE) for word, count in (line.split() for line in lines)}


def _general_file() -> Path:
    package, name = GENERAL
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SearchError(f"the package {package}, which holds English words, is not installed; run make setup")
    return Path(spec.origin).parent / name
