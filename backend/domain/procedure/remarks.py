"""What to point out about an act that is no reason to refuse it."""

from collections.abc import Iterator

from backend.domain.calendar import WorkCalendar, day_of, overdue
from backend.domain.condition import counted_vote
from backend.domain.errors import Problem
from backend.domain.procedure.attempt import Attempt, Caller
from backend.domain.procedure.definition import Extension, Procedure, Waiver
from backend.domain.procedure.position import position
from backend.domain.procedure.record import schema_problems
from backend.domain.procedure.trail import Act, Trail
from backend.domain.procedure.words import day_in_words, joined
from backend.domain.scene import Facts, Title


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
    for name in (*sorted(caller.people), caller.name):
        if name and name in facts.ties:
            yield Problem("", "caller_tied", {"tie": facts.ties[name]})
            break
    attempt = Attempt(procedure, trail, here, step, act, caller, facts, calendar)
    if act.outcome == "done":
        yield from _remarks_done(attempt)
    elif act.outcome == "skipped" and here.pending is None:
        yield Problem("", "waiver_needs_approval", {"roles": _titles(procedure, step.waiver)})
    elif act.outcome == "extended" and here.pending is None:
        yield Problem("", "extension_needs_approval", {"roles": _titles(procedure, step.extension)})
    elif act.outcome == "returned" and act.to != step.key and act.to in {s.key for s in here.in_force()}:
        place = procedure.place(act.to)
        again = [procedure.step(s.key).title for s in here.in_force() if procedure.place(s.key) >= place]
        yield Problem("", "steps_to_repeat", {"steps": joined(again)})


def _titles(procedure: Procedure, asking: Waiver | Extension | None) -> Title:
    return joined(procedure.roles[role] for role in (asking.approved_by if asking else ()))


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
