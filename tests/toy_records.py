"""A few small records that between them have every form a page can have."""

from __future__ import annotations

from corpus.records import Answer, Asker, Record

LIP = Record(
    id="toy:lip",
    title="Is lip twitching a stroke?",
    question="Hello doctor. For two days my lip has been twitching at night. Could it be a stroke?",
    asker=Asker("40-49", "female"),
    asked="2012-01-15",
    answers=(
        Answer(
            "Twitching of the lip is mostly harmless. Drink less coffee.", "Physician", "Family Medicine", "2012-01-16"
        ),
        Answer(
            "A stroke makes half of the face weak. See a neurologist if it does.",
            "Neurologist",
            "Neurology",
            "2012-02-01",
        ),
    ),
    more_info="Causes of twitching\nFatigue is the first. Coffee is the second.",
    topics=("Lip twitching", "Stress"),
    specialty="Neurology",
    source="Toy pages",
    url="https://example.org/lip",
    license="CC0",
    lang="en",
    extra={"votes": 3},
)
EYELID = Record(  # no dates; the specialty in another case; shares a topic with the page above
    id="toy:eyelid",
    title="Eyelid twitching",
    question="My eyelid keeps twitching. I drink coffee.",
    asker=Asker("20-29", "male"),
    answers=(Answer("Drink less coffee.", "Neurologist", "neurology"),),
    topics=("stress", "Caffeine"),
    specialty="neurology",
    source="toy pages",
)
TITLE_ONLY = Record(id="toy:fever", title="What causes a fever?", specialty="Internal Medicine", source="Other pages")
NO_TITLE = Record(
    id="toy:cough",
    question="My son has a cough and a fever.",
    asker=Asker("00-09", "male"),
    asked="2020-05-06",
    answers=(Answer("Let him drink. Come in if the fever stays.", "Paediatrician", "Pediatrics", "2020-05-07"),),
    topics=("Caffeine", "Fluids"),
    specialty="Pediatrics",
    source="Toy pages",
)
UNANSWERED = Record(
    id="toy:numb",
    title="Numb lip",
    question="My lip is numb since I saw the dentist.",
    asker=Asker(sex="female"),
    asked="2019-05-02",
    specialty="Dentistry",
    source="Toy pages",
)
ACCENTS = Record(
    id="toy:rash",
    title="Éruption: a rash after the crème brûlée 🍮",
    answers=(
        Answer("No fever? Then the rash — “urticaire” — goes by itself.", "皮膚科医", "Dermatology", "2021-03-04"),
    ),
    topics=("Allergy", "皮膚"),
    specialty="Dermatology",
    source="Notes d’été",
    lang="en",
)
ANSWER_ONLY = Record(id="toy:tip", answers=(Answer("Sleep well and drink water."),))

RECORDS = (LIP, EYELID, TITLE_ONLY, NO_TITLE, UNANSWERED, ACCENTS, ANSWER_ONLY)
BY_ROW = tuple(sorted(RECORDS, key=lambda record: record.id))  # cough, eyelid, fever, lip, numb, rash, tip

LISTED = ("harmless", "neurologist", "dentist", "weak", "night", "sleep")  # words that a list knows

# The file of a vocabulary of two terms, one of them with a name for lay people.
ONTOLOGY = """format-version: 1.2
data-version: hp/releases/2025-01-16

[Term]
id: HP:0000001
name: Fever
synonym: "hot \\"brow\\"" EXACT layperson [X:1]
synonym: "Hot flush" EXACT layperson [X:1]
synonym: "Pyrexia" EXACT [X:2]

[Term]
id: HP:0000002
name: obsolete Rash
synonym: "Red skin" EXACT layperson []
is_obsolete: true

[Term]
id: HP:0000003
name: Rash
synonym: "Red skin" RELATED layperson [X:1]

[Typedef]
id: part_of
"""
