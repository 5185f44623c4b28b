"""Beginning a decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.db.base import Session, new_id
from backend.db.decision import Decision, DecisionText, SubjectClass
from backend.db.numbering import next_number
from backend.db.organization import Organization, OrganizationStatus, organizations_held
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.decision.facts import facts_of
from backend.domain.decision.goal import goal_problems
from backend.domain.errors import Conflict, Forbidden, Invalid, NotFound, invalid
from backend.domain.event import record_about
from backend.domain.pinyin import grams
from backend.domain.procedures.registry import current
from backend.domain.run import Subject, start_run
from backend.domain.text import text_sha256

PROCEDURE = "decision"
SERIES = "JC"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDecision:
    """What a decision begins with. `five_w_one_h` has the six answers in the shape of the API, days as ISO text."""

    organization_id: UUID
    sponsor_unit_id: UUID
    title: str
    subject_class: SubjectClass
    five_w_one_h: Mapping[str, Any]
    text_title: str
    text_body: str
    proposer: str = ""
    background: str = ""


async def start_decision(
    session: Session, actor: Actor, moment: Moment, new: NewDecision, *, id: UUID | None = None
) -> Decision:
    """Begin a decision at its first step, under the newest version of the procedure.

    `id` is for loaders that have to know it beforehand. Raises NotFound, Forbidden, Conflict for an organisation that
    is no longer, and Invalid with a pointer to each of the six answers that is lacking.
    """
    # Held, so that neither is dissolved while a decision begins in it.
    wanted = {new.organization_id, new.sponsor_unit_id}
    held = await organizations_held(session, actor.reach("organization:read"), wanted)
    organization, sponsor = held.get(new.organization_id), held.get(new.sponsor_unit_id)
    if organization is None:
        raise NotFound("not_found")
    if not actor.may("decision:write", organization.path):
        raise Forbidden("not_yours_to_change")
    if organization.status is not OrganizationStatus.active:
        raise Conflict("organization_over", name=organization.name)
    if sponsor is None or sponsor.county_id != organization.county_id:
        raise invalid("/sponsor_unit_id", "sponsor_not_found")
    if sponsor.status is not OrganizationStatus.active:
        raise invalid("/sponsor_unit_id", "organization_over", name=sponsor.name)
    if problems := goal_problems(new.five_w_one_h, day_of(moment.now)):
        raise Invalid("invalid", problems=problems)
    decision = await _stored(session, actor, moment, organization, new, id or new_id())
    facts = await facts_of(session, decision, actor)
    await start_run(session, moment, current(PROCEDURE), subject_of(decision, organization), facts)
    record_about(
        session,
        actor,
        moment,
        "decision.started",
        decision,
        data={
            "number": decision.number,
            "title": decision.title,
            "sponsor_unit": sponsor.name,
            "text_sha256": decision.text_sha256,
        },
    )
    return decision


async def _stored(
    session: Session, actor: Actor, moment: Moment, organization: Organization, new: NewDecision, id: UUID
) -> Decision:
    sha256 = text_sha256(new.text_title, new.text_body)
    decision = Decision(
        id=id,
        county_id=organization.county_id,
        organization_id=organization.id,
        number=await next_number(session, organization.county_id, SERIES, day_of(moment.now).year),
        title=new.title,
        grams=grams(new.title),
        subject_class=new.subject_class,
        sponsor_unit_id=new.sponsor_unit_id,
        proposer=new.proposer,
        background=new.background,
        five_w_one_h=dict(new.five_w_one_h),
        text_sha256=sha256,
        created_at=moment.now,
        updated_at=moment.now,
    )
    session.add(decision)
    await session.flush()
    session.add(
        text_version(actor, moment, decision, new.text_title, new.text_body, sha256=sha256, number=1, material=True)
    )
    await session.flush()
    return decision


def text_version(
    actor: Actor,
    moment: Moment,
    decision: Decision,
    title: str,
    body: str,
    *,
    sha256: str,
    number: int,
    material: bool,
) -> DecisionText:
    """The row of one version of the text."""
    return DecisionText(
        decision_id=decision.id,
        number=number,
        title=title,
        body=body,
        sha256=sha256,
        material=material,
        by=actor.account_id,
        by_name=actor.name,
        at=moment.now,
        created_at=moment.now,
    )


def subject_of(decision: Decision, organization: Organization) -> Subject:
    """The decision as the run sees it."""
    return Subject(
        kind="decision",
        id=decision.id,
        county_id=decision.county_id,
        organization_id=decision.organization_id,
        path=organization.path,
        number=decision.number,
        title=decision.title,
    )
