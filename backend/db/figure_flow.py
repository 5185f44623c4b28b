"""What figures ask of the ledger's flow: what came in and what went, day by day."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import Session
from backend.db.figure import Area, shanghai_day
from backend.db.organization import Organization
from backend.db.procedure import ProcedureAct, ProcedureRun, RunState
from backend.db.rectification import Rectification

_ITEM = Rectification


async def flow_since(session: Session, area: Area, first: date) -> tuple[dict[date, int], dict[date, int]]:
    """Items that came in, and items that went (closed, merged, withdrawn), by day since `first`."""
    came: dict[date, int] = {}
    went: dict[date, int] = {}
    item, run = col(_ITEM.county_id), col(ProcedureRun.county_id)
    for days, county, question in (
        (came, item, _by_day(col(_ITEM.registered_on), first)),
        (went, item, _by_day(col(_ITEM.closed_on), first)),
        (went, item, _dropped(first)),
        (came, run, _reopened(first, before=False)),
        (went, run, _reopened(first, before=True)),
    ):
        for day, count in (await session.execute(question.where(area.holds(county)))).all():
            days[day] = days.get(day, 0) + count
    return came, went


def _by_day(column: Any, first: date) -> sa.Select[date, int]:
    return (
        sa.select(column, sa.func.count())
        .select_from(_ITEM)
        .join(Organization, col(Organization.id) == col(_ITEM.organization_id))
        .where(column >= first)
        .group_by(column)
    )


def _dropped(first: date) -> sa.Select[date, int]:
    """Items merged or withdrawn, which have no day of closing, by the end of their run."""
    day = shanghai_day(col(ProcedureRun.closed_at))
    return (
        sa.select(day, sa.func.count())
        .select_from(_ITEM)
        .join(Organization, col(Organization.id) == col(_ITEM.organization_id))
        .join(ProcedureRun, col(ProcedureRun.subject_id) == col(_ITEM.id))
        .where(
            # Written out, so that the partial index serves it.
            col(_ITEM.status).in_([sa.literal_column("'merged'"), sa.literal_column("'withdrawn'")]),
            col(ProcedureRun.state) != RunState.open,
            day >= first,
        )
        .group_by(day)
    )


def _reopened(first: date, *, before: bool) -> sa.Select[date, int]:
    """Reopenings by day; with `before` the closings that they undid, which no column of the item keeps."""
    again = sa.orm.aliased(ProcedureAct)
    counted = sa.orm.aliased(ProcedureAct)
    place = col(again.sequence) - 1 if before else col(again.sequence)
    day = shanghai_day(col(counted.at))
    return (
        sa.select(day, sa.func.count())
        .select_from(again)
        .join(counted, sa.and_(col(counted.run_id) == col(again.run_id), col(counted.sequence) == place))
        .join(ProcedureRun, col(ProcedureRun.id) == col(again.run_id))
        .join(Organization, col(Organization.id) == col(ProcedureRun.organization_id))
        .where(
            col(again.outcome) == sa.literal_column("'reopened'"),
            col(ProcedureRun.subject_kind) == "rectification",
            day >= first,
        )
        .group_by(day)
    )
