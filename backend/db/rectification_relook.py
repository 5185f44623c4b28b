"""Which closed items are due to be looked at again, and the list of those that were drawn."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from backend.db.base import Session
from backend.db.organization import Organization, Reach, under
from backend.db.procedure import ProcedureRun
from backend.db.rectification import (
    Rectification,
    RectificationRelook,
    RectificationRelookKey,
    RectificationStatus,
    RelookKind,
    Severity,
)

_SHARES = 65_536


async def counties_without_key(session: Session) -> list[UUID]:
    """The counties with closed items whose secret for drawing has not been made yet."""
    question = (
        sa.select(col(Rectification.county_id))
        .where(
            col(Rectification.status) == RectificationStatus.closed,
            col(Rectification.county_id).not_in(sa.select(col(RectificationRelookKey.county_id))),
        )
        .distinct()
    )
    return list((await session.execute(question)).scalars())


async def keep_key(session: Session, county_id: UUID, key: bytes) -> None:
    """Keep a county's secret; one that is there stays."""
    statement = sa.dialects.postgresql.insert(RectificationRelookKey).values(county_id=county_id, key=key)
    await session.execute(statement.on_conflict_do_nothing())


async def due_for_relook(
    session: Session, kind: RelookKind, months: int, percent: int, today: date, limit: int
) -> list[tuple[Rectification, int]]:
    """Items closed so many months ago or more that are drawn now and were not before, with the round of each.

    `percent` of them are drawn, by a hash that only the county's secret tells.
    """
    known = sa.exists().where(
        col(RectificationRelook.rectification_id) == col(Rectification.id),
        col(RectificationRelook.round) == col(ProcedureRun.round),
        col(RectificationRelook.kind) == kind,
    )
    salted = sa.func.concat(col(Rectification.id), ":", col(ProcedureRun.round), ":", kind.value)
    hashed = sa.func.sha256(col(RectificationRelookKey.key).op("||")(sa.func.convert_to(salted, "UTF8")))
    share = sa.func.get_byte(hashed, 0) * 256 + sa.func.get_byte(hashed, 1)
    question = (
        select(Rectification, ProcedureRun.round)
        .join(ProcedureRun, col(ProcedureRun.subject_id) == col(Rectification.id))
        .join(RectificationRelookKey, col(RectificationRelookKey.county_id) == col(Rectification.county_id))
        .where(
            Rectification.status == RectificationStatus.closed,
            col(Rectification.closed_on) + sa.func.make_interval(0, months) <= today,
            ~known,
            share < _SHARES * percent // 100,
        )
        .order_by(col(Rectification.closed_on), col(Rectification.id))
        .limit(limit)
        .with_for_update(of=Rectification, skip_locked=True)
    )
    if kind is RelookKind.major:
        question = question.where(Rectification.severity == Severity.major)
    return [(found[0], found[1]) for found in (await session.exec(question)).all()]


def relook_rows(reach: Reach) -> sa.Select[Any]:
    """The relooks of items within reach, as lists show them."""
    item = sa.func.json_build_object(
        "id",
        col(Rectification.id),
        "number",
        col(Rectification.number),
        "problem",
        col(Rectification.problem),
        "severity",
        col(Rectification.severity),
        "category",
        col(Rectification.category),
        "closed_on",
        col(Rectification.closed_on),
        "version",
        col(Rectification.version),
    )
    done_by = sa.case(
        (col(RectificationRelook.done_by).is_(None), sa.null()),
        else_=sa.func.json_build_object(
            "id", col(RectificationRelook.done_by), "name", col(RectificationRelook.done_by_name)
        ),
    )
    return (
        sa.select(
            col(RectificationRelook.id),
            col(RectificationRelook.kind),
            col(RectificationRelook.due_on),
            item.label("item"),
            sa.func.json_build_object("id", col(Organization.id), "name", col(Organization.name)).label("organization"),
            col(RectificationRelook.found),
            sa.func.nullif(col(RectificationRelook.findings), "").label("findings"),
            col(RectificationRelook.done_at),
            done_by.label("done_by"),
        )
        .join(Rectification, col(Rectification.id) == col(RectificationRelook.rectification_id))
        .join(Organization, col(Organization.id) == col(Rectification.organization_id))
        .where(under(reach))
    )
