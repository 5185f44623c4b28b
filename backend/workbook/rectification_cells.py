"""Single cells of the ledger of problems as offices write them: limits, names, and what is said to be closed."""

import re
from datetime import date

from backend.domain import identity
from backend.domain.ledger.rectification_row import Closing, Deadline, Progress
from backend.workbook import parsers
from backend.workbook.cells import Cell, Unacceptable, compare_key, text_of
from backend.workbook.dates import read_date
from backend.workbook.ledger import Known, Parse

_LIGHTS = {"green": "绿灯", "yellow": "黄灯", "red": "红灯", "blue": "蓝灯", "grey": "灰灯"}
_OUR_PROGRESS = re.compile(rf".*（(?:{'|'.join(_LIGHTS.values())})[^（）]*）", re.DOTALL)
_OUR_NUMBER = re.compile(r"ZG-\d{4}-\d{4,}")
_CLAIMED = "已销号（待认定）"

_AT_ONCE = frozenset({"立行立改", "立即整改", "即知即改", "立查立改", "边查边改", "立改", "即时整改"})
_ALWAYS = frozenset({"长期坚持", "长期", "长期整改", "持续整改", "持续推进", "长期坚持，持续推进", "长期坚持,持续推进"})
_BRACKETED = re.compile(r"[(（【\[][^)）】\]]*[)）】\]]\s*$")
_YEAR_END = re.compile(r"(\d{4})年(?:底|末|年底|年末)")
_NAMES_APART = re.compile(r"[、,，;；/\n]+")
_LINE_ENDS = re.compile(r"[^\S\n]*\n[^\S\n]*")
_BLANKS = re.compile(r"[^\S\n]+")


def deadline(cell: Cell, known: Known) -> Deadline:
    """`2026年12月底`, `2027年1月15日前`, a month for its last day, 立行立改, 长期坚持."""
    words = _BRACKETED.sub("", text_of(cell)) if isinstance(cell, str) else ""
    folded = compare_key(words)
    if folded in _AT_ONCE or folded in _ALWAYS:
        return Deadline("immediate" if folded in _AT_ONCE else "standing")
    if not words:
        return Deadline("dated", read_date(cell).last)
    bare = folded.removesuffix("完成").removesuffix("整改到位")
    bare = bare.removesuffix("之前").removesuffix("以前").removesuffix("前")
    if whole_year := _YEAR_END.fullmatch(bare):
        return Deadline("dated", read_date(f"{whole_year[1]}年12月").last)
    bare = bare.removesuffix("底").removesuffix("末")
    try:
        return Deadline("dated", read_date(bare).last)
    except Unacceptable as problem:
        # The cell as it stands is what the clerk looks for, not what was left of it.
        raise Unacceptable(problem.code, **problem.params | {"value": text_of(cell)[:60]}) from None


def shown_deadline(said: Deadline) -> str:
    if said.due_on is None:
        return {"immediate": "立行立改", "standing": "长期坚持"}.get(said.kind, "")
    told = f"{_day(said.due_on)}前"
    return f"{told}（原定{_day(said.original_due_on)}前）" if said.original_due_on else told


def closed(cell: Cell, known: Known) -> bool:
    """Whether a cell says that the problem is closed; whatever it does not say plainly is not closed."""
    word = compare_key(text_of(cell))
    if word.startswith(("已销号", "已销", "销号完成", "同意销号")):
        return True
    try:
        return parsers.flag(cell, known)
    except Unacceptable:
        return False


def closing(cell: Cell, known: Known) -> Closing | None:
    """销号时间: a day that has come, or only the word that it is closed; 未销号 and 否 say that it is not."""
    word = compare_key(text_of(cell))
    if word.startswith("未") or word in {"否", "×", "x"}:
        return None
    if closed(cell, known):
        return Closing()
    return Closing(parsers.past_day(cell, known).first)


def shown_closing(said: Closing) -> str:
    return _day(said.on) if said.on else _CLAIMED


def progress(cell: Cell, known: Known) -> str | None:
    """The office's own words; what our exports say of lights and days is computed, so it is no news."""
    words = lines(2000)(cell, known)
    return None if _OUR_PROGRESS.fullmatch(words) else words


def shown_progress(said: Progress) -> str:
    """`整改（黄灯，剩余5天）`: the light never stands without words."""
    words = [_LIGHTS[said.light]]
    if said.days_left is not None and said.light != "grey":
        words.append(_days(said.days_left))
    if said.handed_in_late:
        words.append(f"申请销号时已超期{said.handed_in_late}天")
    if said.step_late:
        words.append(f"本环节逾期{said.step_late}天")
    return f"{said.step}（{'，'.join(words)}）"


def lines(limit: int) -> Parse:
    """Text whose line breaks count: blanks within a line are made single, and those around it go."""

    def parse(cell: Cell, known: Known) -> str:
        text = _LINE_ENDS.sub("\n", _BLANKS.sub(" ", text_of(cell).replace("\r\n", "\n").replace("\r", "\n"))).strip()
        if len(text) > limit:
            raise Unacceptable("text_too_long", limit=limit, length=len(text))
        return text

    return parse


def people(cell: Cell, known: Known) -> str:
    """One name or several, as the office writes them: 张三、李四."""
    names = [identity.normalize_name(name) for name in _NAMES_APART.split(text_of(cell)) if name.strip()]
    for name in names:
        if problem := identity.name_problem(name):
            raise Unacceptable(problem, value=name[:60])
    joined = "、".join(names)
    if len(joined) > 100:
        raise Unacceptable("text_too_long", limit=100, length=len(joined))
    return joined


def our_number(cell: Cell, known: Known) -> str | None:
    """The number that this system gave; an office's own numbering says nothing here."""
    number = identity.compact(text_of(cell)).upper()
    return number if _OUR_NUMBER.fullmatch(number) else None


def _days(left: int) -> str:
    return f"超期{-left}天" if left < 0 else f"剩余{left}天" if left else "今天到期"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
