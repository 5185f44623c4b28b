"""Acting on the steps of a decision."""

from uuid import UUID

from backend.db.base import Session
from backend.db.decision import Decision
from backend.domain.access import Actor, Moment
from backend.domain.decision.facts import facts_of
from backend.domain.decision.find import decision_for
from backend.domain.decision.start import subject_of
from backend.domain.decision.status import status_of
from backend.domain.event import changed, record_about
from backend.domain.run import Judged, Standing, Wish, add_act, judge_act


async def act_on_decision(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, wish: Wish
) -> Decision:
    """Do one act on the open step.

    Raises NotFound, Stale, Forbidden when the step is for other people, Conflict when the run is over, and Unready
    with everything that is still missing.
    """
    decision, organization = await decision_for(session, actor, id, "decision:act", version)
    acted = await add_act(
        session,
        actor,
        moment,
        subject_of(decision, organization),
        wish,
        lambda: facts_of(session, decision, actor),
    )
    old = {"status": decision.status.value, "step": acted.before.step}
    follow_run(decision, acted.after, moment)
    act = acted.after.acts[-1]
    record_about(
        session,
        actor,
        moment,
        "decision.acted",
        decision,
        data={
            "act": {
                "step": act.step,
                "outcome": act.outcome,
                "to": act.to,
                "rule": act.rule,
                "result": act.result,
                "text_sha256": act.content_sha256,
                "evidence": act.evidence,
            },
            **changed(old, {"status": decision.status.value, "step": acted.after.here.step}),
        },
        reason=act.reason,
    )
    return decision


async def judge_decision_act(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, wish: Wish
) -> Judged:
    """What `act_on_decision` would refuse; nothing changes."""
    decision, organization = await decision_for(session, actor, id, "decision:act", version, lock=False)
    subject = subject_of(decision, organization)
    return await judge_act(session, actor, moment, subject, wish, lambda: facts_of(session, decision, actor))


def follow_run(decision: Decision, standing: Standing, moment: Moment) -> None:
    """Bring the decision's copies in line with its run and count the change."""
    decision.status = status_of(standing.here)
    decision.closed_at = standing.here.closed_at
    decision.updated_at = moment.now
    decision.version += 1
