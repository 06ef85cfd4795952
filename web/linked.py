"""A record as schema.org QAPage, for programs that read pages."""

from __future__ import annotations

from typing import Any

from corpus.records import Answer, Record
from web.words import headline, web_address


def qa_page(record: Record, address: str) -> dict[str, Any]:
    """JSON-LD of the record's page at this address.

    It is data, not code: browsers do not run it, so the policy need not allow it.
    """
    question = {
        "@type": "Question",
        "name": headline(record),
        "text": record.question or record.title,
        "dateCreated": record.asked,
        "answerCount": len(record.answers),
        "suggestedAnswer": [_answer(item) for item in record.answers],
    }
    page = {
        "@context": "https://schema.org",
        "@type": "QAPage",
        "url": address,
        "inLanguage": record.lang,
        "license": record.license,
        "isBasedOn": web_address(record.url),
        "about": [{"@type": "Thing", "name": topic} for topic in record.topics],
        "mainEntity": _stated(question),
    }
    return _stated(page)


def _answer(answer: Answer) -> dict[str, Any]:
    author = {"@type": "Person", "name": answer.responder} if answer.responder else ""
    return _stated({"@type": "Answer", "text": answer.text, "dateCreated": answer.replied, "author": author})


def _stated(value: dict[str, Any]) -> dict[str, Any]:
    return {name: item for name, item in value.items() if item != "" and item != []}
