"""Which answers nobody has rated in time: asked by the worker alone."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from backend.db.base import Session
from backend.db.feedback import FeedbackCard
from backend.db.organization import Organization
from backend.db.procedure import ProcedureRun


async def unrated_cards(session: Session, now: datetime, limit: int) -> list[tuple[FeedbackCard, Organization]]:
    """Cards whose time for a rating is over, held; those that somebody else holds at this moment are left out."""
    question = (
        select(FeedbackCard, Organization)
        .join(Organization, col(Organization.id) == col(FeedbackCard.organization_id))
        .join(ProcedureRun, col(ProcedureRun.subject_id) == col(FeedbackCard.id))
        .where(
            ProcedureRun.procedure == "feedback",
            ProcedureRun.step == "rating",
            col(ProcedureRun.due_at) <= now - timedelta(seconds=1),
        )
        .order_by(col(ProcedureRun.due_at), col(FeedbackCard.id))
        .limit(limit)
        .with_for_update(of=FeedbackCard, skip_locked=True)
    )
    return [(card, organization) for card, organization in await session.exec(question)]
