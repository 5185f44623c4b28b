"""Everything that is kept about a decision, gathered for its papers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col

from backend.db.attachment import Attachment, attachments_by_id
from backend.db.base import Session
from backend.db.decision import Decision, DecisionText, Opinion, opinions_of, texts_of
from backend.db.event import Event, events_of
from backend.db.organization import Organization
from backend.domain.access import Actor, Moment
from backend.domain.decision.find import seen_decision
from backend.domain.decision.view import evidence_ids
from backend.domain.errors import Conflict
from backend.domain.event import record_about
from backend.domain.run import Standing, standing_of

EVIDENCE_LIMIT = 1024 * 1024 * 1024
"""Bytes of evidence in one dossier: it is put together in memory."""


@dataclass(frozen=True, slots=True)
class DecisionFile:
    """`names_in_clear`: the reader works on the decision, so that residents' names need no mask."""

    decision: Decision
    organization: Organization
    sponsor: Organization
    standing: Standing
    texts: list[DecisionText]
    opinions: list[Opinion]
    attachments: dict[UUID, Attachment]
    events: list[Mapping[str, Any]]
    names_in_clear: bool


async def decision_file(session: Session, actor: Actor, id: UUID, permission: str) -> DecisionFile:
    """Gather it for someone who reads the decision and holds `permission` there.

    Whoever may read the log alone, such as an auditor, is shown nothing of what it is about.

    Raises NotFound, and Conflict when its evidence is too much for one archive.
    """
    await seen_decision(session, actor, id)
    decision, organization = await seen_decision(session, actor, id, permission)
    standing = await standing_of(session, decision.id)
    attachments = await attachments_by_id(session, evidence_ids(standing))
    if sum(attachment.size for attachment in attachments.values()) > EVIDENCE_LIMIT:
        raise Conflict("dossier_too_large", limit="1 GiB")
    return DecisionFile(
        decision=decision,
        organization=organization,
        sponsor=await session.get_one(Organization, decision.sponsor_unit_id),
        standing=standing,
        texts=await texts_of(session, decision.id),
        opinions=await opinions_of(session, decision.id),
        attachments=attachments,
        events=await _events(session, decision.id),
        names_in_clear=actor.may("decision:write", organization.path),
    )


async def make_dossier(session: Session, actor: Actor, moment: Moment, id: UUID) -> DecisionFile:
    """Gather a decision's file to take it out of the house, which is an event.  Raises what `decision_file` raises."""
    file = await decision_file(session, actor, id, "event:read")
    record_about(
        session,
        actor,
        moment,
        "decision.dossier_made",
        file.decision,
        data={"opinions": len(file.opinions), "attachments": len(file.attachments)},
    )
    return file


async def _events(session: Session, decision_id: UUID) -> list[Mapping[str, Any]]:
    rows = (await session.execute(events_of("decision", decision_id).order_by(col(Event.sequence)))).mappings()
    return [dict(row) for row in rows]
