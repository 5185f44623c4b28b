"""Which rung of a ladder of notices is due: pure, over the data of a procedure.

Limits count natural days, notices fall on working days: one before the limit moves to the working day before it, one
after the limit to the working day after.  Around holidays several can fall on one day: each is sent, in one digest, and
each once for one opening of a step and one limit.  When nobody looked for days, what was missed is made up for by the
nearest rung that is still true: whoever was to be warned is told that, once, and not all that was missed.
"""

from collections.abc import Callable, Collection, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from backend.domain.calendar import SHANGHAI, WorkCalendar, day_of, overdue
from backend.domain.procedure.definition import Rung
from backend.domain.scene import Title

Person = TypeVar("Person")

HOLDERS = "holders"
SHOWN_FROM, SHOWN_UNTIL = time(8), time(20)
"""Between these hours of a working day, in Shanghai, notices come; the rest is quiet."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening of a step with the limit that holds meanwhile: another limit is another opening to a ladder."""

    opened_at: datetime
    limit_at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A rung to send now.  `late`: its day has gone by, so that whoever hears of a later one now is not told this too.
    `missed`: the rungs that nobody was told of, whose people hear of this one instead.
    """

    rung: Rung
    late: bool = False
    missed: tuple[Rung, ...] = ()


def words_of(rung: Rung) -> Title:
    """What a notice is called: as the definition says, else how far off the limit is."""
    if rung.title is not None:
        return rung.title
    if rung.percent is not None:
        return {"zh-CN": f"办理期限已过{rung.percent}%", "en": f"{rung.percent} % of the time is over"}
    days = rung.days or 0
    if not days:
        return {"zh-CN": "今天到期", "en": "Due today"}
    if days < 0:
        return {"zh-CN": f"{-days}天内到期", "en": f"Due within {-days} days"}
    return {"zh-CN": f"已逾期{days}天", "en": f"{days} days overdue"}


def is_quiet(now: datetime, calendar: WorkCalendar) -> bool:
    """Whether nobody is to be told anything now."""
    local = now.astimezone(SHANGHAI)
    return not (calendar.is_working(local.date()) and SHOWN_FROM <= local.time() < SHOWN_UNTIL)


def falls_on(rung: Rung, opening: Opening, calendar: WorkCalendar) -> date | None:
    """The working day of a rung; None when its day had come before the step was opened.

    Who is handed a matter today is not warned of what was to be said to others.
    """
    opened_on, last = day_of(opening.opened_at), day_of(opening.limit_at)
    day = _day(rung, opening, last)
    if day <= opened_on:
        return None
    before = day
    while not calendar.is_working(before):
        before -= timedelta(days=1)
    return before if opened_on < before and day <= last else calendar.next_working(day)


def _day(rung: Rung, opening: Opening, last: date) -> date:
    if rung.percent is not None:
        return day_of(opening.opened_at + (opening.limit_at - opening.opened_at) * rung.percent / 100)
    return last + timedelta(days=rung.days or 0)


def due_rungs(
    ladder: Sequence[Rung], opening: Opening, now: datetime, calendar: WorkCalendar, sent: Collection[str]
) -> list[Due]:
    """The rungs to send now, the latest last; none in quiet hours.

    Of those reached since the last one that was `sent`: all that come after the limit, and all of the latest day, but
    no warning of a limit that has passed meanwhile.
    """
    if is_quiet(now, calendar):
        return []
    days = _in_order(ladder, opening, calendar)
    told = max((place for place, (_, rung) in enumerate(days) if rung.rung in sent), default=-1)
    reached = [(day, rung) for day, rung in days[told + 1 :] if day <= day_of(now)]
    over = overdue(opening.limit_at, now)
    due = [
        Due(rung, late=day < reached[-1][0])
        for day, rung in reached
        if _is_after(rung) or (day == reached[-1][0] and not (over and rung.percent is None))
    ]
    if due:
        said = {one.rung.rung for one in due}
        due[0] = replace(due[0], missed=tuple(rung for _, rung in reached if rung.rung not in said))
    return due


def tellings(due: Sequence[Due], people: Callable[[Rung], Set[Person]]) -> list[tuple[Rung, set[Person]]]:
    """Who hears of each rung, when `people` are those whom a rung names."""
    heard: set[Person] = set()
    found = []
    for one in reversed(due):
        named = set(people(one.rung)).union(*(people(rung) for rung in one.missed))
        if one.late:
            named -= heard
        heard |= named
        found.append((one.rung, named))
    return found[::-1]


def _is_after(rung: Rung) -> bool:
    """Whether it speaks of a limit that has passed."""
    return (rung.days or 0) > 0


def next_at(ladder: Sequence[Rung], opening: Opening, now: datetime, calendar: WorkCalendar) -> datetime | None:
    """When the next rung after today falls due; None when there is none left."""
    coming = [day for day, _ in _in_order(ladder, opening, calendar) if day > day_of(now)]
    return datetime.combine(coming[0], SHOWN_FROM, SHANGHAI) if coming else None


def _in_order(ladder: Sequence[Rung], opening: Opening, calendar: WorkCalendar) -> list[tuple[date, Rung]]:
    last = day_of(opening.limit_at)
    ordered = sorted(ladder, key=lambda rung: _day(rung, opening, last))
    days = [(falls_on(rung, opening, calendar), rung) for rung in ordered]
    return [(day, rung) for day, rung in days if day is not None]
