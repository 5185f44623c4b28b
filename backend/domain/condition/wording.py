"""Conditions on texts: that they say something, and nothing about a person that others need not know."""

import re
import unicodedata
from collections.abc import Iterable

from backend.domain.condition.vocabulary import TEXT, Params, word
from backend.domain.errors import Problem
from backend.domain.scene import Scene

LEAST_CHARACTERS = 10
LEAST_SUBSTANCE = 5
"""So many different characters have to be left when stock words are taken out."""

_STOCK = re.compile(
    "处理|解决|办理|办结|整改|落实|完成|答复|回复|反馈|收到|知悉|知晓|了解|核实|转交|转办|研究|完毕|到位|情况|属实"
    "|问题|事项|意见|建议|工作|反映|我们|单位|有关|相关|部门|已经|全部|按照|要求|及时|正在|尽快|认真|依法|妥善|感谢"
    "|谢谢|支持|放心|同意|进行|予以|高度重视|重视|高度|责成|督促|跟进|跟踪|关注|关心|积极|努力|加强|进一步|继续|等待"
    "|耐心|理解|配合|深入|调查|领导|上级|职能|主管|同志|诉求|后续|相应|采取|措施|适时|逐步|争取|推进|协调|安排"
    "|早日|一定|非常|转|会|给|我|您|你|已|均|按|将|了|的|请|无|是|对|并"
)
_SIGNS = re.compile(r"[\W_]+")

_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s\-‐-―·.]+(?=[\dXx])")
# 199，0000，3355: a comma between groups, but not in 13,500,000.
_BETWEEN_GROUPS = re.compile(r"(?<=\d{3})[,;、/](?=\d{4})")
_SPOKEN = str.maketrans("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789")
_CALLED = re.compile(r"(?:电话|座机|热线|联系方式|号码)[^\d]{0,4}\d{7,8}(?!\d)")
_PHONE = re.compile(r"(?<!\d)(?:86)?1[3-9]\d{9}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)")
_CITIZEN_NUMBER = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?!\d)")
_BANK_NUMBER = re.compile(r"(?<!\d)\d{16,19}(?!\d)")
_PERSONAL = (_PHONE, _LANDLINE, _CITIZEN_NUMBER, _BANK_NUMBER, _CALLED)


@word({"field": TEXT}, "field")
def concrete(params: Params, scene: Scene) -> Iterable[Problem]:
    """Each text says what was done: ten characters or more that are no spaces, and more than stock phrases."""
    for pointer, value in scene.values(params["field"]):
        if not isinstance(value, str):
            continue
        if is_short(value) or not has_substance(value):
            yield Problem(pointer, "not_concrete", {"field": scene.title(params["field"]), "needed": LEAST_CHARACTERS})


def is_short(text: str) -> bool:
    """Whether a text has fewer characters than anything needs that says something."""
    return len(_said(text)) < LEAST_CHARACTERS


def has_substance(text: str, *, beside: str = "") -> bool:
    """Whether a text says more than stock phrases; the characters in `beside` say nothing either."""
    return len(set(without_stock(text)) - set(beside)) >= LEAST_SUBSTANCE


def without_stock(text: str) -> str:
    """What is left of a text without signs and stock words."""
    return _STOCK.sub("", _said(text))


def _said(text: str) -> str:
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text))


@word({"field": TEXT}, "field")
def no_personal_data(params: Params, scene: Scene) -> Iterable[Problem]:
    """No text holds a telephone number, a citizen number or the number of a bank account."""
    for pointer, value in scene.values(params["field"]):
        if isinstance(value, str) and holds_personal_data(value):
            yield Problem(pointer, "personal_data", {"field": scene.title(params["field"])})


def holds_personal_data(text: str) -> bool:
    """Whether digits in the text look like such a number, also when spread out, written full width or as words."""
    plain = _DAY.sub("/", unicodedata.normalize("NFKC", text))
    shown = [plain]
    for one in (plain, plain.translate(_SPOKEN)):
        # Twice, for groups of digits that are spread out themselves.
        shown += [together := _BETWEEN_DIGITS.sub("", one), _BETWEEN_GROUPS.sub("", together)]
    return any(pattern.search(one) for pattern in _PERSONAL for one in shown)
