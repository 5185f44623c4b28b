"""What people call offices and each other: short forms of units, surnames with a post, names written by ear. Pure."""

import re
from collections.abc import Iterable

from backend.domain.pinyin import sounds

_POSTS = (
    "书记|支书|主任|会计|出纳|文书|镇长|乡长|村长|所长|站长|局长|科长|股长|组长|队长|处长|部长|院长|校长|主席|委员|专干"
    "|干部|科员|同志|师傅|领导|老师|经理|总|某|姐|哥"
)
_FAMILIAR = "[老小大阿姓]"
_VILLAGE_POSTS = re.compile(
    "(村|社区|居)里?的?(党?支部|两委|党组织|委会|委)?的?(书记|支书|主任|会计|出纳|文书|干部|领导|长)"
    "|支书|村支两委|村两委|[村居]委会?|村民委员会|居民委员会"
)
_OFFICE = re.compile("(.+?)(综合|工作|管理)?办公室$")
_BODY = re.compile("(村民委员会|居民委员会|村委会|居委会|党总支|党支部|支部)(委员会)?$")
_PAIRS = 4


def short_names(name: str) -> set[str]:
    """Short forms of a unit's name, as people make them: 党政综合办公室 is 党政办, 经济发展办公室 is 经发办."""
    made: set[str] = set()
    if office := _OFFICE.match(name):
        doing, kind = office[1], office[2] or ""
        made |= {f"{doing}{kind}办", f"{doing}办", f"{doing[:2]}办"}
        if len(doing) == _PAIRS:
            made.add(f"{doing[0]}{doing[2]}办")
    if (bare := _BODY.sub("", name)) != name:
        made.add(bare)
    return made


def means_the_village(text: str) -> bool:
    """Whether a text speaks of who holds a post in the village, without saying which village or who it is."""
    return _VILLAGE_POSTS.search(text) is not None


def is_called(text: str, name: str, surname_only: bool) -> bool:
    """Whether a text has somebody's name; with `surname_only` also the surname with a post, or 老 and 小 before it."""
    if name in text:
        return True
    surname = re.escape(name[0])
    return surname_only and bool(re.search(f"{surname}(?:{_POSTS})|{_FAMILIAR}{surname}", text))


def heard_in(text: str, names: Iterable[str], same_surname: bool) -> set[str]:
    """The names that stand in a text by their sound; `same_surname`: with the surname itself, the rest by its sound."""
    read = [sounds(one) for one in text]
    places: dict[str, list[int]] = {}
    for at, ways in enumerate(read):
        for way in ways:
            places.setdefault(way, []).append(at)
    found = set()
    for name in names:
        spoken = [sounds(one) for one in name]
        for at in {at for way in spoken[0] for at in places.get(way, ())}:
            if same_surname and text[at] != name[0]:
                continue
            heard = read[at : at + len(spoken)]
            if len(heard) == len(spoken) and all(one & other for one, other in zip(heard, spoken, strict=True)):
                found.add(name)
                break
    return found
