"""Walking a run in tests: a clock that is moved by hand, three people, and acts that must be let in."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.domain.calendar import WorkCalendar, shipped_calendar
from backend.domain.errors import Problem
from backend.domain.procedure.attempt import Caller
from backend.domain.procedure.check import check
from backend.domain.procedure.definition import Procedure
from backend.domain.procedure.example import example_for
from backend.domain.procedure.options import options
from backend.domain.procedure.position import position
from backend.domain.procedure.settling import first_step, settled
from backend.domain.procedure.trail import Act, Attached, Position, Trail
from backend.domain.scene import Facts

TEXT = "a" * 64
OFFICE_ID, JUSTICE_ID = "org-office", "org-justice"
CLERK = Caller("p-clerk", frozenset({"clerk"}), frozenset({OFFICE_ID}), "区慧")
OTHER_CLERK = Caller("p-clerk-2", frozenset({"clerk"}), frozenset({OFFICE_ID}), "陶文")
SECRETARY = Caller("p-secretary", frozenset({"secretary"}), frozenset({"org-committee"}), "林秋实")
REVIEWER = Caller("p-reviewer", frozenset({"legal_reviewer"}), frozenset({JUSTICE_ID}), "单明")
PEOPLE = (CLERK, SECRETARY, REVIEWER)
FACTS = Facts(
    subject={"opinions": {"received": 3, "answered": 3}, "organization_kind": "township_committee"},
    parties={"sponsor_unit": frozenset({OFFICE_ID, "城建办公室"}), "proposer": frozenset({"曾晓岚"})},
    content_sha256=TEXT,
)


def at(text: str) -> datetime:
    """A moment in Shanghai, as UTC: `at("2026-06-01 09:00")`."""
    return datetime.fromisoformat(text + "+08:00").astimezone(UTC)


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


START = at("2026-03-02 09:00")


@dataclass
class Walk:
    """One run, with its clock."""

    procedure: Procedure
    now: datetime = START
    facts: Facts = FACTS
    calendar: WorkCalendar = field(default_factory=shipped_calendar)
    people: tuple[Caller, ...] = PEOPLE
    trail: Trail = field(init=False)

    def __post_init__(self) -> None:
        first = first_step(self.procedure, self.facts)
        started = None if first == self.procedure.steps[0].key else first
        self.trail = Trail(self.now, content_sha256=self.facts.content_sha256, started_step=started)

    @property
    def here(self) -> Position:
        return position(self.procedure, self.trail, self.calendar)

    def later(self, days: int) -> "Walk":
        self.now += timedelta(days=days)
        return self

    def example(self, **changes: Any) -> dict[str, Any] | None:
        here = self.here
        assert here.step
        assert here.opened_at
        found = example_for(self.procedure.step(here.step), self.now, here.opened_at)
        return {**found, **changes} if found is not None else None

    def act(self, caller: Caller, outcome: str = "done", **values: Any) -> Act:
        """An act on the open step; a `done` brings the example and all required evidence unless told otherwise."""
        here = self.here
        step = self.procedure.step(values.pop("step", here.step or self.procedure.steps[-1].key))
        if outcome == "done" and not here.pending and here.step == step.key:
            values.setdefault("record", self.example())
            required = (Attached(kind.kind, f"file-{kind.kind}") for kind in step.evidence if kind.required)
            values.setdefault("evidence", tuple(required))
        return Act(
            step=step.key,
            outcome=outcome,  # type: ignore[arg-type]  # a test may say anything
            by=caller.person,
            at=values.pop("at", self.now),
            content_sha256=values.pop("content_sha256", self.facts.content_sha256),
            **values,
        )

    def refused(self, caller: Caller, outcome: str = "done", **values: Any) -> list[str]:
        return codes(self.problems(caller, outcome, **values))

    def problems(self, caller: Caller, outcome: str = "done", **values: Any) -> list[Problem]:
        return self.check(self.act(caller, outcome, **values), caller)

    def back_to(self, caller: Caller) -> tuple[str, ...]:
        """Where the caller may return the open step to."""
        found = options(self.procedure, self.trail, caller, self.facts, self.now, self.calendar)
        return next((option.to or () for option in found if option.outcome == "returned"), ())

    def check(self, act: Act, caller: Caller) -> list[Problem]:
        return check(self.procedure, self.trail, act, caller, self.facts, self.calendar)

    def do(self, caller: Caller, outcome: str = "done", **values: Any) -> "Walk":
        act = self.act(caller, outcome, **values)
        problems = self.check(act, caller)
        assert not problems, (act.step, problems)
        self.trail = self.trail.with_act(settled(self.procedure, self.trail, act, self.facts, self.calendar))
        return self

    def to(self, step: str) -> "Walk":
        """Walk on with examples, 31 days at a time, until `step` is open."""
        while self.here.step != step:
            assert self.here.step, f"the run is over before {step}"
            self.later(31).finish()
        return self

    def finish(self) -> "Walk":
        """Finish the open step, with every signature that it needs."""
        open_step = self.here.step
        while self.here.step == open_step:
            signed = self.here.pending.people if self.here.pending else frozenset()
            self.do(next(p for p in self.people if p.roles & set(self.here.roles) and p.person not in signed))
        return self

    def changed(self, **facts: Any) -> "Walk":
        self.facts = replace(self.facts, **facts)
        return self
