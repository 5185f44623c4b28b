"""Acting on the steps of an item."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from backend.db.base import Session
from backend.db.organization import Organization
from backend.db.procedure import ProcedureAct
from backend.db.rectification import DeadlineKind, Rectification, RectificationEvidence
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of, shipped_calendar
from backend.domain.errors import Forbidden, Unready
from backend.domain.event import changed, record_about
from backend.domain.procedure.trail import Position
from backend.domain.procedures.rectification.owning import IMMEDIATE_DAYS
from backend.domain.rectification.counts import count_rectification, counted
from backend.domain.rectification.facts import facts_of
from backend.domain.rectification.find import rectification_for
from backend.domain.rectification.limit import keeps_at_once, limit_of
from backend.domain.rectification.milestone import milestone_problems, position_after, sets_milestones
from backend.domain.rectification.register import subject_of
from backend.domain.rectification.status import status_of
from backend.domain.rectification.strictness import asked_back, withdrawal_problems
from backend.domain.run import Judged, Standing, Wish, add_act, judge_act, rewrite_copies, standing_of


async def act_on_rectification(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int | None, wish: Wish, *, undoing: bool = False
) -> Rectification:
    """Do one act on the open step. `undoing`: an import that nobody has used since is taken back, by one person.

    Raises NotFound, Stale, Forbidden when the step is for other people, Conflict when the run is over, and Unready
    with everything that is still missing.
    """
    item, organization = await rectification_for(session, actor, id, "rectification:act", version)
    if problems := withdrawal_problems(item, wish):
        raise Unready("unready", problems=problems)
    standing = await standing_of(session, item.id)
    # Told after what the procedure says itself: whose people are barred hear that.
    problems = [] if undoing else asked_back(item, wish, standing, actor, organization.path)
    data = await done(session, actor, moment, item, organization, wish)
    if any(not problem.pointer for problem in problems):
        raise Forbidden("withdrawal_needs_another", problems=problems)
    if problems:
        raise Unready("unready", problems=problems)
    record_about(session, actor, moment, "rectification.acted", item, data, wish.reason)
    return item


async def judge_rectification_act(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, wish: Wish
) -> Judged:
    """What `act_on_rectification` would refuse, and what it would point out; nothing changes."""
    item, organization = await rectification_for(session, actor, id, "rectification:act", version, lock=False)
    today, wish = day_of(moment.now), completed(item, wish, day_of(moment.now))
    judged = await judge_act(
        session,
        actor,
        moment,
        subject_of(item, organization),
        wish,
        lambda: facts_of(session, item, actor, today, wish),
    )
    standing = await standing_of(session, item.id)
    path = organization.path
    if problems := withdrawal_problems(item, wish) or asked_back(item, wish, standing, actor, path):
        return replace(judged, problems=(*judged.problems, *problems))
    if judged.problems or not sets_milestones(wish):
        return judged
    here = position_after(standing, wish, moment)
    return replace(judged, problems=tuple(milestone_problems(item, wish, standing.here, here, moment)))


def completed(item: Rectification, wish: Wish, today: date) -> Wish:
    """The wish with the limit that "at once" stands for, so that nobody has to count working days."""
    record = wish.record
    if wish.step != "assignment" or wish.outcome != "done" or not isinstance(record, dict):
        return wish
    if record.get("deadline_kind") != DeadlineKind.immediate.value or record.get("due_on"):
        return wish
    due = shipped_calendar().limit(today, IMMEDIATE_DAYS, "working")
    if keeps_at_once(item) and (kept := limit_of(item)):
        due = kept if item.assigned_on is not None else min(kept, due)
    return replace(wish, record={**record, "due_on": due.isoformat()})


async def done(
    session: Session, actor: Actor, moment: Moment, item: Rectification, organization: Organization, wish: Wish
) -> dict[str, Any]:
    """Do an act on a locked item, bring everything in line with it, and return what its event has to tell."""
    today = day_of(moment.now)
    wish = completed(item, wish, today)
    before, old = counted(item), _known(item)
    acted = await add_act(
        session,
        actor,
        moment,
        subject_of(item, organization),
        wish,
        lambda: facts_of(session, item, actor, today, wish),
    )
    if problems := milestone_problems(item, wish, acted.before, acted.after.here, moment):
        raise Unready("unready", problems=problems)
    old["step"] = acted.before.step
    act = acted.after.acts[-1]
    _take_over(item, acted.before, act, today)
    follow_run(item, acted.after, moment)
    session.add_all(
        RectificationEvidence(
            county_id=item.county_id,
            rectification_id=item.id,
            attachment_id=UUID(one["id"]),
            sha256=one["sha256"],
            created_at=moment.now,
        )
        for one in act.evidence
    )
    acted.after.run.organization_id = item.organization_id
    await session.flush()
    # Whose the item is may have changed with the act, and so who may do the next one.
    rewrite_copies(acted.after, await facts_of(session, item, actor, today), moment)
    await count_rectification(session, before, counted(item))
    return {
        "act": {
            "step": act.step,
            "outcome": act.outcome,
            "to": act.to,
            "result": act.result,
            "evidence": act.evidence,
        },
        **changed(old, {**_known(item), "step": acted.after.here.step}),
    }


def _known(item: Rectification) -> dict[str, Any]:
    """What an event tells of an item before and after."""
    return {
        "status": item.status.value,
        "due_on": item.due_on.isoformat() if item.due_on else None,
        "responsible_unit_id": str(item.responsible_unit_id) if item.responsible_unit_id else None,
    }


def _take_over(item: Rectification, before: Position, act: ProcedureAct, today: date) -> None:
    """Take from an act what the ledger's columns say."""
    record = act.record or {}
    if act.outcome == "done" and act.step == "assignment":
        _assign(item, record, today)
    elif act.outcome == "done" and act.step == "plan":
        item.measures = "；".join(measure["what"] for measure in record["measures"])
    elif act.outcome == "done" and act.step == "rectifying":
        item.result, item.close_requested_on = record["result"], today
        # What is kept up for good has no day of its own: it is handed in by its next milestone, or late.
        standing = item.deadline_kind is DeadlineKind.standing and before.limit_at is not None
        item.milestone_due_on = day_of(before.limit_at) if standing and before.limit_at else None
    elif act.outcome == "extended" and before.pending is not None:
        item.due_on, item.extensions = date.fromisoformat(record["until"]), item.extensions + 1
    if act.outcome in ("returned", "reopened"):
        given_back = act.to == "assignment" and item.deadline_kind is DeadlineKind.standing
        kept = min(before.milestones, default=item.milestone_due_on) if given_back else None
        item.close_requested_on, item.milestone_due_on = None, kept
    if act.outcome == "reopened":
        named = record.get("due_on")
        if named is None:
            # Recognised anew, it has no limit that a later assignment would have to keep.
            item.deadline_kind = None
        # What is kept up for good is held to that day as to a milestone.
        item.due_on = date.fromisoformat(named) if named and item.deadline_kind is not DeadlineKind.standing else None


def _assign(item: Rectification, record: Mapping[str, Any], today: date) -> None:
    item.organization_id = item.responsible_unit_id = UUID(record["responsible_unit_id"])
    item.proposed_unit_id = None
    item.responsible_leader, item.responsible_person = record["responsible_leader"], record["responsible_person"]
    item.deadline_kind = DeadlineKind(record["deadline_kind"])
    item.due_on = date.fromisoformat(record["due_on"]) if record.get("due_on") else None
    if item.original_due_on is None:
        item.original_due_on = item.due_on
    item.milestone_due_on = None
    item.assigned_on = today


def follow_run(item: Rectification, standing: Standing, moment: Moment) -> None:
    """Bring the item's copies in line with its run and count the change."""
    item.status = status_of(item, standing.here)
    closed = standing.here.state == "closed"
    item.closed_at = standing.here.closed_at if closed else None
    item.closed_on = day_of(item.closed_at) if item.closed_at else None
    item.updated_at = moment.now
    item.version += 1
