"""Open items of an organisation that ends: whether there are any, and how they go to another one."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import Session
from backend.db.organization import Organization, tally_all
from backend.db.procedure import ProcedureRun
from backend.db.rectification import OVER, Rectification


def _open_of(organization_id: UUID) -> sa.ColumnElement[bool]:
    return sa.and_(
        sa.or_(
            col(Rectification.organization_id) == organization_id,
            col(Rectification.responsible_unit_id) == organization_id,
            col(Rectification.proposed_unit_id) == organization_id,
        ),
        col(Rectification.status).not_in(OVER),
    )


async def has_open_rectifications(session: Session, organization_id: UUID) -> bool:
    """Whether an item that is not over is with the organisation, or is proposed to be."""
    return bool((await session.execute(sa.select(sa.exists().where(_open_of(organization_id))))).scalar_one())


async def inherit_rectifications(
    session: Session, source_id: UUID, target_id: UUID, at: datetime, _day: date, _reason: str
) -> dict[str, int]:
    """Give the open items, with their runs, to another organisation; those that are over stay where they were closed.

    Returns how many had which status. The counts by category and source move here, since only this knows them.
    """
    question = (
        sa.select(
            col(Rectification.id),
            col(Rectification.status),
            col(Rectification.organization_id),
            col(Rectification.category),
            col(Rectification.source),
        )
        .where(_open_of(source_id))
        .order_by(col(Rectification.id))
        .with_for_update()
    )
    found = (await session.execute(question)).all()
    ids = [row.id for row in found]
    for column in (Rectification.organization_id, Rectification.responsible_unit_id, Rectification.proposed_unit_id):
        await session.execute(
            sa.update(Rectification)
            .where(col(Rectification.id).in_(ids), col(column) == source_id)
            .values({column: target_id})
        )
    await session.execute(
        sa.update(Rectification)
        .where(col(Rectification.id).in_(ids))
        .values(version=col(Rectification.version) + 1, updated_at=at)
    )
    own = [row for row in found if row.organization_id == source_id]
    await _move_runs(session, [row.id for row in own], source_id, target_id)
    counts: dict[str, int] = {}
    moves: dict[str, dict[tuple[UUID, str], int]] = {"rectification_open": {}, "rectification_source": {}}
    for row in own:
        counts[row.status.value] = counts.get(row.status.value, 0) + 1
        for subject, key in (("rectification_open", row.category), ("rectification_source", row.source.value)):
            for place, difference in ((source_id, -1), (target_id, 1)):
                moves[subject][place, key] = moves[subject].get((place, key), 0) + difference
    for subject, changes in sorted(moves.items()):
        await tally_all(session, subject, changes)
    return counts


async def _move_runs(session: Session, ids: list[UUID], source_id: UUID, target_id: UUID) -> None:
    """Let the runs belong to the target, and the marks of who may or may not act be those of its people."""
    paths = sa.select(col(Organization.id), col(Organization.path)).where(
        col(Organization.id).in_([source_id, target_id])
    )
    marks = {key: "@" + path.rstrip("/").rpartition("/")[2] for key, path in (await session.execute(paths)).all()}
    old, new = marks[source_id], marks[target_id]

    def renamed(column: Any) -> Any:
        by_mark = sa.func.array_replace(column, old, new)
        return sa.func.array_replace(by_mark, str(source_id), str(target_id))

    await session.execute(
        sa.update(ProcedureRun)
        .where(col(ProcedureRun.subject_id).in_(ids))
        .values(
            organization_id=target_id,
            only_for=renamed(col(ProcedureRun.only_for)),
            not_for=renamed(col(ProcedureRun.not_for)),
        )
    )
