"""One act against the run as it stands, and whether its doer is one of those who may."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from backend.domain.calendar import WorkCalendar, day_of
from backend.domain.errors import Problem
from backend.domain.procedure.definition import Procedure, Step
from backend.domain.procedure.trail import Act, Attached, Position, StepState, Trail, doers
from backend.domain.procedure.words import joined
from backend.domain.scene import Facts, Record, Scene
from backend.domain.text import is_blank

OTHER = "other"
"""The kind of evidence that every step takes beside its own."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acts: the roles that reach the subject, and every organisation that the person belongs to or acts for.

    `on_behalf_of`: the colleague whose delegated roles these are.
    """

    person: str
    roles: frozenset[str]
    organizations: frozenset[str] = field(default_factory=frozenset)
    name: str = ""
    on_behalf_of: str | None = None

    @property
    def people(self) -> frozenset[str]:
        """Whoever must not have done what this step judges: a deputy is no second pair of eyes for an absent one."""
        return frozenset({self.person} if self.on_behalf_of is None else {self.person, self.on_behalf_of})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One act against the run as it stands."""

    procedure: Procedure
    trail: Trail
    here: Position
    step: Step
    act: Act
    caller: Caller
    facts: Facts
    calendar: WorkCalendar

    @property
    def state(self) -> StepState:
        return self.here.of(self.step.key)

    @property
    def opened_at(self) -> datetime:
        return self.here.opened_at or self.here.closed_at or self.act.at

    @property
    def signed(self) -> tuple[Act, ...]:
        """The acts that already signed the open step, oldest first; the first brought the record."""
        pending = self.here.pending
        return tuple(self.trail.acts[n] for n in pending.acts) if pending and pending.kind == "countersign" else ()

    @property
    def asked_by(self) -> frozenset[str]:
        """Who began what waits for other people, and what they are called."""
        pending = self.here.pending
        return frozenset().union(*(self.trail.acts[n].known for n in pending.acts)) if pending else frozenset()

    @property
    def record(self) -> Record | None:
        return self.signed[0].record if self.signed and self.act.outcome == "done" else self.act.record

    @property
    def evidence(self) -> tuple[Attached, ...]:
        return tuple(item for act in (*self.signed, self.act) for item in act.evidence)

    def scene(self) -> Scene:
        before = [s for s in self.here.in_force() if self.procedure.place(s.key) < self.procedure.place(self.step.key)]
        return Scene(
            record=self.record,
            schema=self.step.schema or {},
            records={state.key: state.record for state in before if state.record is not None},
            contents={state.key: state.content_sha256 for state in before},
            step_titles={step.key: step.title for step in self.procedure.steps},
            party_titles=self.procedure.parties,
            opened_on=day_of(self.opened_at),
            today=day_of(self.act.at),
            facts=self.facts,
            calendar=self.calendar,
        )


def given(act: Act, *fields: str) -> Iterator[Problem]:
    """Texts that the act has to bring."""
    for name in fields:
        if is_blank(getattr(act, name)):
            yield Problem(f"/{name}", f"{name}_needed", {})


def has_role(attempt: Attempt, roles: Iterable[str]) -> Iterator[Problem]:
    if not attempt.caller.roles & set(roles):
        titles = joined(attempt.procedure.roles[role] for role in roles)
        yield Problem("", "role_not_allowed", {"step": attempt.step.title, "roles": titles})


def fit_person(attempt: Attempt) -> Iterator[Problem]:
    """Of a party that the step is for, of none that is barred from it, and not who did what this step judges."""
    yield from of_none(attempt, attempt.step.barred)
    yield from _of_one(attempt)
    for key in attempt.step.other_than:
        if (attempt.caller.people | attempt.caller.organizations) & doers(attempt.trail, attempt.here.of(key)):
            other = attempt.procedure.step(key).title
            yield Problem("", "same_person_as_step", {"step": attempt.step.title, "other": other})


def of_none(attempt: Attempt, parties: Iterable[str]) -> Iterator[Problem]:
    """The caller is none of these parties' people."""
    mine = attempt.caller.organizations | attempt.caller.people
    for party in parties:
        title = attempt.procedure.parties[party]
        members = attempt.facts.parties.get(party)
        if members is None:
            # Nobody can be told apart from a party that nobody has named.
            yield Problem("", "party_unset", {"party": title})
        elif mine & members:
            yield Problem("", "party_barred", {"party": title, "step": attempt.step.title})


def _of_one(attempt: Attempt) -> Iterator[Problem]:
    mine, only = attempt.caller.organizations | attempt.caller.people, attempt.step.only
    named = [attempt.facts.parties[party] for party in only if party in attempt.facts.parties]
    titles = joined(attempt.procedure.parties[party] for party in only)
    if only and not named:
        yield Problem("", "party_unset", {"party": titles})
    elif only and not any(mine & members for members in named):
        yield Problem("", "party_only", {"party": titles, "step": attempt.step.title})
