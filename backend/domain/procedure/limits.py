"""Limits of steps: counted from an opening, chosen or named by an earlier record, moved by extensions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from backend.domain.calendar import SECOND, WorkCalendar, day_of, end_of, last_second_of
from backend.domain.procedure.definition import Period, Procedure, Step
from backend.domain.procedure.trail import Act, Extended, StepState
from backend.domain.scene import found_in, split_reference


@dataclass(slots=True)
class History:
    """What has been said about limits so far: notes by step, extensions by step, and the act that reopened the run.

    `kept`: milestones that still have to be reached when what planned them was undone, and the place of that act; a
    plan from before says nothing then.
    """

    notes: dict[str, list[tuple[int, Mapping[str, Any]]]] = field(default_factory=dict)
    extensions: dict[str, list[Extended]] = field(default_factory=dict)
    reopened: tuple[int, Act] | None = None
    kept: tuple[int, frozenset[date]] = (-1, frozenset())


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit as it was set: its last moment, and from when its period counts (None: it cannot be moved).

    `since` is the place in the trail where it was set: what was said before says nothing about it.
    """

    at: datetime
    counted_from: datetime | None
    since: int


def period_end(period: Period, opened_at: datetime, calendar: WorkCalendar) -> datetime:
    """24:00 in Shanghai of the period's last day."""
    count = calendar.limit if period.off_rest_days else calendar.add
    return end_of(count(day_of(opened_at), period.days, period.unit))


def earliest_at(step: Step, opened_at: datetime, calendar: WorkCalendar) -> datetime | None:
    """When the last of the step's minimum waits is over; None without one."""
    return max((period_end(wait.period, opened_at, calendar) for wait in step.waits), default=None)


def limits_of(
    procedure: Procedure,
    step: Step,
    steps: Sequence[StepState],
    history: History,
    calendar: WorkCalendar,
    opened: tuple[int, datetime] | None,
) -> dict[str, Any]:
    """What a step's state says of its limit; `opened` is the place and moment of its opening, None while it waits.

    A day that an earlier record named, and what was granted on it, outlive a return as long as that record does.
    """
    limit = _named(procedure, step, steps, history) or (
        _counted(procedure, step, steps, calendar, *opened) if opened else None
    )
    if limit is None:
        return {"due_at": None, "original_due_at": None, "limit_from": None, "extensions": (), "granted": 0}
    granted = history.extensions.get(step.key, ())
    moved = tuple(one for one in granted if one.granted > limit.since)
    if limit.counted_from is None:
        moved = ()
    return {
        "due_at": last_second_of(moved[-1].until) if moved else limit.at,
        "original_due_at": limit.at,
        "limit_from": limit.counted_from,
        "extensions": moved,
        "granted": len(granted),
    }


def milestones_left(
    procedure: Procedure, step: Step, steps: Sequence[StepState], history: History
) -> tuple[set[date], list[tuple[int, set[date]]]]:
    """The milestones of a step that are not reached, and those that notes say were: (place of the note, days)."""
    if step.due_from is None or step.due_from.milestones is None:
        return set(), []
    holder, planned = _recorded(procedure, steps, step.due_from.milestones)
    made, (undone, kept) = holder.acts[-1] if holder.acts else -1, history.kept
    notes = [(place, record) for place, record in history.notes.get(step.key, ()) if place > max(made, undone)]
    ahead = (
        set(kept) | (planned if made > undone else set()) | {day for _, note in notes for day in _days(note, "/next/*")}
    )
    reached = [(place, set(_days(note, "/reached/*"))) for place, note in notes]
    return ahead - {day for _, days in reached for day in days}, [(place, days) for place, days in reached if days]


def kept_milestones(
    procedure: Procedure, steps: Sequence[StepState], history: History, target: int, today: date
) -> frozenset[date] | None:
    """What stays to be reached when the run goes back to `target` and its plan is undone: what was missed, and the next
    one. None when milestones are not its limit, or the plan stays."""
    for step in procedure.steps:
        if step.due_from is None or step.due_from.milestones is None:
            continue
        planned_at = procedure.place(split_reference(step.due_from.milestones)[0] or "")
        limit, (left, _) = _named(procedure, step, steps, history), milestones_left(procedure, step, steps, history)
        if target <= planned_at and limit is not None and limit.counted_from is None:
            return frozenset(day for day in left if day < today) | frozenset(
                sorted(day for day in left if day >= today)[:1]
            )
    return None


def begun_anew(
    procedure: Procedure, steps: Sequence[StepState], history: History, act: Act, target: int
) -> frozenset[date] | None:
    """The milestones of a reopened run, whose earlier ones were of another round: the day that the reopening names when
    milestones are its limit, none when its plan is undone. None when a day is its limit, as it was."""
    for step in procedure.steps:
        if step.due_from is None or step.due_from.milestones is None:
            continue
        holder, day = _recorded(procedure, steps, step.due_from.day)
        if target <= procedure.place(split_reference(step.due_from.milestones)[0] or ""):
            return frozenset()
        if holder.record is not None and not day and step.due_from.reopened:
            return frozenset(_days(act.record, step.due_from.reopened))
    return None


def latest_extension(step: Step, state: StepState) -> date | None:
    """The last day to which the step's limit may be moved next; None when it cannot be moved at all."""
    if step.extension is None or state.limit_from is None or state.original_due_at is None or state.due_at is None:
        return None
    period = (day_of(state.original_due_at) - day_of(state.limit_from)).days
    return day_of(state.due_at) + timedelta(days=max(period, 0) * step.extension.share_percent // 100)


def _named(procedure: Procedure, step: Step, steps: Sequence[StepState], history: History) -> Limit | None:
    if step.due_from is None:
        return None
    again = history.reopened
    holder, day = _recorded(procedure, steps, step.due_from.day)
    anew = again is not None and history.kept[0] >= again[0]
    if again and step.due_from.reopened and not anew and (not holder.acts or again[0] > holder.acts[-1]):
        for named in _days(again[1].record, step.due_from.reopened):
            return Limit(last_second_of(named), again[1].at, again[0])
    if day:
        return Limit(last_second_of(min(day)), holder.closed_at, holder.acts[-1])
    if step.due_from.milestones is None:
        return None
    holder, _ = _recorded(procedure, steps, step.due_from.milestones)
    left, _ = milestones_left(procedure, step, steps, history)
    return Limit(last_second_of(min(left)), None, holder.acts[-1] if holder.acts else -1) if left else None


def _counted(
    procedure: Procedure,
    step: Step,
    steps: Sequence[StepState],
    calendar: WorkCalendar,
    place: int,
    opened_at: datetime,
) -> Limit | None:
    period = step.due
    if step.due_by:
        key, path = split_reference(step.due_by.field)
        for _, value in found_in(steps[procedure.place(key)].record, path):
            period = step.due_by.periods.get(str(value), period)
    return Limit(period_end(period, opened_at, calendar) - SECOND, opened_at, place) if period else None


def _recorded(procedure: Procedure, steps: Sequence[StepState], reference: str) -> tuple[StepState, set[date]]:
    key, path = split_reference(reference)
    holder = steps[procedure.place(key)]
    return holder, set(_days(holder.record, path))


def _days(record: Any, path: str) -> Iterator[date]:
    for _, value in found_in(record, path):
        if isinstance(value, str):
            yield date.fromisoformat(value)
