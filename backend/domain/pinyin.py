"""How Chinese names are spelt, sorted and found.

Dictionaries read 曾 as ceng and 单 as dan; in a surname, and in a village named after a family (曾家庄), they are
zeng and shan. The readings are computed when a row is written and stored, since no database collation knows them.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from pypinyin import Style, lazy_pinyin, pinyin


class Spelling(NamedTuple):
    """`full` ("zengguangyao") and `initials` ("zgy") serve search; `sort_key` orders by bytes: syllable and tone
    first, then the characters, with numbers by value (第二村 before 第十村)."""

    full: str
    initials: str
    sort_key: str


# Surnames whose usual reading in a dictionary is another one, with tone.
_SURNAMES = {
    "曾": "zeng1", "查": "zha1", "单": "shan4", "解": "xie4", "仇": "qiu2", "区": "ou1", "朴": "piao2", "盖": "ge3",
    "任": "ren2", "缪": "miao4", "翟": "zhai2", "乐": "yue4", "员": "yun4", "华": "hua4", "那": "na1", "折": "she2",
    "黑": "he4", "覃": "qin2", "乜": "nie4", "繁": "po2", "宁": "ning4", "召": "shao4", "秘": "bi4", "祭": "zhai4",
    "隗": "wei3", "种": "chong2", "都": "du1", "句": "gou1", "相": "xiang4", "薄": "bo2", "於": "yu1", "洗": "xian3",
    "占": "zhan1", "燕": "yan1", "葛": "ge3", "过": "guo1", "哈": "ha3", "纪": "ji3", "长": "chang2", "藏": "zang4",
    "阚": "kan4", "重": "chong2", "厘": "xi1", "蕃": "pi2",
}  # fmt: skip
_COMPOUND_SURNAMES = {
    "尉迟": "yu4 chi2", "万俟": "mo4 qi2", "令狐": "ling2 hu2", "长孙": "zhang3 sun1", "单于": "chan2 yu2",
    "澹台": "tan2 tai2", "子车": "zi3 ju1", "长乐": "chang2 le4",
}  # fmt: skip
# Words of places and offices that the phrase dictionary reads wrongly when they stand inside a longer name.
_PLACE_WORDS = {
    "长岭": "chang2 ling3", "长河": "chang2 he2", "长岗": "chang2 gang3", "长山": "chang2 shan1", "长沟": "chang2 gou1",
    "长坡": "chang2 po1", "长桥": "chang2 qiao2", "长湾": "chang2 wan1", "长堤": "chang2 di1", "长塘": "chang2 tang2",
    "长林": "chang2 lin2", "长庄": "chang2 zhuang1", "长屯": "chang2 tun2", "长村": "chang2 cun1",
    "朝阳": "chao2 yang2", "乐陵": "lao4 ling2", "会计": "kuai4 ji4", "银行": "yin2 hang2", "社区": "she4 qu1",
    "街道": "jie1 dao4", "重建": "chong2 jian4", "重阳": "chong2 yang2", "行政": "xing2 zheng4", "堡子": "pu4 zi5",
    "里堡": "li3 pu4",
}  # fmt: skip

# A family name before one of these is a village named after the family even without 家, when it opens the name.
_FAMILY_VILLAGE = frozenset("庄村屯营寨沟楼集湾洼岗岭坡堡")
_CLEARLY_FAMILY = frozenset("曾查单解仇盖缪翟覃逄朴任葛薄")
_UNIT_END = frozenset("县市区镇乡道")

_CHINESE_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = re.compile(r"(?<=第)[〇零一二两三四五六七八九十百千]+|[0-9]+")
_TONED = re.compile(r"[a-zü]+[1-5]")


# Rosters repeat names: of 40,000 people a third bear a name of their own.
@lru_cache(maxsize=16_384)
def spell_person(name: str) -> Spelling:
    """The spelling of a person's name, its surname read as a surname: 单雄信 is shanxiongxin, 尉迟恭 is yuchigong."""
    return _spelling(name, _person_syllables)


def spell_organization(name: str) -> Spelling:
    """The spelling of an organisation's name: 曾家庄村党支部 begins with zengjiazhuang, 和井镇查家沟 has zhajiagou."""
    return _spelling(name, _organization_syllables)


