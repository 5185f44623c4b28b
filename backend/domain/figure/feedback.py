"""The figures of what people say, from counts to what may be said of few people."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from backend.domain.calendar import WorkCalendar
from backend.domain.feedback.choice import GRADES
from backend.domain.figure.definition import Cell, Column, Drawn, Fact, Line, Words
from backend.domain.figure.offered import apart, neighbours
from backend.domain.figure.part import Held
from backend.domain.figure.percentile import PERCENTILES, curve, percentile, tells
from backend.domain.figure.proportion import FEWEST, wilson
from backend.domain.figure.suppression import hidden
from backend.domain.figure.words import TOTAL, count_column, titled

LIMITS = (5, 15, 30)
"""Working days to answer: a plain question, a request, a complex one (handbook 1.1.3)."""

_TOO_FEW = titled("不足10件，不作统计", "fewer than ten: not reported")


def working_days(spans: Collection[tuple[date, date]], calendar: WorkCalendar) -> dict[tuple[date, date], int]:
    """(received, answered) -> the working days from receipt (not counted) to answer."""
    if not spans:
        return {}
    # One walk over all days: a year has thousands of pairs, and each would walk its own way again.
    day, worked = min(received for received, _ in spans), 0
    so_far = {day: 0}
    for _ in range((max(answered for _, answered in spans) - day).days):
        day += timedelta(days=1)
        worked += calendar.is_working(day)
        so_far[day] = worked
    return {(received, answered): so_far[max(received, answered)] - so_far[received] for received, answered in spans}


def response_time(answered: Held[int], within: Held[bool], late: Held[bool]) -> Drawn:
    """Days -> answered cards; how many were answered `within` their own limit and how many beyond it; and how many have
    no answer yet, past the limit (`late`) or not."""
    columns = [
        Column("days", titled("工作日", "working days"), "label"),
        Column("last", titled("不超过几天", "at most so many days"), "days"),
        count_column("count", titled("答复件数", "answered")),
        Column("share", titled("累计比例", "share so far"), "share"),
    ]
    counts = answered.counts
    n = sum(counts.values())
    rest = _waiting(late)
    groups = answered.groups(list(range(max(answered.keys, default=-1) + 1)), neighbours)
    if n and not groups:
        return Drawn(columns, [], None, rest, _lines(), hidden=1, notes=(_TOO_FEW,))
    rows: list[dict[str, Cell | Words]] = []
    for point in curve([(group[0], group[-1], cases) for group in groups if (cases := _held(counts, group))]):
        span = str(point.last) if point.first == point.last else f"{point.first}–{point.last}"
        so_far = round(point.total / n, 4)
        rows.append({"key": str(point.last), "days": span, "last": point.last, "count": point.cases, "share": so_far})
    facts: list[Fact] = []
    for percent in PERCENTILES:
        value = percentile(counts, percent) if tells(n, percent, FEWEST) else None
        title = titled(f"{percent}%的不超过", f"{percent}% within")
        facts.append(Fact(f"p{percent}", title, None if value is None else round(value, 1), "days"))
    # Told where those in time and those too late are each enough; otherwise it would tell of the few.
    if n and len(within.groups([True, False], neighbours)) > 1:
        share = wilson(within.counts.get(True, 0), n)
        title = titled("时限内答复", "answered within the limit")
        facts.append(Fact("within", title, share.rate, "share", share.low, share.high))
    return Drawn(columns, rows, n, (*facts, *rest), _lines())


def _waiting(late: Held[bool]) -> tuple[Fact, ...]:
    counts, groups = late.counts, late.groups([False, True], neighbours)
    waiting = _full_tens(sum(counts.values())) if groups else None
    past = _full_tens(counts.get(True, 0)) if len(groups) > 1 else None
    return (
        Fact("waiting", titled("还没有答复（整十件）", "no answer yet, in full tens"), waiting, "count"),
        Fact("late", titled("其中已过时限（整十件）", "of them past the limit, in full tens"), past, "count"),
    )


def _full_tens(count: int) -> int:
    """What is told of this moment, which no closed period protects: one card more, or a few that one reader sees and
    another does not, would otherwise be told by taking two answers from each other."""
    return count // FEWEST * FEWEST


def _lines() -> tuple[Line, ...]:
    return tuple(Line(days, titled(f"{days}个工作日", f"{days} working days")) for days in LIMITS)


def satisfaction(rated: Held[int], unrated: Held[None]) -> Drawn:
    """Grade (5 best) -> ratings, and how many had their time and gave none."""
    columns = [
        Column("grade", titled("评价", "rating"), "label"),
        count_column("count", titled("人次", "ratings")),
        Column("share", titled("占评价的比例", "share of the ratings"), "share"),
        Column("low", titled("区间下限", "interval from"), "share"),
        Column("high", titled("区间上限", "interval to"), "share"),
    ]
    silence = unrated.counts.get(None, 0) if unrated.groups([None], neighbours) else None
    silent = Fact("unrated", titled("未评价", "not rated"), silence, "count")
    without: dict[str, Cell | Words] = {"key": silent.key, "grade": silent.title, "count": silence}
    without |= {"share": None, "low": None, "high": None}
    counts, groups = rated.counts, rated.groups(list(GRADES), neighbours)
    n = sum(counts.values())
    if not groups:
        return Drawn(columns, [without], None, (silent,), hidden=1, notes=(_TOO_FEW,))
    rows: list[dict[str, Cell | Words]] = []
    for group in groups:
        best, worst = group[0], group[-1]
        key = str(best) if best == worst else f"{best}-{worst}"
        rows.append(
            {
                "key": key,
                "grade": _grades(best, worst),
                "count": _held(counts, group),
                **_share(_held(counts, group), n),
            }
        )
    facts = [Fact("rated", titled("评价人次", "ratings"), n, "count")]
    # Only where the groups part between grade 4 and 3; any other cut would take one of them apart.
    if n and any(group[-1] == 4 for group in groups):
        share = wilson(counts.get(5, 0) + counts.get(4, 0), n)
        title = titled("满意以上", "satisfied or better")
        facts.append(Fact("satisfied", title, share.rate, "share", share.low, share.high))
    joined = sum(1 for group in groups if len(group) > 1)
    rows.append(without)
    return Drawn(columns, rows, n, (*facts, silent), hidden=joined + (silence is None))


def _held(counts: Mapping[int, int], group: Sequence[int]) -> int:
    return sum(counts.get(one, 0) for one in group)


def _grades(best: int, worst: int) -> Words:
    if best == worst:
        return GRADES[best]
    return {language: f"{GRADES[best][language]} – {GRADES[worst][language]}" for language in ("zh-CN", "en")}


def _share(count: int, n: int) -> dict[str, Cell]:
    if n == 0:
        return {"share": None, "low": None, "high": None}
    share = wilson(count, n)
    return {"share": round(share.rate, 4), "low": round(share.low, 4), "high": round(share.high, 4)}


def by_channel(cards: Held[tuple[str, str]], channels: Mapping[str, Words], categories: Mapping[str, Words]) -> Drawn:
    """(channel, category) -> cards; cells of few are hidden, and so is every sum that could give one away."""
    counts = cards.counts
    used = {(channel, category) for (channel, category), count in counts.items() if count}
    rows_used = [key for key in channels if any(channel == key for channel, _ in used)]
    columns_used = [key for key in categories if any(category == key for _, category in used)]
    columns = [Column("channel", titled("渠道", "channel"), "label")]
    columns += [count_column(key, categories[key]) for key in columns_used] + [count_column("total", TOTAL)]
    places = [(row, key) for row in rows_used for key in columns_used]
    there = cards.keys
    classes = [(row, key) for row in channels for key in categories if (row, key) in there]
    groups = cards.groups(classes, apart)
    # What occurs nowhere is no secret.
    single = {group[0] for group in groups if len(group) == 1} | (set(places) - there)
    cells_told = {place: counts.get(place, 0) if place in single else None for place in places}
    # The whole is told of the groups together, and only where it pins down none of the cells that are not.
    n = None
    if sum(len(group) for group in groups) == len(classes):
        n = hidden({place: counts.get(place, 0) for place in places}).total
    rows: list[dict[str, Cell | Words]] = []
    for row in rows_used:
        cells = {key: cells_told[(row, key)] for key in columns_used}
        rows.append({"key": row, "channel": channels[row], **cells, "total": _sum(list(cells.values()))})
    few = len(places) - len(single)
    return Drawn(columns, rows, n, (Fact("cards", titled("收到", "received"), n, "count"),), hidden=few)


def _sum(cells: Sequence[int | None]) -> int | None:
    shown = [count for count in cells if count is not None]
    return sum(shown) if len(shown) == len(cells) else None
