"""What a caller may do next with a run, and what is still missing for it, to be said in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.domain.calendar import WorkCalendar, day_of, overdue
from backend.domain.condition import counted_vote
from backend.domain.errors import Problem
from backend.domain.procedure.check import Attempt, Caller, check
from backend.domain.procedure.content import stale_steps
from backend.domain.procedure.definition import EvidenceKind, Procedure, Step
from backend.domain.procedure.example import schema_with_example
from backend.domain.procedure.position import position
from backend.domain.procedure.record import schema_problems
from backend.domain.procedure.trail import Act, Outcome, Position, Trail
from backend.domain.procedure.words import day_in_words, joined
from backend.domain.scene import Facts

FORM_FIELDS = ("/record", "/evidence", "/reason", "/rule", "/to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing to do next. `title` is a key of the message catalogue; `to` the steps that a return may name.

    `missing` is everything still lacking, form contents included; `allowed` says that the caller may do it once the
    form is filled in. `record_schema` (with an example that holds now) and `evidence` are that form.
    """

    outcome: Outcome
    step: str
    title: str
    allowed: bool
    missing: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    to: tuple[str, ...] | None = None
    record_schema: Mapping[str, Any] | None = None
    evidence: tuple[EvidenceKind, ...] = ()


def options(
    procedure: Procedure, trail: Trail, caller: Caller, facts: Facts, now: datetime, calendar: WorkCalendar
) -> list[Option]:
    """Finishing the open step always, with what stands in the way; the rest as far as the caller's roles go.

    Empty when the run is over.
    """
    here = position(procedure, trail, calendar)
    if here.step is None:
        return []
    step = procedure.step(here.step)
    found = []
    for outcome, title, to in _possible(procedure, here, step, caller, facts):
        act = Act(
            step=step.key,
            outcome=outcome,
            by=caller.person,
            at=max(now, trail.acts[-1].at if trail.acts else now),
            to=to[0] if to else None,
            content_sha256=facts.content_sha256,
        )
        missing = tuple(check(procedure, trail, act, caller, facts, calendar))
        signing = here.pending is not None and here.pending.kind == "countersign"
        takes_record = (outcome == "done" and not signing) or (outcome == "returned" and step.record_on_return)
        opened_at = here.opened_at or now
        found.append(
            Option(
                outcome=outcome,
                step=step.key,
                title=title,
                to=to,
                allowed=all(problem.pointer.startswith(FORM_FIELDS) for problem in missing),
                missing=missing,
                warnings=tuple(remarks(procedure, trail, act, caller, facts, calendar)),
                record_schema=schema_with_example(step, now, opened_at) if takes_record else None,
                evidence=step.evidence if outcome == "done" else (),
            )
        )
    return found


def _possible(
    procedure: Procedure, here: Position, step: Step, caller: Caller, facts: Facts
) -> Iterator[tuple[Outcome, str, tuple[str, ...] | None]]:
    pending, roles = here.pending, caller.roles
    signing = pending is not None and pending.kind == "countersign"
    yield "done", "option.countersign" if signing else "option.done", None
    if step.waiver and not signing and roles & set(step.waiver.approved_by if pending else step.waiver.asked_by):
        yield "skipped", "option.approve_waiver" if pending else "option.ask_waiver", None
    targets = set(step.back_to) if roles & set(step.roles) else set()
    if roles & set(procedure.revised_by):
        targets |= set(stale_steps(procedure, here, facts.content_sha256, material=True))
    if pending:
        targets.discard(step.key)
        if caller.person in pending.people or roles & set(pending.roles):
            yield "returned", "option.decline", (step.key,)
    if targets:
        yield "returned", "option.return", tuple(other.key for other in procedure.steps if other.key in targets)
    withdrawal = procedure.withdrawal
    if withdrawal and roles & set(withdrawal.roles):
        before = withdrawal.before
        if before is None or procedure.place(step.key) < procedure.place(before):
            yield "withdrawn", "option.withdraw", None


def remarks(
    procedure: Procedure, trail: Trail, act: Act, caller: Caller, facts: Facts, calendar: WorkCalendar
) -> Iterator[Problem]:
    """What to point out about an act that is no reason to refuse it: ties, lateness, what will follow from it."""
    here = position(procedure, trail, calendar)
    if here.step is None or act.step != here.step:
        return
    step = procedure.step(here.step)
    if here.due_at and overdue(here.due_at, act.at):
        last = day_of(here.due_at)
        yield Problem("", "overdue", {"due": day_in_words(last), "days": (day_of(act.at) - last).days})
    if here.provisional:
        yield Problem("", "calendar_provisional", {})
    for name in (caller.person, caller.name):
        if name and name in facts.ties:
            yield Problem("", "caller_tied", {"tie": facts.ties[name]})
            break
    attempt = Attempt(procedure, trail, here, step, act, caller, facts, calendar)
    if act.outcome == "done":
        yield from _remarks_done(attempt)
    elif act.outcome == "skipped" and here.pending is None:
        yield Problem(
            "", "waiver_needs_approval", {"roles": joined(procedure.roles[role] for role in _approvers(step))}
        )
    elif act.outcome == "returned" and act.to != step.key and act.to in {s.key for s in here.in_force()}:
        place = procedure.place(act.to)
        again = [procedure.step(s.key).title for s in here.in_force() if procedure.place(s.key) >= place]
        yield Problem("", "steps_to_repeat", {"steps": joined(again)})


def _approvers(step: Step) -> tuple[str, ...]:
    return step.waiver.approved_by if step.waiver else ()


def _remarks_done(attempt: Attempt) -> Iterator[Problem]:
    step, pending, record = attempt.step, attempt.here.pending, attempt.record
    if step.countersign:
        left = (pending.missing if attempt.signed and pending else step.countersign.count) - 1
        if left:
            roles = joined(attempt.procedure.roles[role] for role in step.countersign.roles)
            yield Problem("", "signatures_to_come", {"missing": left, "roles": roles})
    if record is None or step.schema is None or schema_problems(step.schema, record, ""):
        return
    for wait in step.waits:
        if wait.shortened_by and attempt.scene().first(wait.shortened_by)[1]:
            yield Problem("/record" + wait.shortened_by, "wait_shortened", {"days": wait.period.days})
    for condition in step.conditions:
        if condition.warns:
            yield from condition.problems(attempt.scene())
    if step.outlet:
        rule, count = counted_vote(step.outlet.vote.params, record)
        params = {
            "meeting": rule.title,
            "due": count.due,
            "present": count.present,
            "recused": count.recused,
            "yes": count.yes,
            "no": count.no,
            "abstain": count.abstain,
            "needed": count.yes_needed,
            "short": count.yes_short,
        }
        if count.quorum:
            yield Problem("/record/votes", "vote_passes" if count.passed else "vote_fails", params)
