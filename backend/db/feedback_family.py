"""The family of a card: all cards that carry its words or are handled with one that does, and the items made of them.

Whoever asks is a rule: nobody's sight is asked here, and nothing of it is shown.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from backend.db.base import Session
from backend.db.feedback import FeedbackCard
from backend.db.feedback_vault import SealedReport
from backend.db.rectification import Rectification
from backend.db.row_security import open_vault


async def family_of(session: Session, card_id: UUID) -> list[FeedbackCard]:
    """The card and all that are its parts, its wholes or merged with one of these, however far; held until the end."""
    await session.flush()
    return await _held(session, (await session.execute(_kin(card_id))).scalars().all())


def _kin(card_id: UUID) -> sa.Select[Any]:
    found = sa.select(*_links()).where(col(FeedbackCard.id) == card_id).cte("kin", recursive=True)
    # `UNION` drops what was found before, so that cards that lead to each other end.
    kin = found.union(
        sa.select(*_links()).where(
            sa.or_(
                col(FeedbackCard.split_from_id) == found.c.id,
                col(FeedbackCard.merged_into_id) == found.c.id,
                col(FeedbackCard.id) == found.c.split_from_id,
                col(FeedbackCard.id) == found.c.merged_into_id,
            )
        )
    )
    return sa.select(kin.c.id)


def _links() -> tuple[Any, ...]:
    return (col(FeedbackCard.id), col(FeedbackCard.split_from_id), col(FeedbackCard.merged_into_id))


async def _held(session: Session, ids: Collection[UUID]) -> list[FeedbackCard]:
    question = select(FeedbackCard).where(col(FeedbackCard.id).in_(ids)).order_by(col(FeedbackCard.id))
    return list(await session.exec(question.with_for_update().execution_options(populate_existing=True)))


async def root_of(session: Session, card: FeedbackCard) -> FeedbackCard:
    """The card that a sender sent, of which this one is a part, or a part of a part; itself, if it is none."""
    while card.split_from_id is not None:
        card = await session.get_one(FeedbackCard, card.split_from_id)
    return card


async def note_on(session: Session, card: FeedbackCard) -> str:
    """Whom the sender wrote that it is about; nothing is left of it once that was sealed."""
    return card.about_note or (await root_of(session, card)).about_note


async def items_made_of(session: Session, card_ids: Collection[UUID]) -> list[UUID]:
    """The items of the ledger that were made of these cards, those that they were merged into, and what came of them
    as a relapse."""
    item = Rectification
    columns = (col(item.id), col(item.merged_into_id))
    found = sa.select(*columns).where(col(item.feedback_card_id).in_(card_ids)).cte("made", recursive=True)
    made = found.union(
        sa.select(*columns).where(sa.or_(col(item.id) == found.c.merged_into_id, col(item.relapse_of_id) == found.c.id))
    )
    return sorted((await session.execute(sa.select(made.c.id))).scalars(), key=str)


async def cards_of_item(session: Session, item_id: UUID) -> list[FeedbackCard]:
    """The cards whose words an item may repeat: that it was made of, or an item that it took over or relapsed from."""
    item = Rectification
    columns = (col(item.id), col(item.feedback_card_id), col(item.relapse_of_id))
    found = sa.select(*columns).where(col(item.id) == item_id).cte("taken", recursive=True)
    taken = found.union(
        sa.select(*columns).where(sa.or_(col(item.merged_into_id) == found.c.id, col(item.id) == found.c.relapse_of_id))
    )
    question = select(FeedbackCard).where(col(FeedbackCard.id).in_(sa.select(taken.c.feedback_card_id)))
    return list(await session.exec(question.order_by(col(FeedbackCard.id))))


async def mark_sealed(session: Session, card_id: UUID, about: list[str]) -> None:
    """Keep a sealed report also from whoever turns out to be meant."""
    await open_vault(session, card_id)
    await session.execute(sa.update(SealedReport).where(col(SealedReport.card_id) == card_id).values(about=about))
