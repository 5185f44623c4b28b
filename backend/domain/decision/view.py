"""A decision as one person sees it: with the text, the run, and what that person may do next."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.db.attachment import Attachment, attachments_by_id
from backend.db.base import Session, utc_now
from backend.db.decision import Decision, DecisionText, text_of
from backend.db.organization import Organization
from backend.db.procedure import holders_of_run
from backend.domain.access import Actor, Moment
from backend.domain.decision.facts import facts_of
from backend.domain.decision.start import subject_of
from backend.domain.procedure.options import Option
from backend.domain.run import Standing, options_of, standing_of


@dataclass(frozen=True, slots=True)
class DecisionView:
    """`holders` are `{id, name}` of those who hold the open step; `attachments` are the evidence of all acts."""

    decision: Decision
    organization: Organization
    sponsor: Organization
    text: DecisionText
    standing: Standing
    options: list[Option]
    holders: list[dict[str, Any]]
    attachments: dict[UUID, Attachment]


async def view_decision(
    session: Session, actor: Actor, moment: Moment, decision: Decision, organization: Organization
) -> DecisionView:
    """Everything that the page of a decision shows."""
    standing = await standing_of(session, decision.id)
    facts = await facts_of(session, decision, actor)
    return DecisionView(
        decision=decision,
        organization=organization,
        sponsor=await session.get_one(Organization, decision.sponsor_unit_id),
        text=await text_of(session, decision),
        standing=standing,
        options=options_of(standing, actor, subject_of(decision, organization), facts, moment.now),
        holders=await holders_of_run(session, decision.id, utc_now()),
        attachments=await attachments_by_id(session, evidence_ids(standing)),
    )


def evidence_ids(standing: Standing) -> list[UUID]:
    """The attachments that any act of the run names."""
    return [UUID(item["id"]) for act in standing.acts for item in act.evidence]
