"""Where a trail stands: computed from its acts alone, so it is never stored as truth and replays to the same end."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from backend.domain.calendar import WorkCalendar, day_of, last_second_of
from backend.domain.procedure.definition import Procedure, Step
from backend.domain.procedure.limits import (
    History,
    begun_anew,
    earliest_at,
    kept_milestones,
    limits_of,
    milestones_left,
)
from backend.domain.procedure.trail import (
    END,
    Act,
    BrokenTrail,
    Extended,
    Pending,
    Position,
    RunState,
    StepState,
    Trail,
)


@dataclass(slots=True)
class _Walk:
    """The state while walking along a trail. `opened` is the place of the act that opened the open step."""

    procedure: Procedure
    calendar: WorkCalendar
    steps: list[StepState]
    place: int = 0
    opened: int = -1
    round: int = 1
    state: RunState = "open"
    pending: Pending | None = None
    result: str | None = None
    closed_at: datetime | None = None
    last_at: datetime | None = None
    seen: dict[int, Act] = field(default_factory=dict)
    history: History = field(default_factory=History)
    returns: list[tuple[str, str]] = field(default_factory=list)
    missed: set[date] = field(default_factory=set)
    """Milestones that had been missed when the matter was given back: a new plan does not make up for them."""

    @property
    def step(self) -> Step:
        return self.procedure.steps[self.place]

    def open(self, place: int, at: datetime, content: str | None) -> None:
        self.place, self.pending, self.opened = place, None, len(self.seen) - 1
        key = self.procedure.steps[place].key
        before = self.steps[place]
        self.steps[place] = StepState(
            key=key,
            state="open",
            times=before.times + 1,
            opened_at=at,
            opened_content=content,
            earliest_at=earliest_at(self.step, at, self.calendar),
            superseded=(*before.superseded, *before.acts),
        )
        self.count_limit()

    def count_limit(self) -> None:
        """Say anew when the open step is due."""
        at = self.steps[self.place].opened_at
        assert at
        self.change(**self.limits(self.place, (self.opened, at)))

    def limits(self, place: int, opened: tuple[int, datetime] | None) -> dict[str, Any]:
        step = self.procedure.steps[place]
        return limits_of(self.procedure, step, self.steps, self.history, self.calendar, opened)

    def reset(self, first: int) -> None:
        """Make everything from a step on stale: it has to be done again."""
        for place in range(first, len(self.steps)):
            old = self.steps[place]
            self.steps[place] = StepState(key=old.key, times=old.times, superseded=(*old.superseded, *old.acts))

    def pass_over(self, first: int, last: int) -> None:
        """Mark the steps from `first` up to, not including, `last` as not applying."""
        for place in range(first, last):
            self.steps[place] = replace(self.steps[place], state="passed")

    def next_round(self) -> None:
        self.round += 1
        self.returns.clear()
        self.missed.clear()

    def change(self, **values: Any) -> None:
        self.steps[self.place] = replace(self.steps[self.place], **values)


def position(procedure: Procedure, trail: Trail, calendar: WorkCalendar) -> Position:
    """Where the trail stands. Raises BrokenTrail for acts that `check` would never have let in."""
    walk = _Walk(procedure, calendar, [StepState(key=step.key) for step in procedure.steps], last_at=trail.started_at)
    first = procedure.place(trail.started_step) if trail.started_step else 0
    walk.pass_over(0, first)
    walk.open(first, trail.started_at, trail.content_sha256)
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
        limit_at=_limit_at(walk) if is_open else None,
        milestones=_milestones(walk) if is_open else frozenset(),
        behind_at=_behind_at(walk) if is_open else None,
        checking=is_open and walk.step.checking,
        returns=tuple(walk.returns),
    )


def _limit_at(walk: _Walk) -> datetime | None:
    """The limit of the matter: of the step that holds it, from when it can be told until that step is done."""
    if not walk.step.checking:
        for place in range(walk.place + 1, len(walk.steps)):
            if walk.procedure.steps[place].limit and (named := walk.limits(place, None)["due_at"]):
                at: datetime = named
                return at
    return walk.steps[walk.place].due_at


def _milestones(walk: _Walk) -> frozenset[date]:
    """The milestones ahead or missed, of the open step or of the next one that has any."""
    for place in range(walk.place, len(walk.steps)):
        left, _ = milestones_left(walk.procedure, walk.procedure.steps[place], walk.steps, walk.history)
        if left:
            return frozenset(left)
    return frozenset()


def _missed(walk: _Walk, at: datetime) -> set[date]:
    """The milestones that lay behind when their step was finished, or lie behind now, and were not reached."""
    found: set[date] = set()
    for step, state in zip(walk.procedure.steps, walk.steps, strict=True):
        left, _ = milestones_left(walk.procedure, step, walk.steps, walk.history)
        found |= {day for day in left if day < day_of(state.closed_at or at)}
    return found


def _behind_at(walk: _Walk) -> datetime | None:
    """From when the matter is behind its plan: its first milestone that is not reached, or one that was reached after
    its day, until another is reached in time."""
    days = set(_milestones(walk)) | walk.missed
    _, reached = milestones_left(walk.procedure, walk.step, walk.steps, walk.history)
    if reached:
        place, last = reached[-1]
        late = {day for day in last if day < day_of(walk.seen[place].at)}
        days = (days | late) if late else days - walk.missed
    return last_second_of(min(days)) if days else None


def _walk_on(walk: _Walk, place: int, act: Act) -> None:
    if walk.last_at and act.at < walk.last_at:
        raise BrokenTrail(place, "earlier than the act before it")
    walk.last_at, walk.seen[place] = act.at, act
    if act.outcome == "reopened":
        _reopened(walk, place, act)
        return
    if walk.state != "open":
        raise BrokenTrail(place, "the run was over")
    if act.step != walk.step.key:
        raise BrokenTrail(place, f"{act.step} was not open")
    walk.change(acts=(*walk.steps[walk.place].acts, place))
    if act.outcome == "done":
        _done(walk, place, act)
    elif act.outcome == "skipped":
        _skipped(walk, place, act)
    elif act.outcome == "returned":
        _returned(walk, place, act)
    elif act.outcome == "noted":
        _noted(walk, place, act)
    elif act.outcome == "extended":
        _extended(walk, place, act)
    else:
        walk.state, walk.closed_at = "withdrawn", act.at


def _done(walk: _Walk, place: int, act: Act) -> None:
    sign = walk.step.countersign
    signed = walk.pending if walk.pending and walk.pending.kind == "countersign" else None
    first = walk.seen[signed.acts[0]] if signed else act
    if sign:
        people = (signed.people if signed else frozenset()) | act.people
        if signed and act.people & signed.people:
            raise BrokenTrail(place, "the same person signed twice")
        acts = (*(signed.acts if signed else ()), place)
        if len(acts) < sign.count:
            walk.pending = Pending("countersign", acts, people, sign.count - len(acts), sign.roles)
            return
    walk.change(record=first.record)
    outlet = walk.step.outlet
    if outlet and act.result not in (outlet.passed, outlet.failed):
        raise BrokenTrail(place, "a step with a result closed without one")
    if act.result is not None:
        walk.result = act.result
        walk.change(result=act.result)
    _close(walk, "done", act)
    if outlet and act.result == outlet.failed and outlet.failed_ends:
        walk.state, walk.closed_at = "ended", act.at
        return
    _forward(walk, place, act)


def _skipped(walk: _Walk, place: int, act: Act) -> None:
    waiver = walk.step.waiver
    if waiver is None:
        raise BrokenTrail(place, "a step that nobody may waive was skipped")
    asked = walk.pending if walk.pending and walk.pending.kind == "waiver" else None
    if asked is None:
        walk.pending = Pending("waiver", (place,), act.people, 1, waiver.approved_by)
        return
    if act.people & asked.people:
        raise BrokenTrail(place, "the waiver was approved by the person who asked")
    _close(walk, "skipped", act)
    _forward(walk, place, act)


def _returned(walk: _Walk, place: int, act: Act) -> None:
    if act.to not in [step.key for step in walk.procedure.steps[: walk.place + 1]]:
        raise BrokenTrail(place, "returned to a step that is not behind")
    if walk.pending and act.to == walk.step.key:
        # Saying no to what was begun undoes that alone; the step itself goes on, and so does its clock.
        walk.pending = None
        return
    walk.missed |= _missed(walk, act.at)
    walk.returns.append((act.step, act.to))
    target = walk.procedure.place(act.to)
    kept = kept_milestones(walk.procedure, walk.steps, walk.history, target, day_of(act.at))
    if kept is not None:
        walk.history.kept = (place, kept)
    walk.reset(target)
    walk.result = next((s.result for s in reversed(walk.steps) if s.result), None)
    walk.open(target, act.at, act.content_sha256)


def _noted(walk: _Walk, place: int, act: Act) -> None:
    if walk.step.note is None:
        raise BrokenTrail(place, "a note on a step that takes none")
    walk.history.notes.setdefault(act.step, []).append((place, act.record or {}))
    walk.count_limit()


def _extended(walk: _Walk, place: int, act: Act) -> None:
    extension = walk.step.extension
    if extension is None or walk.steps[walk.place].limit_from is None:
        raise BrokenTrail(place, "a limit that cannot be moved was extended")
    until = date.fromisoformat((act.record or {})["until"])
    asked = walk.pending if walk.pending and walk.pending.kind == "extension" else None
    if asked is None:
        walk.pending = Pending("extension", (place,), act.people, 1, extension.approved_by, until)
        return
    if act.people & asked.people:
        raise BrokenTrail(place, "the extension was granted by the person who asked")
    walk.pending = None
    walk.history.extensions.setdefault(act.step, []).append(Extended(until, asked.acts[0], place))
    walk.count_limit()


def _reopened(walk: _Walk, place: int, act: Act) -> None:
    reopening = walk.procedure.reopening
    if walk.state != "closed" or reopening is None or act.step != reopening.to:
        raise BrokenTrail(place, "a run that is not closed was reopened, or reopened elsewhere")
    target = walk.procedure.place(reopening.to)
    walk.state, walk.closed_at = "open", None
    walk.history.reopened = (place, act)
    walk.next_round()
    anew = begun_anew(walk.procedure, walk.steps, walk.history, act, target)
    if anew is not None:
        walk.history.kept = (place, anew)
    walk.reset(target)
    walk.result = next((s.result for s in reversed(walk.steps) if s.result), None)
    walk.open(target, act.at, act.content_sha256)
    walk.change(acts=(place,))


def _close(walk: _Walk, state: Literal["done", "skipped"], act: Act) -> None:
    walk.pending = None
    walk.change(state=state, closed_at=act.at, by=act.by, content_sha256=act.content_sha256)


def _forward(walk: _Walk, place: int, act: Act) -> None:
    """Open the step that the act names, or else the following one; what lies between does not apply."""
    count = len(walk.steps)
    target = count if act.to == END else walk.place + 1
    if act.to is not None and act.to != END:
        if act.to not in [step.key for step in walk.procedure.steps]:
            raise BrokenTrail(place, "led to a step that is not there")
        target = walk.procedure.place(act.to)
    if target > walk.place:
        walk.pass_over(walk.place + 1, target)
        if target < count:
            walk.open(target, act.at, act.content_sha256)
            return
        target = 0
    if not walk.procedure.repeats and act.to not in (None, END):
        raise BrokenTrail(place, "led to a step that is not ahead")
    if not walk.procedure.repeats or act.to == END:
        walk.state, walk.closed_at = "closed", act.at
        return
    walk.next_round()
    walk.reset(0)
    walk.pass_over(0, target)
    walk.open(target, act.at, act.content_sha256)


def _provisional(state: StepState, calendar: WorkCalendar) -> bool:
    last = max((at for at in (state.earliest_at, state.due_at) if at), default=None)
    return bool(state.opened_at and last and calendar.is_provisional(day_of(state.opened_at), day_of(last)))
