"""Which questions are not in English, and what is not made of them."""

from __future__ import annotations

import pytest

from search.foreign import is_english, is_foreign
from search.hits import Switches
from tests.search.real_words import real_words
from tests.search.test_question import READER


@pytest.mark.parametrize(
    "text",
    [
        "quiero morir",
        "me duele el pecho y el brazo izquierdo",
        "mi hijo tiene fiebre y tos",
        "je veux mourir",
        "j’ai mal au ventre depuis hier",
        "ich habe seit zwei tagen kopfschmerzen",
        "estou com dor de cabeça há 3 dias",
        "ho mal di testa da tre giorni",
        "頭痛三天了",
        "у меня болит голова",
        "habe Fieber",
        "Kopfschmerzen",
        "Blut im Urin, was tun?",
        "Husten mit Schleim",
        "dolor de estómago",
        "fièvre chez bébé",
        "tosse secca",
        "não consigo dormir",
        "mijn kind heeft koorts",
        "mi esposo se desmayó y no despierta",
        "me tomé 30 pastillas de paracetamol",
        "¿cuáles son los síntomas de un derrame cerebral?",
        "ma femme s'est ouvert les veines",
        "mon copain ne respire plus",
        "combien de temps dure la rééducation après un AVC",
    ],
)
def test_other_languages_are_told(text: str) -> None:
    assert is_foreign(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?!",
        "mal de debarquement",
        "MI",
        "diarrea",
        "dolor",
        "Koplik spots and fieber",
        "My doctor wrote: dolor, tengo, fiebre. What does that mean and what is it?",
        "C'est la vie, I have a cold",
        "naïve T cells in café au lait spots",
        "my mother had une crise and I do not know what to do",
        "μg or mg",
        "grippe",
        "cri du chat",
        "Smith et al, a café au lait spot",
    ],
)
def test_english_is_not_taken_for_another_language(text: str) -> None:
    assert not is_foreign(text)


def test_nothing_is_corrected_in_another_language() -> None:
    assert not real_words().knows("quiero")
    assert READER.read("quiero la fevr rash").understood.corrections != ()
    assert READER.read("quiero tengo la fevr rash", Switches()).understood.corrections == ()


def test_english_is_told_by_its_small_words_however_the_others_are_spelt() -> None:
    assert is_english("hi docter i hav a pian in my bely and it is wors wen i eat fryed chips")
    assert not is_english("tengo dolor de estomago desde ayer por la noche")
    assert not is_english("Norvasc Zestril Glucophage Lipitor")
    assert not is_english("")
