"""What stands against leaving a step otherwise than by finishing it: waiving, returning, withdrawing, reopening."""

from collections.abc import Iterator

from backend.domain.errors import Problem
from backend.domain.procedure.attempt import Attempt, fit_person, given, has_role, of_none
from backend.domain.procedure.content import stale_steps
from backend.domain.procedure.definition import Step
from backend.domain.procedure.finishing import form
from backend.domain.procedure.settling import may_return_to
from backend.domain.procedure.trail import Position


def skipping(attempt: Attempt) -> Iterator[Problem]:
    waiver, pending, act = attempt.step.waiver, attempt.here.pending, attempt.act
    if waiver is None:
        yield Problem("/outcome", "step_not_waivable", {"step": attempt.step.title})
        return
    if pending and pending.kind == "countersign":
        yield Problem("/outcome", "signatures_pending", {"missing": pending.missing})
        return
    if pending is None or pending.kind != "waiver":
        yield from has_role(attempt, waiver.asked_by)
        yield from given(act, "reason", "rule")
        return
    yield from has_role(attempt, waiver.approved_by)
    if act.known & attempt.asked_by:
        yield Problem("", "waiver_same_person", {})


def returning(attempt: Attempt) -> Iterator[Problem]:
    act, step, pending, caller = attempt.act, attempt.step, attempt.here.pending, attempt.caller
    yield from given(act, "reason")
    if act.record is not None and step.record_on_return:
        yield from form(attempt, step.schema)
    if pending and act.to == step.key:
        if not caller.people & pending.people:
            yield from has_role(attempt, pending.roles)
            if pending.kind == "extension" and step.extension:
                yield from of_none(attempt, step.extension.barred)
        return
    titles = {other.key: other.title for other in attempt.procedure.steps}
    if act.to not in titles:
        yield Problem("/to", "return_target_unknown", {"to": str(act.to)[:60]})
    elif act.to in stale_steps(attempt.procedure, attempt.here, attempt.facts.content_sha256, material=True) and (
        caller.roles & set(attempt.procedure.revised_by)
    ):
        return
    elif act.to not in step.back_to or not may_return_to(attempt.procedure, attempt.here, act.to, attempt.facts):
        yield Problem("/to", "return_not_allowed", {"step": step.title, "to": titles[act.to]})
    elif returns_used_up(attempt.here, step.key, attempt.procedure.step(act.to)):
        yield Problem("/to", "too_many_returns", {"to": titles[act.to]})
    if caller.roles & set(step.recalled_by):
        yield from of_none(attempt, step.barred)
        return
    yield from has_role(attempt, step.roles)
    yield from fit_person(attempt)


def returns_used_up(here: Position, origin: str, target: Step) -> bool:
    """Whether this round has gone back from `origin` to `target` as often as it may."""
    limit = target.returns_at_most
    if limit is None or (limit.origins and origin not in limit.origins):
        return False
    counted = [one for one in here.returns if one[1] == target.key and (not limit.origins or one[0] in limit.origins)]
    return len(counted) >= limit.count


def withdrawing(attempt: Attempt) -> Iterator[Problem]:
    withdrawal, procedure = attempt.procedure.withdrawal, attempt.procedure
    if withdrawal is None:
        yield Problem("/outcome", "withdrawal_not_possible", {})
        return
    if withdrawal.before and procedure.place(attempt.step.key) >= procedure.place(withdrawal.before):
        yield Problem("/outcome", "withdrawal_too_late", {"step": procedure.step(withdrawal.before).title})
    yield from has_role(attempt, withdrawal.roles)
    yield from of_none(attempt, withdrawal.barred)
    yield from given(attempt.act, "reason")


def reopening(attempt: Attempt) -> Iterator[Problem]:
    """Opening a closed run again; on an open one there is nothing to reopen."""
    again = attempt.procedure.reopening
    here, procedure = attempt.here, attempt.procedure
    if again is None or here.state != "closed" or not may_return_to(procedure, here, again.to, attempt.facts):
        yield Problem("/outcome", "reopening_not_possible", {})
        return
    yield from has_role(attempt, again.roles)
    yield from of_none(attempt, again.barred)
    yield from given(attempt.act, "reason")
    if attempt.act.record is not None or (again.schema or {}).get("required"):
        yield from form(attempt, again.schema)
