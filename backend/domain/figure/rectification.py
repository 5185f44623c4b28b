"""The figures of the rectification ledger, from counts to what may be shown."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from backend.domain.figure.ageing import AGES
from backend.domain.figure.burn_down import burn_down
from backend.domain.figure.definition import Cell, Column, Coverage, Drawn, Fact, Words
from backend.domain.figure.percentile import tells
from backend.domain.figure.period import Period
from backend.domain.figure.proportion import FEWEST, band_of, wilson
from backend.domain.figure.words import LIGHTS, TOTAL, UNIT, count_column, titled


class Unit(NamedTuple):
    """A unit with all below it, told apart by `key`; the empty key is the organisation itself without them."""

    key: str
    name: str | Words


def aged(counts: Mapping[tuple[str, str], int], sources: Mapping[str, Words]) -> Drawn:
    """Open items: (source, age class) -> count."""
    columns = [Column("source", titled("问题来源", "source"), "label")]
    columns += [count_column(age.key, age.title) for age in AGES] + [count_column("total", TOTAL)]
    rows: list[dict[str, Cell | Words]] = []
    for source, title in sources.items():
        found = {age.key: counts.get((source, age.key), 0) for age in AGES}
        if any(found.values()):
            rows.append({"key": source, "source": title, **found, "total": sum(found.values())})
    n = sum(counts.values())
    old = sum(count for (_, age), count in counts.items() if age in ("days_180", "days_more"))
    facts = (
        Fact("open", titled("未销号", "open"), n, "count"),
        Fact("over_90", titled("超过90天", "older than 90 days"), old, "count"),
    )
    return Drawn(columns, rows, n, facts)


class StepCount(NamedTuple):
    """How many of the cohort came to a step, left it forward, stand there now; days of those that left it."""

    key: str
    title: Words
    reached: int
    done: int
    standing: int
    median: float | None
    p90: float | None


def funnel(n: int, closed: int, steps: Sequence[StepCount]) -> Drawn:
    """The cohort of `n` items that were registered in the period, of which `closed` are."""
    columns = [
        Column("step", titled("步骤", "step"), "label"),
        count_column("reached", titled("到过", "came to it")),
        count_column("done", titled("办完", "finished it")),
        count_column("standing", titled("现停在此", "stand there now")),
        Column("median_days", titled("中位天数", "median days"), "days"),
        Column("p90_days", titled("九成不超过几天", "90% within days"), "days"),
    ]
    found = titled("登记", "registered")
    rows: list[dict[str, Cell | Words]] = [_step("registered", found, n, n, 0)]
    for one in steps:
        known = one.done >= FEWEST
        far = known and tells(one.done, 90, FEWEST)
        row = _step(one.key, one.title, one.reached, one.done, one.standing)
        row["median_days"] = _tenths(one.median) if known else None
        row["p90_days"] = _tenths(one.p90) if far else None
        rows.append(row)
    rows.append(_step("closed", titled("已销号", "is closed"), closed, closed, 0))
    facts = [
        Fact("registered", titled("期间登记", "registered in the period"), n, "count"),
        Fact("closed", titled("其中已销号", "closed of them"), closed, "count"),
    ]
    if n >= FEWEST:
        share = wilson(closed, n)
        facts.append(Fact("closed_share", titled("销号率", "share closed"), share.rate, "share", share.low, share.high))
    return Drawn(columns, rows, n, tuple(facts))


def _step(key: str, title: Words, reached: int, done: int, standing: int) -> dict[str, Cell | Words]:
    row: dict[str, Cell | Words] = {"key": key, "step": title, "reached": reached, "done": done, "standing": standing}
    return row | {"median_days": None, "p90_days": None}


def _tenths(days: float | None) -> float | None:
    return None if days is None else round(days, 1)


class Punctual(NamedTuple):
    """Closed items with a limit, those asked to be closed within it, and within the limit before any extension."""

    closed: int
    on_time: int
    by_original: int


def on_time(units: Sequence[Unit], counts: Mapping[str, Punctual]) -> Drawn:
    """Units with fewer than ten stand in one row together, so that no total gives one of them away."""
    columns = [
        Column("unit", UNIT, "label"),
        count_column("closed", titled("销号数", "closed")),
        Column("rate", titled("按期整改率", "on time"), "share"),
        Column("low", titled("区间下限", "interval from"), "share"),
        Column("high", titled("区间上限", "interval to"), "share"),
        Column("band", titled("档次", "band"), "word"),
        Column("by_original", titled("按原期限", "by the original limit"), "share"),
    ]
    whole = _together(counts.values())
    rows: list[dict[str, Cell | Words]] = []
    few = [unit for unit in units if 0 < counts.get(unit.key, _NONE).closed < FEWEST]
    rest = _together(counts[unit.key] for unit in few)
    # One unit alone, or several of fewer than ten together, could be found out from the whole.
    told = not few or (len(few) > 1 and rest.closed >= FEWEST)
    if whole.closed >= FEWEST and told:
        rows.append({"key": "total", "unit": titled("合计", "all units"), **_rates(whole)})
    for unit in units:
        if (found := counts.get(unit.key, _NONE)).closed >= FEWEST:
            rows.append({"key": unit.key or "own", "unit": unit.name, **_rates(found)})
    if few and told:
        many = titled(f"其余{len(few)}个单位（各不足10件）", f"{len(few)} other units (fewer than ten each)")
        rows.append({"key": "few", "unit": many, **_rates(rest)})
    facts: list[Fact] = []
    if rows and rows[0]["key"] == "total":
        share = wilson(whole.on_time, whole.closed)
        facts.append(Fact("rate", titled("按期整改率", "on-time rate"), share.rate, "share", share.low, share.high))
    n = whole.closed if told and (whole.closed == 0 or whole.closed >= FEWEST) else None
    present = sum(1 for unit in units if counts.get(unit.key, _NONE).closed)
    return Drawn(columns, rows, n, tuple(facts), coverage=Coverage(len(units), present), hidden=0 if told else len(few))


_NONE = Punctual(0, 0, 0)


def _together(counts: Iterable[Punctual]) -> Punctual:
    found = list(counts)
    return Punctual(*(sum(one[place] for one in found) for place in range(3)))


def _rates(found: Punctual) -> dict[str, Cell | Words]:
    share = wilson(found.on_time, found.closed)
    return {
        "closed": found.closed,
        "rate": round(share.rate, 4),
        "low": round(share.low, 4),
        "high": round(share.high, 4),
        "band": band_of(share.rate).title,
        "by_original": round(found.by_original / found.closed, 4),
    }


def by_unit(units: Sequence[Unit], counts: Mapping[tuple[str, str], int], classes: Mapping[str, Words]) -> Drawn:
    """Open items: (unit, class) -> count; only classes and units that have any."""
    used = [key for key in classes if any(count and found == key for (_, found), count in counts.items())]
    columns = [Column("unit", UNIT, "label")]
    columns += [count_column(key, classes[key]) for key in used] + [count_column("total", TOTAL)]
    rows: list[dict[str, Cell | Words]] = []
    for unit in units:
        row = {key: counts.get((unit.key, key), 0) for key in used}
        if any(row.values()):
            rows.append({"key": unit.key or "own", "unit": unit.name, **row, "total": sum(row.values())})
    n = sum(counts.values())
    facts = (Fact("open", titled("未销号", "open"), n, "count"),)
    return Drawn(columns, rows, n, facts, coverage=Coverage(len(units), len(rows)))


def lights(units: Sequence[Unit], counts: Mapping[tuple[str, str], int]) -> Drawn:
    """Open items: (unit, light) -> count, with the whole of every light."""
    drawn = by_unit(units, counts, LIGHTS)
    columns = [drawn.columns[0], *(count_column(key, title) for key, title in LIGHTS.items()), drawn.columns[-1]]
    rows = [{**dict.fromkeys(LIGHTS, 0), **row} for row in drawn.rows]
    facts = tuple(
        Fact(key, title, sum(count for (_, light), count in counts.items() if light == key), "count")
        for key, title in LIGHTS.items()
    )
    return Drawn(columns, rows, drawn.n, facts, coverage=drawn.coverage)


def heap(period: Period, open_now: int, opened: Mapping[date, int], closed: Mapping[date, int]) -> Drawn:
    """The burn-down; see `burn_down` for what the counts hold."""
    columns = [
        Column("from", titled("起", "from"), "day"),
        Column("to", titled("止", "to"), "day"),
        count_column("opened", titled("新登记", "came in")),
        count_column("closed", titled("销号", "closed")),
        count_column("open", titled("期末存量", "open at the end")),
    ]
    slices = burn_down(period, open_now, opened, closed)
    rows: list[dict[str, Cell | Words]] = [
        {
            "key": one.first.isoformat(),
            "from": one.first.isoformat(),
            "to": one.last.isoformat(),
            "opened": one.opened,
            "closed": one.closed,
            "open": one.open,
        }
        for one in slices
    ]
    came, went = sum(one.opened for one in slices), sum(one.closed for one in slices)
    facts = (
        Fact("opened", titled("期间登记", "came in"), came, "count"),
        Fact("closed", titled("期间销号", "closed"), went, "count"),
        Fact("open", titled("期末存量", "open at the end"), slices[-1].open, "count"),
    )
    # Whatever was open at any time of the period.
    return Drawn(columns, rows, slices[0].open + slices[0].closed + came - slices[0].opened, facts)
