"""Items as the office's ledger has them: what is known of them when one comes in, and its lines when one goes out."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import Session
from backend.db.organization import Organization, OrganizationStatus, Reach, under
from backend.db.procedure import ProcedureAct, ProcedureRun
from backend.db.rectification import Rectification, RectificationStatus

GONE = (RectificationStatus.merged, RectificationStatus.withdrawn)
"""Items that a row without their number never means: they are over, and not by being put right."""


def is_gone() -> sa.ColumnElement[bool]:
    """Whether no ledger lists an item: another one stands for it, or it was withdrawn before anybody was given it. What
    was assigned stays, and says that it was withdrawn."""
    never_given = sa.and_(
        col(Rectification.status) == RectificationStatus.withdrawn, col(Rectification.assigned_on).is_(None)
    )
    return sa.or_(col(Rectification.status) == RectificationStatus.merged, never_given)


_UNIT = sa.func.coalesce(col(Rectification.responsible_unit_id), col(Rectification.proposed_unit_id))


async def items_known(
    session: Session, county_id: UUID, numbers: Collection[str], units: Collection[UUID]
) -> list[sa.Row[Any]]:
    """The items of a county with one of the numbers, or of one of the units: their columns and `unit_id` (the
    responsible unit, or the one proposed). Open ones come before closed, older before newer."""
    columns: list[Any] = [*Rectification.__table__.c, _UNIT.label("unit_id")]  # type: ignore[attr-defined]  # SQLModel adds it
    question = (
        sa.select(*columns)
        .where(
            col(Rectification.county_id) == county_id,
            sa.or_(col(Rectification.number).in_(numbers), _UNIT.in_(units)),
        )
        .order_by(col(Rectification.closed_on).is_not(None), col(Rectification.created_at), col(Rectification.id))
    )
    return list(await session.execute(question))


def ledger_lines(reach: Reach) -> sa.Select[Any]:
    """The items within reach as the ledger's lines, with what of their runs says where they stand.

    `unit` is written as workbooks refer to it: by its name, or as `parent/name` where the county has another of it.
    """
    item = Rectification
    # Alias by alias, since the type checker knows a table's columns as plain values.
    unit: Any = sa.orm.aliased(Organization)
    above: Any = sa.orm.aliased(Organization)
    other: Any = sa.orm.aliased(Organization)
    named_twice = sa.exists().where(
        other.county_id == unit.county_id,
        other.name == unit.name,
        other.id != unit.id,
        other.status == OrganizationStatus.active,
    )
    written = sa.case((named_twice, above.name + "/" + unit.name), else_=unit.name)
    return (
        sa.select(
            col(item.number),
            col(item.category),
            col(item.problem),
            col(item.source),
            col(item.measures),
            col(item.responsible_leader),
            written.label("unit"),
            col(item.responsible_person),
            col(item.deadline_kind),
            col(item.due_on),
            col(item.original_due_on),
            col(item.assigned_on),
            col(item.result),
            col(item.remark),
            col(item.status),
            col(item.closed_on),
            col(item.close_requested_on),
            col(item.milestone_due_on),
            col(item.claimed_closed),
            col(ProcedureRun.procedure),
            col(ProcedureRun.procedure_version),
            col(ProcedureRun.step),
            col(ProcedureRun.limit_at),
            col(ProcedureRun.due_at),
            col(ProcedureRun.behind_at),
            col(ProcedureRun.under_check),
        )
        .join(Organization, col(Organization.id) == col(item.organization_id))
        .outerjoin(unit, unit.id == _UNIT)
        .outerjoin(above, above.id == unit.parent_id)
        .join(ProcedureRun, col(ProcedureRun.subject_id) == col(item.id))
        .where(under(reach))
    )


async def acted_on(session: Session, ids: Sequence[UUID]) -> dict[UUID, str | None]:
    """Those of the items in whose runs acts stand, with the step that each is at."""
    question = sa.select(col(ProcedureRun.subject_id), col(ProcedureRun.step)).where(
        col(ProcedureRun.subject_id).in_(ids),
        sa.exists().where(col(ProcedureAct.run_id) == col(ProcedureRun.id)),
    )
    return {row.subject_id: row.step for row in await session.execute(question)}
