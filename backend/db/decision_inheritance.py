"""Open decisions of an organisation that ends: whether there are any, and how they go to another one."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import Session
from backend.db.decision import Decision, DecisionStatus, Opinion
from backend.db.procedure import ProcedureRun

_OVER = (DecisionStatus.rejected, DecisionStatus.closed, DecisionStatus.withdrawn)


async def has_open_decisions(session: Session, organization_id: UUID) -> bool:
    """Whether a decision that is not over is the organisation's, or is prepared by it."""
    question = sa.select(
        sa.exists().where(
            sa.or_(col(Decision.organization_id) == organization_id, col(Decision.sponsor_unit_id) == organization_id),
            col(Decision.status).not_in(_OVER),
        )
    )
    return bool((await session.execute(question)).scalar_one())


async def inherit_decisions(
    session: Session, source_id: UUID, target_id: UUID, at: datetime, _day: date, _reason: str
) -> dict[str, int]:
    """Give the decisions that are not over, with their runs and opinions, to another organisation.

    Decisions that are over stay with the organisation that made them.  Returns how many had which status.
    """
    question = (
        sa.select(col(Decision.id), col(Decision.status), col(Decision.organization_id), col(Decision.sponsor_unit_id))
        .where(
            sa.or_(col(Decision.organization_id) == source_id, col(Decision.sponsor_unit_id) == source_id),
            col(Decision.status).not_in(_OVER),
        )
        .order_by(col(Decision.id))
        .with_for_update()
    )
    found = (await session.execute(question)).all()
    own = [row.id for row in found if row.organization_id == source_id]
    for column in (Decision.organization_id, Decision.sponsor_unit_id):
        await session.execute(
            sa.update(Decision)
            .where(col(Decision.id).in_([row.id for row in found]), col(column) == source_id)
            .values({column: target_id})
        )
    await session.execute(
        sa.update(Decision)
        .where(col(Decision.id).in_([row.id for row in found]))
        .values(version=col(Decision.version) + 1, updated_at=at)
    )
    for table, key in ((ProcedureRun, ProcedureRun.subject_id), (Opinion, Opinion.decision_id)):
        await session.execute(sa.update(table).where(col(key).in_(own)).values(organization_id=target_id))
    counts: dict[str, int] = {}
    for row in found:
        counts[row.status.value] = counts.get(row.status.value, 0) + 1
    return counts
