"""Whether an act may be done now, and everything that stands against it. Pure: a dry run is the same call."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from backend.domain.calendar import WorkCalendar, day_of, last_day_before
from backend.domain.condition import UNIT_TITLES, counted_vote
from backend.domain.errors import Problem
from backend.domain.procedure.content import stale_steps
from backend.domain.procedure.definition import Procedure, Step
from backend.domain.procedure.position import period_end, position
from backend.domain.procedure.record import day_problems, schema_problems, unfit_values
from backend.domain.procedure.trail import OUTCOMES, STATE_TITLES, Act, Attached, Position, Trail
from backend.domain.procedure.words import day_in_words, joined
from backend.domain.scene import Facts, Record, Scene
from backend.domain.text import is_blank

OTHER = "other"
"""The kind of evidence that every step takes beside its own."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acts: the roles that reach the subject, and every organisation that the person belongs to or acts for."""

    person: str
    roles: frozenset[str]
    organizations: frozenset[str] = field(default_factory=frozenset)
    name: str = ""


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
    def opened_at(self) -> datetime:
        assert self.here.opened_at
        return self.here.opened_at

    @property
    def signed(self) -> tuple[Act, ...]:
        """The acts that already signed the open step, oldest first; the first brought the record."""
        pending = self.here.pending
        return tuple(self.trail.acts[n] for n in pending.acts) if pending and pending.kind == "countersign" else ()

    @property
    def record(self) -> Record | None:
        return self.signed[0].record if self.signed else self.act.record

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


def check(
    procedure: Procedure, trail: Trail, act: Act, caller: Caller, facts: Facts, calendar: WorkCalendar
) -> list[Problem]:
    """Everything that stands against `act`, which happens at `act.at`; an empty list lets it in.

    Pointers are JSON pointers into the act (`/record/held_on`, `/evidence`, `/reason`), empty when filling in a form
    cannot help: wrong person, wrong step, too early.
    """
    here = position(procedure, trail, calendar)
    if here.state != "open" or here.step is None:
        return [Problem("", "run_over", {"state": STATE_TITLES[here.state]})]
    if act.outcome not in OUTCOMES:
        return [Problem("/outcome", "outcome_unknown", {"outcome": str(act.outcome)})]
    open_step = procedure.step(here.step)
    if act.step != open_step.key:
        titles = {step.key: step.title for step in procedure.steps}
        if act.step not in titles:
            return [Problem("/step", "step_unknown", {"step": str(act.step)[:60]})]
        return [Problem("/step", "step_not_open", {"step": titles[act.step], "open": open_step.title})]
    attempt = Attempt(procedure, trail, here, open_step, act, caller, facts, calendar)
    judge = {"done": _done, "skipped": _skipped, "returned": _returned, "withdrawn": _withdrawn}[act.outcome]
    return [*_common(attempt), *judge(attempt)]


def settled(procedure: Procedure, trail: Trail, act: Act, calendar: WorkCalendar) -> Act:
    """The act as it is to be stored: with the result of the step's vote when this act closes the step.

    The result is stored, not recomputed, so that what was adopted stays adopted whatever later versions count.
    """
    here = position(procedure, trail, calendar)
    if act.outcome != "done" or act.step != here.step:
        return act
    step = procedure.step(act.step)
    signed = here.pending if here.pending and here.pending.kind == "countersign" else None
    missing = signed.missing if signed else step.countersign.count if step.countersign else 1
    if step.outlet is None or missing > 1:
        return act
    record = trail.acts[signed.acts[0]].record if signed else act.record
    _, count = counted_vote(step.outlet.vote.params, record or {})
    return replace(act, result=step.outlet.passed if count.passed else step.outlet.failed)


def _common(attempt: Attempt) -> Iterator[Problem]:
    act, trail = attempt.act, attempt.trail
    last = trail.acts[-1].at if trail.acts else trail.started_at
    if act.at < last:
        yield Problem("", "act_back_dated", {"last": day_in_words(day_of(last))})
    if act.by != attempt.caller.person:
        yield Problem("", "act_by_other", {})
    if act.content_sha256 is not None and act.content_sha256 != attempt.facts.content_sha256:
        yield Problem("", "content_stale", {})
    if act.to is not None and act.outcome != "returned":
        yield Problem("/to", "target_not_expected", {})
    if act.record is not None and act.outcome != "done" and not _records_return(attempt):
        yield Problem("/record", "record_not_expected", {})
    known = {kind.kind for kind in attempt.step.evidence} | {OTHER}
    for place, item in enumerate(act.evidence):
        if item.kind not in known:
            yield Problem(f"/evidence/{place}", "evidence_unknown", {"kind": item.kind[:60]})


def _records_return(attempt: Attempt) -> bool:
    return attempt.act.outcome == "returned" and attempt.step.record_on_return


def _done(attempt: Attempt) -> Iterator[Problem]:
    act, step, signed = attempt.act, attempt.step, attempt.signed
    yield from _may(attempt, step.countersign.roles if step.countersign and signed else step.roles)
    yield from _barred(attempt)
    if act.by in {other.by for other in signed}:
        yield Problem("", "already_signed", {})
    if signed and act.record is not None and act.record != signed[0].record:
        yield Problem("/record", "record_differs", {})
    if signed and signed[0].content_sha256 != attempt.facts.content_sha256:
        yield Problem("", "content_changed_since_signing", {})
    yield from _too_early(attempt)
    yield from _evidence(attempt)
    yield from _record(attempt)


