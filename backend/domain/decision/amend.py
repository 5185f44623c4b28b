"""Changing what a decision says: its background, and its text in versions that are all kept."""

from uuid import UUID

from backend.db.base import Session
from backend.db.decision import Decision, DecisionStatus, SubjectClass
from backend.domain.access import Actor, Moment
from backend.domain.calendar import shipped_calendar
from backend.domain.decision.act import follow_run
from backend.domain.decision.facts import facts_of
from backend.domain.decision.find import decision_for
from backend.domain.decision.start import text_version
from backend.domain.errors import Conflict, Forbidden, invalid
from backend.domain.event import changed, record_about
from backend.domain.procedure.check import check
from backend.domain.procedure.content import stale_steps
from backend.domain.procedure.trail import Act
from backend.domain.run import Standing, caller_of, refuse, rewrite_copies, run_is_over, standing_of, store_act
from backend.domain.scene import Facts
from backend.domain.text import text_sha256

_MATERIAL = "文本有实质性修改"
_EDITORIAL = "文本有文字修改，须按修改后的文本重新审查"


async def change_decision(
    session: Session,
    actor: Actor,
    moment: Moment,
    id: UUID,
    version: int,
    *,
    background: str | None = None,
    subject_class: SubjectClass | None = None,
) -> Decision:
    """Change what is only about the matter. What it aims at and who sponsors it stay as they were begun.

    Raises NotFound, Forbidden, Stale, and Conflict once it is decided.
    """
    decision, _ = await decision_for(session, actor, id, "decision:write", version)
    await _undecided(session, decision)
    wanted = {"background": background, "subject_class": subject_class}
    given = {name: value for name, value in wanted.items() if value is not None}
    changes = changed({name: getattr(decision, name) for name in given}, given)
    if not changes:
        return decision
    for name, value in given.items():
        setattr(decision, name, value)
    decision.updated_at = moment.now
    decision.version += 1
    record_about(
        session,
        actor,
        moment,
        "decision.changed",
        decision,
        data=changes,
    )
    return decision


async def amend_decision(
    session: Session,
    actor: Actor,
    moment: Moment,
    id: UUID,
    version: int,
    *,
    title: str,
    body: str,
    material: bool,
    reason: str = "",
) -> Decision:
    """Write a new version of the text; what was done on the old one and no longer counts has to be done again.

    After a legality review any change sends the run back there, a material one to the opinions. The return is an act
    of the run like any other, in the same transaction. Raises NotFound, Stale, Forbidden for others than the office,
    Conflict once it is decided, and Invalid for the text that is there already.
    """
    decision, organization = await decision_for(session, actor, id, "decision:write", version)
    standing = await _undecided(session, decision)
    caller = caller_of(actor, organization.path)
    if not caller.roles & set(standing.procedure.revised_by):
        raise Forbidden("not_yours_to_change")
    sha256 = text_sha256(title, body)
    if sha256 == decision.text_sha256:
        raise invalid("/text", "text_unchanged")
    old = {"version": decision.text_version, "sha256": decision.text_sha256}
    decision.text_version, decision.text_sha256 = decision.text_version + 1, sha256
    session.add(
        text_version(
            actor, moment, decision, title, body, sha256=sha256, number=decision.text_version, material=material
        )
    )
    await session.flush()
    facts = await facts_of(session, decision, actor)
    stale = stale_steps(standing.procedure, standing.here, sha256, material=material)
    if stale:
        why = reason or (_MATERIAL if material else _EDITORIAL)
        standing = await _returned(session, actor, moment, organization.path, standing, facts, stale[0], why)
    rewrite_copies(standing, facts, moment)
    follow_run(decision, standing, moment)
    record_about(
        session,
        actor,
        moment,
        "decision.amended",
        decision,
        data={
            "text": {"old": old, "new": {"version": decision.text_version, "sha256": sha256}},
            "material": material,
            "returned_to": stale[0] if stale else None,
        },
        reason=reason,
    )
    return decision


async def _undecided(session: Session, decision: Decision) -> Standing:
    """The run, held, of a decision that may still be changed."""
    standing = await standing_of(session, decision.id, lock=True)
    if standing.here.state != "open":
        raise run_is_over(standing)
    if decision.status is not DecisionStatus.running:
        raise Conflict("decision_taken")
    return standing


async def _returned(
    session: Session,
    actor: Actor,
    moment: Moment,
    path: str,
    standing: Standing,
    facts: Facts,
    to: str,
    why: str,
) -> Standing:
    assert standing.here.step
    act = Act(
        step=standing.here.step,
        outcome="returned",
        by=str(actor.account_id),
        by_organization=str(actor.organization_id) if actor.organization_id else None,
        at=moment.now,
        reason=why,
        to=to,
        content_sha256=facts.content_sha256,
    )
    refuse(check(standing.procedure, standing.trail, act, caller_of(actor, path), facts, shipped_calendar()))
    return await store_act(session, actor, standing, act, [])
