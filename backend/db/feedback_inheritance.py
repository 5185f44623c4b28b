"""Open feedback of an organisation that ends: whether there is any, and how it goes to another one."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col

from backend.db.base import Session, Table
from backend.db.feedback import CardStatus, FeedbackCard
from backend.db.feedback_channel import BoxOpening, FeedbackBatch
from backend.db.feedback_vault import SealedReport
from backend.db.organization import Organization
from backend.db.procedure import ProcedureRun
from backend.db.row_security import KEEPER, open_vault

_OVER = (
    CardStatus.closed,
    CardStatus.not_accepted,
    CardStatus.transferred,
    CardStatus.merged,
    CardStatus.withdrawn,
    CardStatus.handed_over,
)
_PLACES = (
    FeedbackCard.organization_id,
    FeedbackCard.desk_id,
    FeedbackCard.handling_unit_id,
    FeedbackCard.place_id,
)


async def has_open_feedback(session: Session, organization_id: UUID) -> bool:
    """Whether a card that is not over is with the organisation, or a report is sealed there that nobody took over."""
    await open_vault(session, KEEPER)
    cards = sa.exists().where(
        sa.or_(*(col(place) == organization_id for place in _PLACES)),
        col(FeedbackCard.status).not_in(_OVER),
        col(FeedbackCard.sealed_at).is_(None),
    )
    sealed = sa.exists().where(
        col(SealedReport.organization_id) == organization_id, col(SealedReport.handed_over_on).is_(None)
    )
    return bool((await session.execute(sa.select(sa.or_(cards, sealed)))).scalar_one())


async def inherit_feedback(
    session: Session, source_id: UUID, target_id: UUID, at: datetime, _day: date, _reason: str
) -> dict[str, int]:
    """Give everything of feedback to another organisation; returns how many open cards had which status.

    Where the source was complained about, the target is from now on: its people are the same.
    """
    await open_vault(session, KEEPER)
    counts = sa.select(col(FeedbackCard.status), sa.func.count()).where(
        col(FeedbackCard.organization_id) == source_id, col(FeedbackCard.status).not_in(_OVER)
    )
    found = {status.value: count for status, count in (await session.execute(counts.group_by("status"))).all()}
    await _mark_target(session, source_id, target_id)
    touched = sa.or_(*(col(place) == source_id for place in _PLACES))
    await session.execute(
        sa.update(FeedbackCard).where(touched).values(version=col(FeedbackCard.version) + 1, updated_at=at)
    )
    own = sa.select(col(FeedbackCard.id)).where(col(FeedbackCard.organization_id) == source_id)
    await session.execute(
        sa.update(ProcedureRun).where(col(ProcedureRun.subject_id).in_(own)).values(organization_id=target_id)
    )
    places: list[tuple[type[Table], Any]] = [(FeedbackCard, place) for place in _PLACES]
    places += [(table, table.organization_id) for table in (SealedReport, FeedbackBatch, BoxOpening)]
    for table, column in places:
        await session.execute(sa.update(table).where(col(column) == source_id).values({column: target_id}))
    return found


async def _mark_target(session: Session, source_id: UUID, target_id: UUID) -> None:
    """Whoever was of the source's people stays barred as one of the target's, and may handle what the source did."""
    old, new = await _mark(session, source_id), await _mark(session, target_id)
    added = sa.cast([new], ARRAY(sa.Text))
    barred: list[tuple[type[Table], Any]] = [
        (FeedbackCard, FeedbackCard.about),
        (FeedbackCard, FeedbackCard.about_own),
        (SealedReport, SealedReport.about),
        (ProcedureRun, ProcedureRun.not_for),
        (ProcedureRun, ProcedureRun.only_for),
    ]
    for table, column in barred:
        holds = col(column).op("@>", is_comparison=True)(sa.cast([old], ARRAY(sa.Text)))
        lacks = sa.not_(col(column).op("@>", is_comparison=True)(added))
        mine = [col(ProcedureRun.procedure) == "feedback"] if table is ProcedureRun else []
        more = {column: sa.func.array_cat(col(column), added)}
        await session.execute(sa.update(table).where(holds, lacks, *mine).values(more))


async def _mark(session: Session, id: UUID) -> str:
    organization = await session.get_one(Organization, id)
    return "@" + organization.path.rstrip("/").rpartition("/")[2]
