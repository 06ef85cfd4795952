"""MedQuAD: 47,441 question and answer pairs of NIH sites, 16,407 of them with the answer; one XML file a page.

Its oddities: the answers of three sites were taken out for copyright, and their pairs have an empty `Answer`. Two
groups of CancerGov files share a document id (0000013_2 and 0000013_3), so that a pair's name occurs up to seven
times: the second is told apart by `.2`, the third by `.3`, in the order of the file names. One CDC file (0000397)
calls its root `DiseaseFile` and has no `id`; its pairs are known as `CDC_None_Sec1` and so on. Four NINDS files have
another form (`doc`, `pair`); their 16 pairs are not among the 47,441 and are left out. In three files `Focus` is empty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from corpus.errors import CorpusError
from corpus.importers.archive import MAX_ENTRY_BYTES, entries
from corpus.importers.files import files
from corpus.importers.options import Options
from corpus.importers.values import once, one_line
from corpus.jsonl import BadLine
from corpus.records import Record, RecordError, from_json
from corpus.text import clean

SUFFIXES = (".xml",)
ROOTS = ("Document", "DiseaseFile")
OTHER_FORM, OTHER_PAIR = "doc", "pair"
UNANSWERED = "pairs without an answer"
OTHER_FORM_PAIRS = "pairs in files of another form (doc)"
LICENSE = "CC BY 4.0"


def read(path: Path, options: Options) -> Iterator[Record | BadLine]:
    """Each answered pair of the archive, its folder, or one of its files as a Record, in the order of the file names.

    Pairs without an answer are counted in the notes. Raises CorpusError when there is no XML file at all.
    """
    used: Counter[str] = Counter()
    place = None
    for place, content in _contents(path):
        options.notes.at(place)
        root = content if isinstance(content, BadLine) else _root(place, content)
        if isinstance(root, BadLine):
            yield root
        elif root.tag == OTHER_FORM:
            options.notes.left_out[OTHER_FORM_PAIRS] += sum(1 for _ in root.iter(OTHER_PAIR))
        else:
            yield from _records(place, root, used, options)
    if place is None:
        raise CorpusError(f"{path} holds no .xml file; give MedQuAD's zip file or its folder")


def _contents(path: Path) -> Iterator[tuple[str, bytes | BadLine]]:
    if path.is_dir() or path.suffix.lower() in SUFFIXES:
        for file in files(path, SUFFIXES):
            yield str(file), _bytes(file)
    else:
        for name, content in entries(path, ".xml"):
            yield f"{path}/{name}", content


def _bytes(file: Path) -> bytes | BadLine:
    with open(file, "rb") as opened:
        data = opened.read(MAX_ENTRY_BYTES + 1)
    if len(data) > MAX_ENTRY_BYTES:
        return BadLine(str(file), 1, f"the file is larger than {MAX_ENTRY_BYTES >> 20} MiB")
    return data


def _root(place: str, content: bytes) -> Element | BadLine:
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except ParseError as error:
        return BadLine(place, error.position[0], f"not XML: {error}")
    except DefusedXmlException:  # before ValueError, of which it is one
        return BadLine(place, 1, "refused: it declares a document type or entities, which no page needs")
    except (ValueError, LookupError) as error:  # an encoding that Python does not know, or cannot give to the parser
        return BadLine(place, 1, f"not XML that can be read: {error}")
    if root.tag not in (*ROOTS, OTHER_FORM):
        return BadLine(place, 1, f"not a MedQuAD page: its root is {root.tag}, expected {ROOTS[0]}")
    return root


def _records(place: str, root: Element, used: Counter[str], options: Options) -> Iterator[Record | BadLine]:
    for pair in root.iter("QAPair"):
        answer = clean(_text(pair.find("Answer")))
        if not answer:
            options.notes.left_out[UNANSWERED] += 1
            continue
        name = f"{root.get('source')}_{root.get('id')}_Sec{pair.get('pid')}"
        used[name] += 1
        try:
            yield from_json(_value(root, pair, name if used[name] == 1 else f"{name}.{used[name]}", answer))
        except RecordError as error:
            yield BadLine(place, 1, f"pair {pair.get('pid')}: {error}", _text(pair))


def _value(root: Element, pair: Element, name: str, answer: str) -> dict[str, Any]:
    return {
        "id": f"medquad:{name}",
        "title": one_line(_text(pair.find("Question"))),
        "answers": [{"text": answer}],
        "topics": once([one_line(_text(root.find("Focus")))]),
        "source": f"MedQuAD / {root.get('source')}",
        "url": root.get("url", ""),
        "license": LICENSE,
        "lang": "en",
    }


def _text(element: Element | None) -> str:
    return "" if element is None else "".join(element.itertext())
