"""Emergencies told in Chinese, Spanish or French: what raises a notice, and what does not."""

from __future__ import annotations

import tomllib

import pytest

from search.safety import urgent
from search.safety.phrases import LETTERS, PHRASES, entries, folded, load_phrases, parts
from search.safety.rules import load

LANGUAGES = {"zh", "es", "fr"}


@pytest.mark.parametrize(
    ("text", "kind", "extracts"),
    [
        ("quiero morir", "suicide", ["quiero morir"]),
        ("¡Ya NO quiero vivir!", "suicide", ["Ya NO quiero vivir"]),
        ("je veux mourir", "suicide", ["je veux mourir"]),
        ("J’ai envie de mourir", "suicide", ["J’ai envie de mourir"]),
        ("我不想活了", "suicide", ["不想活"]),
        ("自殺", "suicide", ["自殺"]),
        ("me duele el pecho y el brazo izquierdo", "heart", ["me duele el pecho y el brazo izquierdo"]),
        ("爸爸胸口痛，冒冷汗", "heart", ["胸口痛，冒冷汗"]),
        ("j'ai mal a la poitrine", "heart", ["j'ai mal a la poitrine"]),
        ("寶寶嘴唇發紫", "breathing", ["嘴唇發紫"]),
        ("媽媽突然嘴歪", "stroke", ["嘴歪"]),
        ("il fait un AVC", "stroke", ["fait un AVC"]),
        ("他叫不醒，没有呼吸", "unconscious", ["叫不醒", "没有呼吸"]),
        ("ma fille a avalé de la javel", "poisoning", ["a avalé de la javel"]),
        ("mi hijo tragó lejía", "poisoning", ["tragó lejía"]),
        ("no para de sangrar", "bleeding", ["no para de sangrar"]),
        ("小孩被糖果噎到了", "choking", ["噎到"]),
        ("no, me duele el pecho", "heart", ["me duele el pecho"]),
        ("mi papá tiene un dolor muy fuerte en el pecho", "heart", ["dolor muy fuerte en el pecho"]),
        ("mi mamá no puede mover el lado derecho", "stroke", ["no puede mover el lado"]),
        ("me tomé 30 pastillas", "poisoning", ["tomé 30 pastillas"]),
        ("j'ai pris 20 comprimés d'un coup", "poisoning", ["pris 20 comprimés"]),
        ("我吞了三十顆安眠藥", "poisoning", ["吞了三十顆安眠藥"]),
        ("阿嬤突然右手右腳沒力，講話大舌頭", "stroke", ["突然右手右腳沒力"]),
        ("小孩誤吞鈕扣電池", "battery", ["吞鈕扣電池"]),
        ("我奶奶昏倒叫不起来", "unconscious", ["叫不起来"]),
        ("CPR中還是沒有呼吸", "unconscious", ["沒有呼吸"]),
        ("發燒沒有。胸口痛", "heart", ["胸口痛"]),
        ("se me cerró la garganta", "anaphylaxis", ["se me cerró la garganta"]),
        ("mi hijo está convulsionando", "seizure", ["está convulsionando"]),
        ("il s'est fait mordre par une vipère", "venom", ["mordre par une vipère"]),
        ("他說要燒炭，我好怕", "suicide", ["要燒炭"]),
        ("媽媽瓦斯中毒", "carbon-monoxide", ["瓦斯中毒"]),
        ("頭痛得像要炸開", "sudden-headache", ["頭痛得像要炸開"]),
        ("一整天沒有胎動", "pregnancy", ["沒有胎動"]),
        ("老公打我", "danger", ["老公打我"]),
        ("ça va pas j'ai mal à la poitrine", "heart", ["j'ai mal à la poitrine"]),
        ("bebé de dos meses con fiebre", "infant-fever", ["bebé de dos meses con fiebre"]),
        ("宝宝撞到头，一直吐", "head-injury", ["撞到头，一直吐"]),
        ("il s'est ébouillanté", "burn", ["s'est ébouillanté"]),
        ("fièvre et nuque raide", "meningitis", ["fièvre et nuque raide"]),
        ("de repente no veo nada", "vision", ["de repente no veo"]),
    ],
)
def test_a_phrase_raises_the_notice_of_its_kind(text: str, kind: str, extracts: list[str]) -> None:
    notice = urgent(text)
    assert notice is not None
    assert notice.kind == kind
    assert [text[start:end] for start, end in notice.matched] == extracts


@pytest.mark.parametrize(
    "text",
    [
        "no quiero morir",
        "je ne veux pas mourir",
        "je n'ai pas envie de mourir",
        "我不想死",
        "我沒有胸口痛",
        "no me duele el pecho",
        "想死你了",
        "quiero morir de risa",
        "自殺率",
        "胸口痛的原因",
        "síntomas de infarto",
        "mi abuelo tuvo un infarto",
        "symptômes de l'AVC",
        "食物中毒了",
        "我沒有想自殺",
        "symptoms of marijuana intoxication",
        "me tomé 2 pastillas",
        "胸痛但不冒冷汗是什麼原因",
        "dolor de cabeza. nada en el pecho",
        "no puedo respirar por la nariz",
        "l'infection ne répond plus aux antibiotiques",
        "tengo miedo de sufrir un infarto",
        "痰卡在喉嚨",
        "他沒有意識到",
        "三歲小孩講話不清要做語言治療嗎",
        "mon grand-père est mort d'une crise cardiaque",
        "quiero. morir",
        "quiero morirritarme",
    ],
)
def test_denials_idioms_and_questions_raise_none(text: str) -> None:
    assert urgent(text) is None


def test_the_most_pressing_kind_speaks_and_the_words_are_those_of_the_rules() -> None:
    notice = urgent("我想死，吞了很多藥", "TW")
    assert notice is not None
    assert (notice.kind, notice.also) == ("poisoning", ("suicide",))
    assert notice.text.startswith("Call 119 now")


def test_every_kind_of_the_table_has_a_rule_and_every_language() -> None:
    table = tomllib.loads(PHRASES.read_text(encoding="utf-8"))
    assert set(table["told"]) >= set(table["named"])
    assert set(table["told"]) <= {rule.kind for rule in load().rules}
    assert all(set(languages) == LANGUAGES for languages in table["told"].values())
    assert len(list(entries(table))) == sum(map(len, load_phrases().values()))


def test_every_traditional_letter_has_its_simplified_one() -> None:
    letters = tomllib.loads(PHRASES.read_text(encoding="utf-8"))[LETTERS]
    assert len(letters["traditional"]) == len(letters["simplified"]) == len(set(letters["traditional"]))
    assert parts("藥沒癲癇") == "药没癫痫"


def test_accents_do_not_count() -> None:
    assert folded("avalé") == "avale"
    assert folded("javel") == "javel"
