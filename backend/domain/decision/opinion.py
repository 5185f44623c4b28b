"""Opinions on a decision: receiving them while they are asked for, and saying what became of each."""

from collections.abc import Mapping
from uuid import UUID, uuid5

import sqlalchemy as sa

from backend.db.base import Session, new_id
from backend.db.decision import Decision, Opinion, OpinionChannel, OpinionOutcome, OpinionSource, opinion_of
from backend.domain.access import Actor, Moment
from backend.domain.decision.find import decision_for
from backend.domain.errors import Conflict, NotFound, Stale
from backend.domain.event import changed, record_about
from backend.domain.procedure.definition import Step
from backend.domain.run import Standing, run_is_over, standing_of

OPINIONS = "opinions"


async def receive_opinion(
    session: Session,
    actor: Actor,
    moment: Moment,
    decision_id: UUID,
    *,
    channel: OpinionChannel,
    content: str,
    from_kind: OpinionSource,
    from_name: str = "",
    id: UUID | None = None,
) -> Opinion:
    """Take in an opinion, one's own or one that came by another way.

    `id` is for loaders that have to know it beforehand. Raises NotFound, Forbidden, and Conflict once the step that
    has to answer opinions is behind.
    """
    decision, _ = await decision_for(session, actor, decision_id, "opinion:write", lock=False)
    # Held, so that the step cannot close on an opinion that nobody has seen yet.
    _taking_opinions(await standing_of(session, decision.id, share=True))
    return _take_in(session, actor, moment, decision, id or new_id(), channel, content, from_kind, from_name)


async def receive_public_opinion(
    session: Session,
    moment: Moment,
    decision_id: UUID,
    submission_id: UUID,
    *,
    content: str,
    from_kind: OpinionSource,
    from_name: str = "",
) -> Opinion:
    """Take in what somebody without an account sent, while the public is asked; once, however often it is sent.

    `submission_id` is the sender's own random number.  Raises NotFound for a decision that is not public, and Conflict
    `opinions_over` when nobody is asked any more, `submission_differs` when the same number comes with another text.
    """
    key = uuid5(decision_id, str(submission_id))
    # Two attempts of one phone may arrive together.
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(str(key), 0))))
    decision = await session.get(Decision, decision_id)
    if decision is None:
        raise NotFound("not_found")
    sent = await opinion_of(session, decision_id, key)
    if sent is not None:
        if (sent.content, sent.from_kind, sent.from_name) != (content, from_kind, from_name):
            raise Conflict("submission_differs")
        return sent
    standing = await standing_of(session, decision_id, share=True)
    asking = {step.key for step in standing.procedure.steps if asks_public(step)}
    if standing.here.step not in asking:
        # Whoever was never asked is not told that there is a decision.
        raise Conflict("opinions_over") if any(act.step in asking for act in standing.acts) else NotFound("not_found")
    return _take_in(session, None, moment, decision, key, OpinionChannel.web, content, from_kind, from_name)


def _take_in(
    session: Session,
    actor: Actor | None,
    moment: Moment,
    decision: Decision,
    key: UUID,
    channel: OpinionChannel,
    content: str,
    from_kind: OpinionSource,
    from_name: str,
) -> Opinion:
    opinion = Opinion(
        id=key,
        county_id=decision.county_id,
        organization_id=decision.organization_id,
        decision_id=decision.id,
        channel=channel,
        content=content,
        from_kind=from_kind,
        from_name=from_name,
        created_at=moment.now,
        updated_at=moment.now,
    )
    session.add(opinion)
    _recorded(
        session, actor, moment, decision, "decision.opinion_received", opinion, {"channel": channel, "from": from_kind}
    )
    return opinion


async def answer_opinion(
    session: Session,
    actor: Actor,
    moment: Moment,
    decision_id: UUID,
    opinion_id: UUID,
    version: int,
    *,
    outcome: OpinionOutcome,
    reason: str,
) -> Opinion:
    """Say what became of an opinion, and why; an answer may be corrected until the step closes.

    Raises NotFound, Forbidden, Stale and Conflict.
    """
    decision, _ = await decision_for(session, actor, decision_id, "decision:write", lock=False)
    _taking_opinions(await standing_of(session, decision.id, share=True))
    opinion = await opinion_of(session, decision.id, opinion_id)
    if opinion is None:
        raise NotFound("not_found")
    if opinion.version != version:
        raise Stale("stale")
    before = {"outcome": opinion.outcome, "reason": opinion.reason}
    opinion.outcome, opinion.reason = outcome, reason
    opinion.answered_at, opinion.answered_by, opinion.answered_by_name = moment.now, actor.account_id, actor.name
    opinion.updated_at = moment.now
    opinion.version += 1
    changes = changed(before, {"outcome": outcome, "reason": reason})
    _recorded(session, actor, moment, decision, "decision.opinion_answered", opinion, changes)
    return opinion


def asks_public(step: Step) -> bool:
    """Whether everybody is asked while this step is open: it closes only when every opinion has its answer."""
    return any(c.rule == "all_answered" and c.params.get("of") == OPINIONS for c in step.conditions)


def takes_opinions(standing: Standing) -> bool:
    """Whether a step that has to answer every opinion is still ahead or open: the definition says which."""
    answering = [place for place, step in enumerate(standing.procedure.steps) if asks_public(step)]
    here = standing.here.step
    return here is not None and bool(answering) and standing.procedure.place(here) <= max(answering)


def _taking_opinions(standing: Standing) -> None:
    if standing.here.state != "open":
        raise run_is_over(standing)
    if not takes_opinions(standing):
        raise Conflict("opinions_over")


def _recorded(
    session: Session,
    actor: Actor | None,
    moment: Moment,
    decision: Decision,
    kind: str,
    opinion: Opinion,
    data: Mapping[str, object],
) -> None:
    record_about(
        session,
        actor,
        moment,
        kind,
        decision,
        # Neither name nor words of the sender: the log is read by more people than the opinion.
        data={"opinion_id": str(opinion.id), **data},
    )
