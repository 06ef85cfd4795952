"""The page of one question with its answers, as a reader and a program see it."""

from __future__ import annotations

import json

from flask.testing import FlaskClient

from tests.web.test_pages import read, titles
from tests.web.toy_records import DEMONSTRATION


def test_a_reader_sees_the_whole_page(client: FlaskClient) -> None:
    page = client.get("/qa/toy:lip-1").text
    text = read(page)
    assert "<title>Twitching or spasms of the lower lip? · MedQA Search</title>" in page
    assert "The question Female, 40–49 years Hello doctor." in text
    assert '<p class="kept">Could it be a stroke?</p>' in page
    assert "Reply 1 of 3 Family physician Family Medicine Replied 16 January 2012 This may be harmless." in text
    assert "Reply 2 of 3 Neurologist Neurology Replied 1 February 2012 I agree." in text
    assert "<h3>Causes of twitching</h3>" in page
    assert '<p class="kept">1. Fatigue.\n2. Caffeine.</p>' in page
    assert f"Source {DEMONSTRATION}" in text
    assert "License Apache-2.0 Topics Lip twitching , Stress" in text
    assert '<a href="/topics/Lip%20twitching">Lip twitching</a>' in page
    assert '<link rel="canonical" href="/qa/toy:lip-1">' in page
    assert "Permanent link http://localhost/qa/toy:lip-1" in text
    assert "a program" not in page  # an unknown field; it is in the JSON
    assert '<a href="/api/records/toy:lip-1">' in page


def test_a_reader_goes_on_to_similar_pages_and_topics(client: FlaskClient) -> None:
    page = client.get("/qa/toy:eyelid-1").text
    assert titles(page)[0] == "Twitching or spasms of the lower lip?"
    assert "close to what this page asks" not in page  # two of six words: the same topic
    assert '<a href="/qa/toy:lip-1">Read more<span class="unseen"> of: Twitching or spasms' in page
    assert '<a href="/topics/Lip%20numbness">Lip numbness</a>' in page
    assert '<span class="quiet">(<a href="/specialties/Dentistry">Dentistry</a>)' in page


def test_a_page_nobody_answered_says_so(client: FlaskClient) -> None:
    page = client.get("/qa/toy:lip-2").text
    assert "No doctor has answered this one." in read(page)
    assert "0 replies" in read(page)


def test_a_source_on_the_web_is_a_link_that_tells_nothing(client: FlaskClient) -> None:
    page = client.get("/qa/nih:rash_2").text
    assert '<a href="https://example.org/fifth" rel="noopener noreferrer">NIH</a>' in page
    assert "CC BY 4.0" in page


def test_programs_read_the_page_as_linked_data(client: FlaskClient) -> None:
    page = client.get("/qa/toy:eyelid-1").text
    data = json.loads(page.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert data == {
        "@context": "https://schema.org",
        "@type": "QAPage",
        "url": "http://localhost/qa/toy:eyelid-1",
        "license": "Apache-2.0",
        "about": [{"@type": "Thing", "name": "Eyelid twitching"}, {"@type": "Thing", "name": "Caffeine"}],
        "mainEntity": {
            "@type": "Question",
            "name": "Why does my eyelid keep twitching?",
            "text": "My left eyelid keeps twitching. I drink a lot of coffee.",
            "dateCreated": "2021-11-23",
            "answerCount": 1,
            "suggestedAnswer": [
                {
                    "@type": "Answer",
                    "text": "Drink less coffee.",
                    "author": {"@type": "Person", "name": "Neurologist"},
                }
            ],
        },
    }
