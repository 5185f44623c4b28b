"""Problems that come again and again: the same category at the same place."""

from datetime import date
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, col

from backend.db.base import Session, Table
from backend.db.feedback import CardStatus, FeedbackCard

_NOT_A_CASE = (
    CardStatus.received,
    CardStatus.not_accepted,
    CardStatus.transferred,
    CardStatus.merged,
    CardStatus.withdrawn,
    CardStatus.sealed,
    CardStatus.handed_over,
)


class FeedbackRepeat(Table, table=True):
    """A systemic problem that was raised because of repeats, and the item of the ledger that it became."""

    __table_args__ = (sa.Index("ix_feedback_repeat_place", "place_id", "category", "raised_on"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    county_id: UUID
    place_id: UUID = Field(foreign_key="organization.id")
    category: str = Field(max_length=32)
    cards: int
    rectification_id: UUID
    raised_on: date


async def repeats_since(session: Session, place_id: UUID, category: str, first: date) -> int:
    """How many accepted cards of one category there are for a place since `first`.

    Cards that are or may be about somebody are left out: the people of the place see the item that comes of the count.
    """
    question = sa.select(sa.func.count()).where(
        col(FeedbackCard.place_id) == place_id,
        col(FeedbackCard.category) == category,
        col(FeedbackCard.received_on) >= first,
        col(FeedbackCard.status).not_in(_NOT_A_CASE),
        col(FeedbackCard.sealed_at).is_(None),
        sa.func.cardinality(col(FeedbackCard.about)) == 0,
        sa.not_(col(FeedbackCard.noted)),
        sa.not_(col(FeedbackCard.of_conduct)),
    )
    return int((await session.execute(question)).scalar_one())


async def raised_since(session: Session, place_id: UUID, category: str, first: date) -> bool:
    """Whether a systemic problem was raised of it since `first`; whoever asks holds others off until the end."""
    key = f"feedback repeat {place_id} {category}"
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))
    question = sa.select(
        sa.exists().where(
            col(FeedbackRepeat.place_id) == place_id,
            col(FeedbackRepeat.category) == category,
            col(FeedbackRepeat.raised_on) >= first,
        )
    )
    return bool((await session.execute(question)).scalar_one())
