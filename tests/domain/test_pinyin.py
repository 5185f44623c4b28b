import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.pinyin import grams, query_grams, spell_organization, spell_person


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("曾庆红", "zengqinghong", "zqh"),
        ("查良镛", "zhaliangyong", "zly"),
        ("单雄信", "shanxiongxin", "sxx"),
        ("解晓东", "xiexiaodong", "xxd"),
        ("仇英", "qiuying", "qy"),
        ("区志", "ouzhi", "oz"),
        ("朴实", "piaoshi", "ps"),
        ("盖聂", "genie", "gn"),
        ("缪斯", "miaosi", "ms"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("万俟卨", "moqixie", "mqx"),
        ("单于", "shanyu", "sy"),
        ("吕布", "lvbu", "lb"),
        ("阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"),
    ],
)
def test_spells_surnames_as_surnames(name: str, full: str, initials: str) -> None:
    spelling = spell_person(name)
    assert (spelling.full, spelling.initials) == (full, initials)


def test_sorts_the_surname_ren_by_its_own_tone() -> None:
    assert spell_person("任远").sort_key < spell_person("认远").sort_key


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("曾家庄村党支部", "zengjiazhuangcundangzhibu"),
        ("和井镇查家沟", "hejingzhenzhajiagou"),
        ("单家营", "shanjiaying"),
        ("单于村", "chanyucun"),
        ("解放街道", "jiefangjiedao"),
        ("南岸社区家园", "nananshequjiayuan"),
        ("长岭村", "changlingcun"),
        ("曾庄", "zengzhuang"),
        ("ABC有限公司2组", "abcyouxiangongsi2zu"),
    ],
)
def test_spells_villages_after_their_families(name: str, full: str) -> None:
    assert spell_organization(name).full == full


def test_sorts_numbered_villages_by_number() -> None:
    names = ["第十新村", "第二新村", "第十一新村", "第一新村", "第二十新村", "第一百零三新村"]
    ordered = sorted(names, key=lambda name: spell_organization(name).sort_key)
    assert ordered == ["第一新村", "第二新村", "第十新村", "第十一新村", "第二十新村", "第一百零三新村"]
    assert spell_organization("2组").sort_key < spell_organization("10组").sort_key


@given(st.text(max_size=60))
def test_spells_any_text_without_failing(name: str) -> None:
    assert spell_person(name).sort_key.endswith(name.casefold())
    assert not any(char.isspace() for char in spell_organization(name).full)


def test_grams_fold_width_case_and_spaces() -> None:
    assert grams("Ａ 东街") == ["a", "a东", "东", "东街", "街"]
    assert query_grams("东街路灯") == ["东街", "街路", "路灯"]
    assert query_grams("灯") == ["灯"]


@given(st.text("东街路灯不亮Ａb１2 ·", max_size=40), st.integers(0, 40), st.integers(1, 10))
def test_whatever_a_text_contains_is_found_by_its_grams(text: str, start: int, length: int) -> None:
    assert set(query_grams(text[start : start + length])) <= set(grams(text))
