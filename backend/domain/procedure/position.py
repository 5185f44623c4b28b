"""Where a trail stands: computed from its acts alone, so it is never stored as truth and replays to the same end."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from backend.domain.calendar import SECOND, WorkCalendar, day_of, end_of
from backend.domain.procedure.definition import Period, Procedure, Step
from backend.domain.procedure.trail import Act, BrokenTrail, Pending, Position, RunState, StepState, Trail


@dataclass(slots=True)
class _Walk:
    """The state while walking along a trail."""

    procedure: Procedure
    calendar: WorkCalendar
    steps: list[StepState]
    place: int = 0
    round: int = 1
    state: RunState = "open"
    pending: Pending | None = None
    result: str | None = None
    closed_at: datetime | None = None
    last_at: datetime | None = None
    seen: dict[int, Act] = field(default_factory=dict)

    @property
    def step(self) -> Step:
        return self.procedure.steps[self.place]

    def open(self, place: int, at: datetime, content: str | None) -> None:
        self.place, self.pending = place, None
        key = self.procedure.steps[place].key
        before = self.steps[place]
        self.steps[place] = StepState(
            key=key,
            state="open",
            times=before.times + 1,
            opened_at=at,
            opened_content=content,
            earliest_at=earliest_at(self.step, at, self.calendar),
            due_at=period_end(self.step.due, at, self.calendar) - SECOND if self.step.due else None,
            superseded=(*before.superseded, *before.acts),
        )

    def reset(self, first: int) -> None:
        """Make everything from a step on stale: it has to be done again."""
        for place in range(first, len(self.steps)):
            old = self.steps[place]
            self.steps[place] = StepState(key=old.key, times=old.times, superseded=(*old.superseded, *old.acts))

    def change(self, **values: Any) -> None:
        self.steps[self.place] = replace(self.steps[self.place], **values)


def position(procedure: Procedure, trail: Trail, calendar: WorkCalendar) -> Position:
    """Where the trail stands. Raises BrokenTrail for acts that `check` would never have let in."""
    walk = _Walk(procedure, calendar, [StepState(key=step.key) for step in procedure.steps], last_at=trail.started_at)
    walk.open(0, trail.started_at, trail.content_sha256)
    for place, act in enumerate(trail.acts):
        _walk_on(walk, place, act)
    is_open = walk.state == "open"
    return Position(
        state=walk.state,
        round=walk.round,
        steps=tuple(walk.steps),
        step=walk.step.key if is_open else None,
        pending=walk.pending if is_open else None,
        roles=(walk.pending.roles if walk.pending else walk.step.roles) if is_open else (),
        result=walk.result,
        closed_at=walk.closed_at,
        provisional=is_open and _provisional(walk.steps[walk.place], calendar),
    )


def _walk_on(walk: _Walk, place: int, act: Act) -> None:
    if walk.state != "open":
        raise BrokenTrail(place, "the run was over")
    if act.step != walk.step.key:
        raise BrokenTrail(place, f"{act.step} was not open")
    if walk.last_at and act.at < walk.last_at:
        raise BrokenTrail(place, "earlier than the act before it")
    walk.last_at, walk.seen[place] = act.at, act
    walk.change(acts=(*walk.steps[walk.place].acts, place))
    if act.outcome == "done":
        _done(walk, place, act)
    elif act.outcome == "skipped":
        _skipped(walk, place, act)
    elif act.outcome == "returned":
        _returned(walk, place, act)
    else:
        walk.state, walk.closed_at = "withdrawn", act.at


def _done(walk: _Walk, place: int, act: Act) -> None:
    sign = walk.step.countersign
    signed = walk.pending if walk.pending and walk.pending.kind == "countersign" else None
    first = walk.seen[signed.acts[0]] if signed else act
    if sign:
        people = (signed.people if signed else frozenset()) | {act.by}
        if signed and act.by in signed.people:
            raise BrokenTrail(place, "the same person signed twice")
        acts = (*(signed.acts if signed else ()), place)
        if len(people) < sign.count:
            walk.pending = Pending("countersign", acts, people, sign.count - len(people), sign.roles)
            return
    walk.change(record=first.record)
    outlet = walk.step.outlet
    if outlet:
        if act.result not in (outlet.passed, outlet.failed):
            raise BrokenTrail(place, "a step with a result closed without one")
        walk.result = act.result
        walk.change(result=act.result)
        if act.result == outlet.failed and outlet.failed_ends:
            _close(walk, "done", act)
            walk.state, walk.closed_at = "ended", act.at
            return
    _close(walk, "done", act)
    _forward(walk, act)


def _skipped(walk: _Walk, place: int, act: Act) -> None:
    waiver = walk.step.waiver
    if waiver is None:
        raise BrokenTrail(place, "a step that nobody may waive was skipped")
    asked = walk.pending if walk.pending and walk.pending.kind == "waiver" else None
    if asked is None:
        walk.pending = Pending("waiver", (place,), frozenset({act.by}), 1, waiver.approved_by)
        return
    if act.by in asked.people:
        raise BrokenTrail(place, "the waiver was approved by the person who asked")
    _close(walk, "skipped", act)
    _forward(walk, act)


def _returned(walk: _Walk, place: int, act: Act) -> None:
    if act.to not in [step.key for step in walk.procedure.steps[: walk.place + 1]]:
        raise BrokenTrail(place, "returned to a step that is not behind")
    if walk.pending and act.to == walk.step.key:
        # Saying no to a signature or a waiver undoes what was begun; the step itself goes on, and so does its clock.
        walk.pending = None
        return
    target = walk.procedure.place(act.to)
    walk.reset(target)
    walk.result = next((s.result for s in reversed(walk.steps) if s.result), None)
    walk.open(target, act.at, act.content_sha256)


def _close(walk: _Walk, state: Literal["done", "skipped"], act: Act) -> None:
    walk.pending = None
    walk.change(state=state, closed_at=act.at, by=act.by, content_sha256=act.content_sha256)


def _forward(walk: _Walk, act: Act) -> None:
    if walk.place + 1 < len(walk.steps):
        walk.open(walk.place + 1, act.at, act.content_sha256)
    elif walk.procedure.repeats:
        walk.round += 1
        walk.reset(0)
        walk.open(0, act.at, act.content_sha256)
    else:
        walk.state, walk.closed_at = "closed", act.at


def period_end(period: Period, opened_at: datetime, calendar: WorkCalendar) -> datetime:
    """24:00 in Shanghai of the period's last day."""
    count = calendar.limit if period.off_rest_days else calendar.add
    return end_of(count(day_of(opened_at), period.days, period.unit))


def earliest_at(step: Step, opened_at: datetime, calendar: WorkCalendar) -> datetime | None:
    """When the last of the step's minimum waits is over; None without one."""
    return max((period_end(wait.period, opened_at, calendar) for wait in step.waits), default=None)


def _provisional(state: StepState, calendar: WorkCalendar) -> bool:
    last = max((at for at in (state.earliest_at, state.due_at) if at), default=None)
    return bool(state.opened_at and last and calendar.is_provisional(day_of(state.opened_at), day_of(last)))
