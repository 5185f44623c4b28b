"""Whether an act may be done now, and everything that stands against it. Pure: a dry run is the same call."""

from collections.abc import Iterator

from backend.domain.calendar import WorkCalendar, day_of
from backend.domain.errors import Problem
from backend.domain.procedure.attempt import OTHER, Attempt, Caller
from backend.domain.procedure.definition import Procedure, Step
from backend.domain.procedure.finishing import finishing
from backend.domain.procedure.going_on import extending, noting
from backend.domain.procedure.position import position
from backend.domain.procedure.settling import settled
from backend.domain.procedure.trail import OUTCOMES, STATE_TITLES, Act, Position, Trail
from backend.domain.procedure.turning import reopening, returning, skipping, withdrawing
from backend.domain.procedure.words import day_in_words
from backend.domain.scene import Facts

_JUDGES = {
    "done": finishing,
    "skipped": skipping,
    "returned": returning,
    "withdrawn": withdrawing,
    "noted": noting,
    "extended": extending,
    "reopened": reopening,
}


def check(
    procedure: Procedure, trail: Trail, act: Act, caller: Caller, facts: Facts, calendar: WorkCalendar
) -> list[Problem]:
    """Everything that stands against `act`, which happens at `act.at`; an empty list lets it in.

    Pointers are JSON pointers into the act (`/record/held_on`, `/evidence`, `/reason`), empty when filling in a form
    cannot help: wrong person, wrong step, too early.
    """
    here = position(procedure, trail, calendar)
    step = acted_step(procedure, here, act)
    if step is None:
        return [Problem("", "run_over", {"state": STATE_TITLES[here.state]})]
    if act.outcome not in OUTCOMES:
        return [Problem("/outcome", "outcome_unknown", {"outcome": str(act.outcome)})]
    if act.step != step.key:
        titles = {known.key: known.title for known in procedure.steps}
        if act.step not in titles:
            return [Problem("/step", "step_unknown", {"step": str(act.step)[:60]})]
        return [Problem("/step", "step_not_open", {"step": titles[act.step], "open": step.title})]
    attempt = Attempt(procedure, trail, here, step, act, caller, facts, calendar)
    return [*_common(attempt), *_JUDGES[act.outcome](attempt)]


def acted_step(procedure: Procedure, here: Position, act: Act) -> Step | None:
    """The step that the act has to be about: the open one, or where a closed run is reopened; None when it is over."""
    if here.step is not None:
        return procedure.step(here.step)
    if act.outcome == "reopened" and procedure.reopening and here.state == "closed":
        return procedure.step(procedure.reopening.to)
    return None


def _common(attempt: Attempt) -> Iterator[Problem]:
    act, trail = attempt.act, attempt.trail
    last = trail.acts[-1].at if trail.acts else trail.started_at
    if act.at < last:
        yield Problem("", "act_back_dated", {"last": day_in_words(day_of(last))})
    if act.people != attempt.caller.people:
        yield Problem("", "act_by_other", {})
    if act.content_sha256 is not None and act.content_sha256 != attempt.facts.content_sha256:
        yield Problem("", "content_stale", {})
    if act.to is not None and act.outcome != "returned" and act.to != _leads_to(attempt):
        yield Problem("/to", "target_not_expected", {})
    if act.record is not None and not _takes_record(attempt):
        yield Problem("/record", "record_not_expected", {})
    known = {kind.kind for kind in attempt.step.evidence} | {OTHER}
    for place, item in enumerate(act.evidence):
        if item.kind not in known:
            yield Problem(f"/evidence/{place}", "evidence_unknown", {"kind": item.kind[:60]})


def _leads_to(attempt: Attempt) -> str | None:
    """Where an act that is settled already may say that it leads."""
    if attempt.act.outcome not in ("done", "skipped"):
        return None
    return settled(attempt.procedure, attempt.trail, attempt.act, attempt.facts, attempt.calendar).to


def _takes_record(attempt: Attempt) -> bool:
    """Whether a record is looked at at all; what judges the act says then whether it is right."""
    outcome = attempt.act.outcome
    return outcome in ("done", "noted", "extended", "reopened") or (
        outcome == "returned" and attempt.step.record_on_return
    )