def grams(text: str) -> list[str]:
    """Every run of one and of two characters in `text`, folded for search, sorted and without repeats: what is stored
    in the `text[]` column that a GIN index serves."""
    folded = fold(text)
    return sorted({*folded, *(folded[i : i + 2] for i in range(len(folded) - 1))})


def query_grams(text: str) -> list[str]:
    """The grams that a row must contain to contain `text`: the fewest that the index needs. A match still has to be
    checked against the text itself, because grams do not remember their order."""
    folded = fold(text)
    return grams(text) if len(folded) < 2 else sorted({folded[i : i + 2] for i in range(len(folded) - 1)})


def fold(text: str) -> str:
    """`text` as search compares it: NFKC, lower case, neither white space nor the middle dot of names."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().replace("·", "").split())


@lru_cache(maxsize=16_384)
def sounds(character: str) -> frozenset[str]:
    """Every way in which a character may be read, without tones; a surname's own reading is one of them."""
    read = {*pinyin(character, style=Style.NORMAL, heteronym=True)[0]}
    return frozenset({*read, *({_bare(_SURNAMES[character])} if character in _SURNAMES else ())})


def _person_syllables(name: str) -> list[str]:
    compound = _COMPOUND_SURNAMES.get(name[:2]) if len(name) > 2 else None
    if compound:
        return [*compound.split(), *_read(name[2:])]
    surname = _SURNAMES.get(name[:1])
    return [surname, *_read(name[1:])] if surname else _read(name)


def _organization_syllables(name: str) -> list[str]:
    syllables: list[str] = []
    unread = at = 0
    while at < len(name):
        reading, length = _place_reading(name, at)
        if reading:
            syllables += [*_read(name[unread:at]), *reading.split()]
            unread = at + length
        at += length
    return [*syllables, *_read(name[unread:])]


def _place_reading(name: str, at: int) -> tuple[str | None, int]:
    word = name[at : at + 2]
    if word in _PLACE_WORDS or word in _COMPOUND_SURNAMES:
        return _PLACE_WORDS.get(word) or _COMPOUND_SURNAMES[word], 2
    surname, following = name[at], name[at + 1 : at + 2]
    opens = at == 0 or name[at - 1] in _UNIT_END
    clearly = surname in _CLEARLY_FAMILY
    # 区 is a surname too, so 社区家园 must not become ou-jia: inside a name only clear surnames are read as such.
    if surname in _SURNAMES and (
        (following == "家" and (opens or clearly)) or (following in _FAMILY_VILLAGE and opens and clearly)
    ):
        return _SURNAMES[surname], 1
    return None, 1


def _read(text: str) -> list[str]:
    return lazy_pinyin(text, style=Style.TONE3) if text else []


def _spelling(name: str, read: Callable[[str], list[str]]) -> Spelling:
    syllables = read(name)
    words = [word for word in map(_bare, syllables) if word]
    ordered = _NUMBER.sub(lambda number: f"{_value(number[0]):06d}", name)
    key = syllables if ordered == name else read(ordered)
    return Spelling("".join(words), "".join(map(_initial, words)), f"{' '.join(key)} {name}".casefold())


def _bare(syllable: str) -> str:
    """A syllable without its tone; of anything else the letters and digits."""
    return syllable[:-1] if _TONED.fullmatch(syllable) else "".join(filter(str.isalnum, fold(syllable)))


def _initial(word: str) -> str:
    return word[0] if word[0].isalpha() else word


def _value(number: str) -> int:
    """A number of a place name: 12, 十二, 二十, 一百零三; digits one after the other (一〇三) count as written."""
    if number.isascii():
        return min(int(number[:9]), 999_999)
    if not any(char in _CHINESE_UNITS for char in number):
        return int("".join(str(_CHINESE_DIGITS[char]) for char in number)[:6])
    total = digit = 0
    for char in number:
        if char in _CHINESE_UNITS:
            total += (digit or 1) * _CHINESE_UNITS[char]
            digit = 0
        else:
            digit = _CHINESE_DIGITS[char]
    return total + digit
