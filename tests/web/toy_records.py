"""The few records of the toy engine: with all fields and with few, unanswered, without a message, and hostile."""

from __future__ import annotations

from dataclasses import replace

from corpus.records import Answer, from_json

DEMONSTRATION = "Demonstration text, not reviewed by physicians"

LIP = {
    "id": "toy:lip-1",
    "title": "Twitching or spasms of the lower lip?",
    "question": "Hello doctor. For two days my lower lip has been twitching at night.\n\nCould it be a stroke?",
    "asker": {"age": "40-49", "sex": "female"},
    "asked": "2012-01-15",
    "answers": [
        {
            "text": "This may be harmless. Twitching of the lip often comes with tiredness.\n\nDo see a neurologist.",
            "responder": "Family physician",
            "specialty": "Family Medicine",
            "replied": "2012-01-16",
        },
        {"text": "I agree.", "responder": "Neurologist", "specialty": "Neurology", "replied": "2012-02-01"},
        {"text": "Sleep more.", "responder": "Dentist", "specialty": "Dentistry", "replied": "2012-02-03"},
    ],
    "more_info": "Causes of twitching\n1. Fatigue.\n2. Caffeine.\n\nConclusion\nMostly harmless.",
    "topics": ["Lip twitching", "Stress"],
    "specialty": "Neurology",
    "source": DEMONSTRATION,
    "license": "Apache-2.0",
    "lang": "en",
    "crawled_by": "a program",
}
EYELID = {
    "id": "toy:eyelid-1",
    "title": "Why does my eyelid keep twitching?",
    "question": "My left eyelid keeps twitching. I drink a lot of coffee.",
    "asker": {"age": "20-29", "sex": "male"},
    "asked": "2021-11-23",
    "answers": [{"text": "Drink less coffee.", "responder": "Neurologist", "specialty": "Neurology"}],
    "topics": ["Eyelid twitching", "Caffeine"],
    "specialty": "Neurology",
    "source": DEMONSTRATION,
    "license": "Apache-2.0",
}
UNANSWERED = {
    "id": "toy:lip-2",
    "title": "Numb lip after the dentist",
    "question": "My lip is still numb two days after the dentist.",
    "asker": {"sex": "female"},
    "asked": "2019-05-02",
    "topics": ["Lip numbness"],
    "specialty": "Dentistry",
    "source": DEMONSTRATION,
    "license": "Apache-2.0",
}
RASH = {
    "id": "nih:rash_2",
    "title": "What are the symptoms of fifth disease ?",
    "answers": [{"text": "A red rash on the cheeks. It itches."}],
    "source": "NIH",
    "url": "https://example.org/fifth",
    "license": "CC BY 4.0",
}
HOSTILE = {
    "id": "toy:hostile",
    "title": "<script>alert('title')</script> & burns",
    "question": "I spilled <b>hot</b> </script><script>alert('question')</script> soup on my hand.",
    "answers": [{"text": "Cool the burns under <img src=x onerror=alert(1)> running water."}],
    "specialty": "Emergency <Medicine>",
    "source": "Soup & Sons",
    "url": "javascript:alert(1)",
}
TOY = tuple(from_json(value) for value in (LIP, EYELID, UNANSWERED, RASH, HOSTILE))
AGAIN = replace(  # asks what the page about the lip does, and is not among the records unless a test puts it there
    TOY[0],
    id="toy:lip-9",
    question="The same once more: my lower lip has been twitching.",
    answers=(Answer("Wait a week.", "Dr. B", "Neurology", "2020-03-04"),),
    source="Another site",
)