def _record(attempt: Attempt) -> Iterator[Problem]:
    step, record, scene = attempt.step, attempt.record, attempt.scene()
    yield from _form(attempt)
    readable = record is not None and step.schema is not None and not schema_problems(step.schema, record, "")
    for condition in step.conditions:
        if not condition.warns and (readable or not condition.reads_record):
            yield from condition.problems(scene)
    if readable and step.outlet and attempt.act.result is not None:
        _, count = counted_vote(step.outlet.vote.params, record or {})
        if attempt.act.result != (step.outlet.passed if count.passed else step.outlet.failed):
            yield Problem("", "result_wrong", {})


def _form(attempt: Attempt) -> Iterator[Problem]:
    """The record by itself: its shape, its texts and its days."""
    step, record = attempt.step, attempt.record
    if step.schema is None:
        if record is not None:
            yield Problem("/record", "record_not_expected", {})
        return
    if record is None:
        yield Problem("/record", "record_missing", {"step": step.title})
        return
    found = schema_problems(step.schema, record, "/record")
    yield from found
    if not found:
        yield from unfit_values(step.schema, record, "/record")
        schemas = {other.key: other.schema for other in attempt.procedure.steps if other.schema is not None}
        yield from day_problems(attempt.scene(), schemas)


def _too_early(attempt: Attempt) -> Iterator[Problem]:
    scene = attempt.scene()
    for wait in attempt.step.waits:
        ends = period_end(wait.period, attempt.opened_at, attempt.calendar)
        if attempt.act.at >= ends:
            continue
        params = {
            "step": attempt.step.title,
            "until": day_in_words(last_day_before(ends)),
            "passed": attempt.calendar.days_between(scene.opened_on, scene.today, wait.period.unit),
            "needed": wait.period.days,
            "unit": UNIT_TITLES[wait.period.unit],
        }
        if wait.shortened_by is None:
            yield Problem("", "too_early", params)
        elif not scene.first(wait.shortened_by)[1]:
            shorter = {**params, "field": scene.title(wait.shortened_by)}
            yield Problem("/record" + wait.shortened_by, "too_early_unless_shortened", shorter)


def _evidence(attempt: Attempt) -> Iterator[Problem]:
    given, scene = {item.kind for item in attempt.evidence}, attempt.scene()
    for kind in attempt.step.evidence:
        needed = kind.required or (kind.required_with is not None and bool(scene.first(kind.required_with)[1]))
        if needed and kind.kind not in given:
            yield Problem("/evidence", "evidence_missing", {"evidence": kind.title})


def _skipped(attempt: Attempt) -> Iterator[Problem]:
    waiver, pending, act = attempt.step.waiver, attempt.here.pending, attempt.act
    if waiver is None:
        yield Problem("/outcome", "step_not_waivable", {"step": attempt.step.title})
        return
    if pending and pending.kind == "countersign":
        yield Problem("/outcome", "signatures_pending", {"missing": pending.missing})
        return
    if pending is None:
        yield from _may(attempt, waiver.asked_by)
        yield from _given(act, "reason", "rule")
        return
    yield from _may(attempt, waiver.approved_by)
    if act.by in pending.people:
        yield Problem("", "waiver_same_person", {})


def _returned(attempt: Attempt) -> Iterator[Problem]:
    act, step, pending, caller = attempt.act, attempt.step, attempt.here.pending, attempt.caller
    yield from _given(act, "reason")
    if act.record is not None and step.record_on_return:
        yield from _form(attempt)
    if pending and act.to == step.key:
        if caller.person not in pending.people:
            yield from _may(attempt, pending.roles)
        return
    titles = {other.key: other.title for other in attempt.procedure.steps}
    if act.to not in titles:
        yield Problem("/to", "return_target_unknown", {"to": str(act.to)[:60]})
    elif act.to in stale_steps(attempt.procedure, attempt.here, attempt.facts.content_sha256, material=True) and (
        caller.roles & set(attempt.procedure.revised_by)
    ):
        return
    elif act.to not in step.back_to:
        yield Problem("/to", "return_not_allowed", {"step": step.title, "to": titles[act.to]})
    yield from _may(attempt, step.roles)
    yield from _barred(attempt)


def _withdrawn(attempt: Attempt) -> Iterator[Problem]:
    withdrawal, procedure = attempt.procedure.withdrawal, attempt.procedure
    if withdrawal is None:
        yield Problem("/outcome", "withdrawal_not_possible", {})
        return
    if withdrawal.before and procedure.place(attempt.step.key) >= procedure.place(withdrawal.before):
        yield Problem("/outcome", "withdrawal_too_late", {"step": procedure.step(withdrawal.before).title})
    yield from _may(attempt, withdrawal.roles)
    yield from _given(attempt.act, "reason")


def _given(act: Act, *fields: str) -> Iterator[Problem]:
    for name in fields:
        if is_blank(getattr(act, name)):
            yield Problem(f"/{name}", f"{name}_needed", {})


def _may(attempt: Attempt, roles: Iterable[str]) -> Iterator[Problem]:
    if not attempt.caller.roles & set(roles):
        titles = joined(attempt.procedure.roles[role] for role in roles)
        yield Problem("", "role_not_allowed", {"step": attempt.step.title, "roles": titles})


def _barred(attempt: Attempt) -> Iterator[Problem]:
    mine = attempt.caller.organizations | {attempt.caller.person}
    for party in attempt.step.barred:
        title = attempt.procedure.parties[party]
        members = attempt.facts.parties.get(party)
        if members is None:
            # Nobody can be told apart from a party that nobody has named.
            yield Problem("", "party_unset", {"party": title})
        elif mine & members:
            yield Problem("", "party_barred", {"party": title, "step": attempt.step.title})
