"""The monthly bulletin on putting things right 整改情况通报: counts turned into a draft that the office edits.

It praises units and chases units; it never names or ranks people.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from backend.document.paper import PaperAttachment, ResolutionPaper, chinese_date, clean

_GOOD_CASES = 5
_NAMED_UNITS = 20
_EXCERPT = 60
_STOPS = "。；;，,."


@dataclass(frozen=True, slots=True)
class SourceCount:
    """One source of problems, by its title: registered and closed in the month, and open on the day of the count."""

    title: str
    registered: int
    closed: int
    open: int


@dataclass(frozen=True, slots=True)
class UnitCount:
    """A responsible unit: its open items, and with how many of them it is late or was when it handed them in."""

    name: str
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class GoodCase:
    """An item that was closed within its limit: what was wrong, and what is right now."""

    unit: str
    problem: str
    result: str


@dataclass(frozen=True, slots=True)
class BulletinFigures:
    """What one organisation and all below it did in a month, as of a day.

    `statuses` are open items by the title of their status; `units` stand in the order of the tree. `limited` are the
    items closed in the month that had a limit, `in_time` those of them whose closing was asked for within the original
    one. `overdue` items are late at their units, `handed_in_late` ones were and are being checked; with `others_late`
    it is those who assign, approve, check or close that are late.
    """

    organization: str
    month: date
    as_of: date
    registered: int
    closed: int
    open: int
    overdue: int
    handed_in_late: int = 0
    others_late: int = 0
    statuses: tuple[tuple[str, int], ...] = ()
    sources: tuple[SourceCount, ...] = ()
    units: tuple[UnitCount, ...] = ()
    limited: int = 0
    in_time: int = 0
    extended: int = 0
    supervised: int = 0
    relapsed: int = 0
    good_cases: tuple[GoodCase, ...] = ()


def bulletin(figures: BulletinFigures) -> ResolutionPaper:
    """The bulletin as a paper marked 送审稿, for `resolution_pdf` and `resolution_docx`."""
    month = f"{figures.month.year}年{figures.month.month}月"
    parts = (_overview(figures), _sources(figures), _overdue(figures), _praise(figures), _demands())
    table = _table(figures)
    return ResolutionPaper(
        issuing_body=figures.organization,
        number="",
        title=f"关于{month}问题整改情况的通报",
        addressee="各有关单位",
        body="\n".join([_opening(figures, month), *(line for part in parts for line in part)]),
        dated_on=figures.as_of,
        attachments=(PaperAttachment(f"{month}问题整改情况统计表", table=table),) if table else (),
        draft=True,
    )


def _opening(figures: BulletinFigures, month: str) -> str:
    return f"现将{month}问题整改情况通报如下（统计截至{chinese_date(figures.as_of)}）。"


def _overview(figures: BulletinFigures) -> Iterable[str]:
    yield "一、总体情况"
    yield (
        f"当月新登记问题{figures.registered}件，销号{figures.closed}件；"
        f"目前在办{figures.open}件，其中超期{figures.overdue}件。"
    )
    if figures.handed_in_late:
        yield f"另有{figures.handed_in_late}件申请销号时已超期，正待核查、销号。"
    if figures.others_late:
        yield f"在交办、审定、核查、销号环节逾期未办的{figures.others_late}件，不计入责任单位超期。"
    if figures.statuses:
        yield f"在办问题中，{_listed(figures.statuses)}。"
    if figures.limited:
        yield (
            f"当月销号且定有时限的{figures.limited}件中，在原定时限内完成整改的{figures.in_time}件，"
            f"占{_percent(figures.in_time, figures.limited)}。"
        )
    extras = [("经批准延期", figures.extended), ("列入督办", figures.supervised), ("回头看发现反弹", figures.relapsed)]
    if any(count for _, count in extras):
        yield f"在办问题中，{_listed([each for each in extras if each[1]])}。"


def _sources(figures: BulletinFigures) -> Iterable[str]:
    yield "二、问题来源"
    found = [(source.title, source.registered) for source in figures.sources if source.registered]
    yield f"当月登记的问题中，{_listed(found)}。" if found else "当月没有新登记的问题。"
    left = [(source.title, source.open) for source in figures.sources if source.open]
    if left:
        yield f"目前在办的问题中，{_listed(left)}。"


def _overdue(figures: BulletinFigures) -> Iterable[str]:
    """Units by bands in the order of the tree: who has most is no matter of a bulletin."""
    yield "三、超期情况"
    if figures.handed_in_late:
        yield "申请销号时已超期、尚未销号的，计入责任单位超期。"
    bands = (
        ("超期3件及以上", [unit.name for unit in figures.units if unit.overdue >= 3]),
        ("超期1至2件", [unit.name for unit in figures.units if 1 <= unit.overdue <= 2]),
    )
    if not any(names for _, names in bands):
        yield "目前没有超期的问题。"
        return
    for title, names in bands:
        if names:
            yield f"{title}的单位{len(names)}个：{_names(names)}。"
    on_time = sum(1 for unit in figures.units if unit.open and not unit.overdue)
    if on_time:
        yield f"其余有在办问题的{on_time}个单位没有超期。"


def _praise(figures: BulletinFigures) -> Iterable[str]:
    yield "四、好的做法"
    if not figures.good_cases:
        yield "（请结合实际补充当月整改扎实、群众满意的做法。）"
    for place, case in enumerate(figures.good_cases[:_GOOD_CASES], 1):
        yield f"{place}.{clean(case.unit)}。针对“{_excerpt(case.problem)}”，{_excerpt(case.result)}。"


def _demands() -> Iterable[str]:
    yield "五、下步要求"
    yield (
        "各责任单位要对照整改台账，逐项落实责任领导、责任人和时限；确需延期的，在时限届满前提出申请并说明理由；"
        "已完成的及时上传佐证材料、申请销号。超期问题由责任单位说明原因、明确完成日期。"
    )


def _table(figures: BulletinFigures) -> tuple[tuple[str, ...], ...]:
    rows = [(each.title, str(each.registered), str(each.closed), str(each.open)) for each in figures.sources]
    if not rows:
        return ()
    total = ("合计", str(figures.registered), str(figures.closed), str(figures.open))
    return (("问题来源", "当月登记", "当月销号", "目前在办"), *rows, total)


def _listed(counts: Sequence[tuple[str, int]]) -> str:
    return "、".join(f"{clean(title)}{count}件" for title, count in counts)


def _names(names: Sequence[str]) -> str:
    shown = "、".join(clean(name) for name in names[:_NAMED_UNITS])
    return shown if len(names) <= _NAMED_UNITS else f"{shown}等"


def _excerpt(text: str) -> str:
    lines = (clean(" ".join(line.split())).rstrip(_STOPS) for line in text.splitlines())
    flat = "；".join(line for line in lines if line)
    return flat if len(flat) <= _EXCERPT else f"{flat[: _EXCERPT - 1]}…"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%".replace(".0%", "%")
